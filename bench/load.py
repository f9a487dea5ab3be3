"""A client that keeps its connections: sends requests one after another on each, and times every answer."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import numpy as np

from bench.processes import Server, ServerError

_MAX_NOTED = 5
_ANSWER_SECONDS = 120.0


@dataclass
class Load:
    """What came of a number of requests."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failed: int = 0
    failures: list[str] = field(default_factory=list)

    def note_failure(self, what: str) -> None:
        """Count a failure, and keep the first few."""
        self.failed += 1
        if len(self.failures) < _MAX_NOTED:
            self.failures.append(what)

    def percentile_ms(self, percent: float) -> float:
        """A percentile of the latencies in milliseconds, NaN without any."""
        return float(1000 * np.percentile(self.latencies, percent)) if self.latencies else float("nan")

    @property
    def requests_per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds


def write_request(path: str, body: bytes) -> bytes:
    """A POST request with a JSON body, as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send_all(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """Send each request once."""
    return asyncio.run(_share(port, iter(requests), connections))


def send_for(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Send the requests over and over until the time is up."""
    return asyncio.run(_share(port, _repeat(requests, time.monotonic() + seconds), connections))


def _repeat(requests: Sequence[bytes], end: float) -> Iterator[bytes]:
    while True:
        for request in requests:
            if time.monotonic() >= end:
                return
            yield request


async def _share(port: int, requests: Iterator[bytes], connections: int) -> Load:
    load = Load()
    started = time.perf_counter()
    await asyncio.gather(*(_work(port, requests, load) for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load


async def _work(port: int, requests: Iterable[bytes], load: Load) -> None:
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for request in requests:
        try:
            if streams is None:
                streams = await asyncio.open_connection("127.0.0.1", port)
            started = time.perf_counter()
            async with asyncio.timeout(_ANSWER_SECONDS):
                status, body = await _exchange(*streams, request)
            load.latencies.append(time.perf_counter() - started)
            if status != 200:
                load.note_failure(f"{status}: {body[:200]!r}")
        except (OSError, EOFError, TimeoutError, ValueError) as err:
            load.note_failure(f"{type(err).__name__}: {err}")
            if streams is not None:
                streams[1].close()
                streams = None
    if streams is not None:
        streams[1].close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes]:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    place = lower.index(b"content-length:") + 15
    length = int(lower[place : lower.index(b"\r", place)])
    return int(head[9:12]), await reader.readexactly(length)


def post(server: Server, path: str, body: bytes, media_type: str = "application/json") -> bytes:
    """Send one body and give the whole answer.

    Raises:
        ServerError: the server did not answer 200; says what it answered, and shows its log.
    """
    connection = HTTPConnection("127.0.0.1", server.port, timeout=300)
    try:
        connection.request("POST", path, body, {"Content-Type": media_type})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, HTTPException) as err:
        problem = f"{server.name}: POST {path}: {type(err).__name__} {err}"
        raise ServerError(f"{problem}\n{server.read_log()}") from err
    finally:
        connection.close()
    if answer.status != 200:
        raise ServerError(f"{server.name}: POST {path}: {answer.status} {content[:300]!r}\n{server.read_log()}")
    return content
