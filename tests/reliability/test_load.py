"""The service under more load than it is made for, and beside clients that waste its time."""

import asyncio
import threading
import time
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import pytest
from crowd import Crowd, names, send_for, send_slowly, watch, write_batch, write_single
from edge import StartEdge
from promises import Measured, promise
from services import StartService

from api.settings import Settings
from bench.load import post
from bench.processes import Server, ServerError

pytestmark = pytest.mark.reliability
LIMIT = Settings.model_fields["max_concurrency"].default
#: All clients of a test have one address: many clients, not one that asks too much.
MANY = {"rate": 100_000, "connections": 10_000}
_MOST_TURNS = 6
_STEADY = 0.1


class _Turn(NamedTuple):
    """A crowd, and the same service with 16 clients before and after it.

    A shared machine's own speed changes by a third within a minute. Where the peaks differ it has, and the crowds
    between them tell nothing of the service: another one is sent, whatever came of these.
    """

    before: Crowd
    crowd: Crowd
    after: Crowd

    @property
    def peaks(self) -> tuple[float, float]:
        """Answers a second with 16 clients."""
        return self.before.per_second(), self.after.per_second()


def _drift(turns: Iterable[_Turn]) -> float:
    """How far all their peaks are apart, of the lowest one."""
    peaks = [peak for turn in turns for peak in turn.peaks]
    return max(peaks) / min(peaks) - 1


def _choose_steadiest(turns: Sequence[_Turn]) -> tuple[_Turn, ...]:
    """The two turns between which the machine changed least: chosen by their peaks alone."""
    return min(combinations(turns, 2), key=_drift)


@promise("load.errors", "16 clients for 60 s: answers other than 200", at_most=0, unit="answers")
@promise("load.dropped", "16 clients for 60 s: requests without an answer", at_most=0, unit="requests")
def test_sixteen_clients_are_all_answered(
    start_service: StartService, start_edge: StartEdge, store: Path, measured: Measured
):
    service = start_edge(start_service(store).port, **MANY)
    crowd = send_for(service.port, [write_single(name) for name in names(5000, seed=1)], 16, 60)
    measured("load.errors", len(crowd.answers) - crowd.count(), crowd.describe())
    measured("load.dropped", len(crowd.lost), "; ".join(crowd.lost[:3]))


@promise(
    "load.overload_answers",
    f"{10 * LIMIT} clients, 10 × the limit: answers other than 200, or 429/503 with Retry-After",
    at_most=0,
    unit="answers",
)
@promise("load.overload_dropped", "10 × the limit: requests without an answer", at_most=0, unit="requests")
@promise("load.overload_goodput", "10 × the limit: goodput, of the peak with 16 clients", at_least=80, unit="%")
@promise("load.overload_live", "10 × the limit: liveness, answers other than 200", at_most=0, unit="answers")
@promise("load.overload_live_seconds", "10 × the limit: liveness, slowest answer", at_most=1, unit="s")
@promise("load.overload_recovery", "10 × the limit: as fast as before when it is over, after", at_most=5, unit="s")
@pytest.mark.parametrize("kind", ["single predictions", "batches of 50 rows"])
def test_too_many_clients_are_put_off_and_the_others_answered(
    start_service: StartService, start_edge: StartEdge, store: Path, measured: Measured, kind: str
):
    service = start_edge(start_service(store).port, **MANY)
    asked = names(5000, seed=2)
    singles = [write_single(name) for name in asked]
    batches = [write_batch(asked[start : start + 50]) for start in range(0, len(asked), 50)]
    requests = singles if kind == "single predictions" else batches
    _ask_each_once(service.port, requests)
    alone = send_for(service.port, singles, 1, 2).percentile_ms(95)
    peak, live, turns = send_for(service.port, requests, 16, 4), [], []
    while len(turns) < 2 or (len(turns) < _MOST_TURNS and _drift(_choose_steadiest(turns)) > _STEADY):
        with watch(service.port) as seen:
            crowd = send_for(service.port, requests, 10 * LIMIT, 10)
        over = time.monotonic()
        measured("load.overload_recovery", _wait_until_fast(service.port, singles, 2 * alone) - over, kind)
        before, peak = peak, send_for(service.port, requests, 16, 4)
        turns.append(_Turn(before, crowd, peak))
        live += seen
    crowds = [turn.crowd for turn in turns]
    answers = [answer for crowd in crowds for answer in crowd.answers]
    lost = [why for crowd in crowds for why in crowd.lost]
    put_off = len(answers) - sum(crowd.count() for crowd in crowds)
    measured("load.overload_answers", sum(not answer.is_allowed for answer in answers), f"{put_off:,} put off")
    measured("load.overload_dropped", len(lost), "; ".join(lost[:3]))
    steadiest = _choose_steadiest(turns)
    highest = max(peak for turn in steadiest for peak in turn.peaks)
    rates = [turn.crowd.per_second() for turn in steadiest]
    told = f"{kind}: {' and '.join(f'{rate:.0f}' for rate in rates)}/s of {highest:.0f}/s; of {len(turns)} crowds"
    measured("load.overload_goodput", 100 * fmean(rates) / highest, told)
    assert len(live) > 10
    measured("load.overload_live", sum(status != 200 for status, _ in live), f"of {len(live)}")
    measured("load.overload_live_seconds", max(seconds for _, seconds in live), kind)


