"""Servers as processes: started on a free port, watched through /proc (Linux), always ended."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import SystemRandom

_TICKS = os.sysconf("SC_CLK_TCK")
_POLL_SECONDS = 0.02
_END_SECONDS = 10
_LOG_LINES = 25


class ServerError(RuntimeError):
    """A server did not start, or ended while it was measured."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def cpu_seconds(self) -> float:
        """CPU time of the process and all it started, in steps of a hundredth of a second."""
        return sum(_read_cpu(pid) for pid in _list_tree(self.process.pid))

    def memory_mb(self, field: str) -> float:
        """A field of /proc/<pid>/status (`VmRSS`, `VmHWM`) in MB (10⁶ bytes), added up over the process tree."""
        return sum(_read_memory_kb(pid, field) for pid in _list_tree(self.process.pid)) * 1024 / 1e6

    def wait_until_ready(self, path: str, seconds: float) -> None:
        """Ask `path` until it answers 200.

        Raises:
            ServerError: it ended, or took too long; shows its log.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.require_alive()
            if _answers(self.port, path):
                return
            time.sleep(_POLL_SECONDS)
        raise ServerError(f"{self.name} was not ready after {seconds:.0f} s\n{self.read_log()}")

    def require_alive(self) -> None:
        """Do nothing while the process runs.

        Raises:
            ServerError: it ended; shows its log.
        """
        if self.process.poll() is not None:
            raise ServerError(f"{self.name} ended with status {self.process.returncode}\n{self.read_log()}")

    def read_log(self) -> str:
        """The end of what the server wrote."""
        lines = self.log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        return "\n".join([f"{self.log}:", *lines])


@contextmanager
def run_server(
    name: str, command: Callable[[int], Sequence[str]], environment: Mapping[str, str], logs: Path, port: int = 0
) -> Iterator[Server]:
    """Start a server, and end it and all it started on the way out.

    Args:
        name: for messages and the name of its log.
        command: gives the command line for a port.
        environment: what it gets beside this process's own.
        logs: folder of the logs.
        port: a free one when left out.
    """
    port = port or find_port()
    log = logs / f"{name}-{port}.log"
    with log.open("wb") as file:
        # a session of its own, so that Ctrl+C reaches the bench alone and the whole tree can be ended from here
        process = subprocess.Popen(  # noqa: S603
            list(command(port)),
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Server(name, process, port, log)
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def find_port() -> int:
    """A port that nobody listens on: a random one below those that clients get, which would race with them for it."""
    while True:
        port = SystemRandom().randrange(10_000, 32_000)
        with suppress(OSError), socket.socket() as free:
            free.bind(("127.0.0.1", port))
            return port


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _list_tree(root: int) -> list[int]:
    """The process and every process below it."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := _read_stat(int(entry))):
            children.setdefault(int(fields[1]), []).append(int(entry))
    tree = [root]
    for pid in tree:
        tree.extend(children.get(pid, ()))
    return tree


def _read_stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat from the state on; none when the process is gone."""
    try:
        content = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    # the name before them, in brackets, may hold anything
    return content.rpartition(")")[2].split()


def _read_cpu(pid: int) -> float:
    """User and system time, with that of children which have ended."""
    fields = _read_stat(pid)
    return sum(map(int, fields[11:15])) / _TICKS


def _read_memory_kb(pid: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)
