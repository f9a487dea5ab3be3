"""Tracking servers that tests start: MLflow's current one, an old one as DagsHub runs it, and broken ones."""

import base64
import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from workspace import PROJECT

from bench.environments import make_environment
from bench.processes import find_port

_OLD = PROJECT / "tests" / "tracking" / "old_server" / "requirements.lock"
USER, PASSWORD = "ada", "correct-horse-battery"
PREFIX = "/ada/gpus.mlflow"
_ALLOWED = re.compile(r"/api/2\.0/(mlflow/(runs|experiments|metrics|artifacts)/|mlflow-artifacts/artifacts)")
#: What DagsHub answers to endpoints it does not have.
_UNSUPPORTED = {"error": "unsupported endpoint, please contact support@dagshub.com"}


@dataclass
class TrackingServer:
    """A server that answers, and how to log in.

    Args:
        seen: method and path of every request that a proxy saw.
        refused: those that it does not have.
        dies_after: answer no more after so many requests.
        loses: endings of paths whose next request is carried out, but never answered.
    """

    uri: str
    has_registry: bool
    seen: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    dies_after: float = float("inf")
    loses: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        return {
            "MLFLOW_TRACKING_URI": self.uri,
            "MLFLOW_TRACKING_USERNAME": USER,
            "MLFLOW_TRACKING_PASSWORD": PASSWORD,
        }


@contextmanager
def run_process(command: list[str], port: int, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """A server process with its children in a session of their own, from when it answers to the end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "GPU_KEDRO_"))}
    log = folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=folder, env={**clean, **environment}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        end = time.monotonic() + 120
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, f"did not start in two minutes: {log.read_text()}"
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"http://127.0.0.1:{port}/health", timeout=5).ok:
                    break
            time.sleep(0.1)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def _server_arguments(folder: Path, port: int) -> list[str]:
    return [
        *("--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"),
        *("--artifacts-destination", str(folder / "artifacts")),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
    ]


@contextmanager
def run_current_server(folder: Path) -> Iterator[TrackingServer]:
    """The installed MLflow with basic auth."""
    port = find_port()
    (folder / "auth.ini").write_text(
        "[mlflow]\ndefault_permission = NO_PERMISSIONS\n"
        f"database_uri = sqlite:///{folder / 'auth.db'}\nadmin_username = {USER}\nadmin_password = {PASSWORD}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        "auth_cache_ttl_seconds = 600\n"  # hashing the password takes longer than most requests
    )
    environment = {
        "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES": "mlflow-artifacts",  # as a hostile one would
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "only for this test",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", *_server_arguments(folder, port)]
    with run_process(command, port, folder, environment):
        yield TrackingServer(f"http://127.0.0.1:{port}", has_registry=True)


@contextmanager
def run_dagshub_like_server(folder: Path) -> Iterator[TrackingServer]:
    """An old MLflow behind a proxy with a path prefix, basic auth, and the tracking and artifact endpoints only."""
    port = find_port()
    python = make_environment(_OLD, PROJECT / ".venv-old-mlflow")
    with run_process([str(python), "-m", "mlflow", "server", *_server_arguments(folder, port)], port, folder, {}):
        # its worker opens the store at the first request, which may take longer than a probe waits
        search = f"http://127.0.0.1:{port}/api/2.0/mlflow/experiments/search"
        assert requests.post(search, json={"max_results": 1}, timeout=60).ok
        server = TrackingServer("", has_registry=False)
        with run_http(_proxy_to(port, server)) as address:
            server.uri = f"{address}{PREFIX}"
            yield server


class _QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that are gone."""

    def handle_error(self, *_: object) -> None:
        """Connections that break are what these tests are about."""


@contextmanager
def run_http(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """An HTTP server of this process; gives its address."""
    server = _QuietServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler, ABC):
    """Reads a request and hands it to `answer`."""

    protocol_version = "HTTP/1.1"

    @abstractmethod
    def answer(self, _body: bytes) -> tuple[int, bytes, dict[str, str]]:
        """Status, content and headers."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, content, headers = self.answer(body)
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _proxy_to(port: int, server: TrackingServer) -> type[Handler]:
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Proxy(Handler):
        def answer(self, body: bytes) -> tuple[int, bytes, dict[str, str]]:
            path = self.path.removeprefix(PREFIX)
            server.seen.append(f"{self.command} {path.partition('?')[0]}")
            if len(server.seen) > server.dies_after:
                raise ConnectionAbortedError
            if self.headers.get("Authorization") != expected:
                return 401, json.dumps({"error": "unauthorized"}).encode(), {"WWW-Authenticate": "Basic"}
            if path == self.path or not _ALLOWED.match(path):
                server.refused.append(server.seen[-1])
                return 404, json.dumps(_UNSUPPORTED).encode(), {}
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            passed = {name: self.headers[name] for name in ("Content-Type",) if name in self.headers}
            connection.request(self.command, path, body, passed)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            lost = [ending for ending in server.loses if path.endswith(ending)]
            if lost:
                server.loses.remove(lost[0])
                raise ConnectionAbortedError
            return answer.status, content, {"Content-Type": answer.headers.get("Content-Type", "application/json")}

    return Proxy


def count_requests(seen: list[str], status: int = 200, delay_seconds: float = 0.0) -> type[Handler]:
    """A server that answers everything with one status, after a delay, and remembers what it was asked."""

    class Counter(Handler):
        def answer(self, _body: bytes) -> tuple[int, bytes, dict[str, str]]:
            seen.append(f"{self.command} {self.path}")
            time.sleep(delay_seconds)
            return status, b"{}", {}

    return Counter


@contextmanager
def run_black_hole() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