def _ask_each_once(port: int, requests: list[bytes]) -> None:
    """So that every name has been parsed before anything is measured: the service remembers what came of it."""
    asked = 0
    while asked < len(requests):
        answers = send_for(port, requests[asked:], 16, 2).answers
        assert answers, "the service does not answer"
        asked += len(answers)


def _wait_until_fast(port: int, requests: list[bytes], limit_ms: float) -> float:
    """When a client is answered as fast as without others for half a second (`time.monotonic`)."""
    while True:
        began = time.monotonic()
        if send_for(port, requests, 1, 0.5).percentile_ms(95) <= limit_ms or time.monotonic() > began + 60:
            return began


@promise(
    "load.slow_cut",
    "200 clients that send a byte a second: the last that never ends its head is cut off after",
    at_most=45,
    unit="s",
)
@promise("load.slow_others", "200 slow clients: requests of others that fail", at_most=0, unit="requests")
@promise("load.slow_throughput", "200 slow clients: throughput of others, of that without them", at_least=80, unit="%")
@promise("load.slow_files", "200 slow clients: files that others cannot upload", at_most=0, unit="files")
def test_slow_clients_are_cut_off_and_hurt_nobody(
    start_service: StartService, start_edge: StartEdge, store: Path, measured: Measured
):
    service = start_edge(start_service(store).port, **MANY)
    requests = [write_single(name) for name in names(5000, seed=3)]
    head = "POST /v1/predict{} HTTP/1.1\r\nHost: x\r\nContent-Type: {}\r\nContent-Length: 1000\r\n\r\n"
    json_head, file_head = head.format("", "application/json").encode(), head.format("/file", "text/csv").encode()
    slow = [(b"", json_head), (json_head, b" " * 1000), (file_head, b"x" * 1000)]
    send_for(service.port, requests, 8, 2)
    without = send_for(service.port, requests, 8, 10)
    cut: list[float] = []

    async def run_slow() -> None:
        clients = [send_slowly(service.port, *slow[place % 3], seconds=90) for place in range(200)]
        closed = await asyncio.gather(*clients)
        # slow bodies wait at the front, where they cost the service nothing
        cut.extend(closed[::3])

    thread = threading.Thread(target=lambda: asyncio.run(run_slow()))
    thread.start()
    time.sleep(2)
    beside = send_for(service.port, requests, 8, 10)
    refused = sum(not _can_upload(service) for _ in range(10))
    thread.join()
    measured("load.slow_cut", max(cut), f"the first after {min(cut):.0f} s")
    failed = len(beside.lost) + len(beside.answers) - beside.count()
    measured("load.slow_others", failed, beside.describe())
    measured("load.slow_throughput", 100 * beside.per_second() / without.per_second(), without.describe())
    measured("load.slow_files", refused, "of 10")


def _can_upload(service: Server) -> bool:
    try:
        return post(service, "/v1/predict/file", b"name\nRTX 3070\n", "text/csv").startswith(b"name,")
    except ServerError:
        return False
