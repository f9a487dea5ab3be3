"""Single predictions beside batches, files and idle connections of others, and what all of these take of its memory."""

import http.client
import io
import multiprocessing
import resource
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from crowd import forget_body, get, names, send_for, write_batch, write_single
from edge import StartEdge
from promises import Measured, promise
from services import StartService

from bench.processes import Server

pytestmark = pytest.mark.reliability
#: All clients of a test have one address: many clients, not one that asks too much.
MANY = {"rate": 100_000, "connections": 10_000}
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"
#: Of a container's 512 MiB.
MOST_MEMORY = {"at_most": 450, "unit": "MB"}
UPLOAD_BYTES = 19_500_000
_ANSWERED_SECONDS = 300


@promise("load.batches_throughput", "100 clients with batches of 1,000: throughput of singles", at_least=80, unit="%")
@promise("load.batches_singles", "100 clients with batches of 1,000: singles not answered", at_most=0, unit="requests")
@promise(
    "load.batches_answers", "… batches answered other than 200, or 503 with Retry-After", at_most=0, unit="answers"
)
@promise("load.batches_memory", "100 clients with batches of 1,000: memory of the service", **MOST_MEMORY)
def test_singles_are_answered_beside_batches(
    start_service: StartService, start_edge: StartEdge, store: Path, measured: Measured
):
    service = start_service(store)
    edge = start_edge(service.port, **MANY)
    asked = names(5000, seed=11)
    singles = [write_single(name) for name in asked]
    batches = [write_batch(asked[start : start + 1000]) for start in range(0, 5000, 1000)]
    send_for(edge.port, singles, 8, 3)
    before = send_for(edge.port, singles, 8, 8)
    # in a process of its own: the clients of single predictions have work enough
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        others = pool.submit(send_for, edge.port, batches, 100, 20, keep=forget_body)
        time.sleep(4)
        beside = send_for(edge.port, singles, 8, 12)
        crowd = others.result()
    after = send_for(edge.port, singles, 8, 8)
    alone = (before.per_second() + after.per_second()) / 2
    measured("load.batches_throughput", 100 * beside.per_second() / alone, f"of {alone:.0f}/s")
    measured("load.batches_singles", len(beside.lost) + len(beside.answers) - beside.count(), beside.describe())
    unlike = len(crowd.lost) + sum(not answer.is_allowed for answer in crowd.answers)
    measured("load.batches_answers", unlike, f"{crowd.count()} answered, {len(crowd.answers) - crowd.count()} put off")
    measured("load.batches_memory", service.memory_mb("VmHWM"))
    assert crowd.count() > 0


@promise("load.unread_singles", "64 files whose answers nobody reads: singles not answered", at_most=0, unit="requests")
@promise("load.unread_seconds", "64 files whose answers nobody reads: slowest single", at_most=5, unit="s")
@promise("load.unread_memory", "64 files whose answers nobody reads: memory of the service", **MOST_MEMORY)
@pytest.mark.parametrize("kind", ["behind the front", "alone"])
def test_answers_that_nobody_reads_keep_nobody_waiting(
    start_service: StartService, start_edge: StartEdge, store: Path, measured: Measured, kind: str
):
    service = start_service(store)
    port = start_edge(service.port, **MANY).port if kind == "behind the front" else service.port
    singles = [write_single(name) for name in names(5000, seed=12)]
    rows = ("name\n" + "\n".join(names(20_000, seed=13))).encode()
    send_for(port, singles, 8, 2)
    with ExitStack() as clients:
        for _ in range(64):
            deaf = clients.enter_context(socket.socket())
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", port))
            deaf.sendall(write_upload(CSV, rows))
        beside = send_for(port, singles, 8, 20)
    measured("load.unread_singles", len(beside.lost) + len(beside.answers) - beside.count(), kind)
    measured("load.unread_seconds", beside.percentile_ms(100) / 1000, f"{kind}: {beside.describe()}")
    measured("load.unread_memory", service.memory_mb("VmHWM"), kind)


def write_upload(media_type: str, content: bytes) -> bytes:
    head = f"POST /v1/predict/file HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def make_csv() -> bytes:
    """Some 60,000 rows of few different cards with a long text of one's own."""
    cards = names(200, seed=14)
    lines = (f"{cards[place % 200]},{place:06d} {'own text ' * 34}\n" for place in range(100_000))
    out = io.StringIO("name,note\n")
    out.seek(0, io.SEEK_END)
    for line in lines:
        out.write(line)
        if out.tell() > UPLOAD_BYTES - 1000:
            break
    return out.getvalue().encode()


def make_parquet() -> bytes:
    """As many bytes and rows in a file that is not packed."""
    cards, own = names(200, seed=14), "own text " * 34
    count = 60_000
    table = pa.table({
        "name": [cards[place % 200] for place in range(count)],
        "note": [f"{place:06d} {own}" for place in range(count)],
    })  # fmt: skip
    out = io.BytesIO()
    pq.write_table(table, out, compression="none", use_dictionary=["name"], store_schema=False)
    assert 18_000_000 < out.tell() < UPLOAD_BYTES, out.tell()
    return out.getvalue()


@promise("load.uploads_memory", "8 uploads of 19.5 MB at once: memory of the service", **MOST_MEMORY)
@promise("load.uploads_answers", "8 uploads of 19.5 MB at once: those without an answer in the end", at_most=0)
@promise("load.uploads_singles", "8 uploads of 19.5 MB at once: singles not answered", at_most=0, unit="requests")
@pytest.mark.parametrize(("kind", "make"), [(CSV, make_csv), (PARQUET, make_parquet)], ids=["CSV", "Parquet"])
def test_large_files_at_once_stay_within_the_container(
    start_service: StartService,
    start_edge: StartEdge,
    store: Path,
    measured: Measured,
    kind: str,
    make: Callable[[], bytes],
):
    service = start_service(store)
    edge = start_edge(service.port, **MANY)
    content = make()
    singles = [write_single(name) for name in names(1000, seed=15)]
    with ThreadPoolExecutor(8) as pool:
        uploads = [pool.submit(upload_patiently, edge.port, kind, content) for _ in range(8)]
        beside = send_for(edge.port, singles, 2, 10)
        statuses = Counter(upload.result() for upload in uploads)
    measured("load.uploads_memory", service.memory_mb("VmHWM"), f"{kind}, {len(content):,} bytes each")
    measured("load.uploads_answers", 8 - statuses[200], f"{kind}: {dict(statuses)}")
    measured("load.uploads_singles", len(beside.lost) + len(beside.answers) - beside.count(), beside.describe())


def upload_patiently(port: int, kind: str, content: bytes) -> int:
    """Send a file, and again when `Retry-After` says; the last status."""
    end = time.monotonic() + _ANSWERED_SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWERED_SECONDS)
        try:
            connection.request("POST", "/v1/predict/file", content, {"Content-Type": kind})
            answer = connection.getresponse()
            while answer.read(1_000_000):
                pass
        finally:
            connection.close()
        if answer.status != 503 or time.monotonic() > end:
            return answer.status
        time.sleep(float(answer.headers["Retry-After"]))


@promise("load.idle", "1,100 idle connections at 1,024 descriptors: liveness and singles not answered", at_most=0)
def test_idle_connections_do_not_deafen_the_service(start_service: StartService, store: Path, measured: Measured):
    service = start_service(store)
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (1024, 1024))
    singles = [write_single(name) for name in names(100, seed=16)]
    with keep_open(service, 1100):
        statuses = [get(service.port, "/health/live")[0] for _ in range(20)]
        asked = send_for(service.port, singles, 4, 3)
    missed = sum(status != 200 for status in statuses) + len(asked.lost) + len(asked.answers) - asked.count()
    measured("load.idle", missed, f"of 20 and {len(asked.answers):,}")
    assert asked.count() > 0


def keep_open(service: Server, count: int) -> ExitStack:
    """Connections on which nothing is asked."""
    with ExitStack() as clients:
        for _ in range(count):
            clients.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=10))
        return clients.pop_all()
