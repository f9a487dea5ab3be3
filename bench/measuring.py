"""The measurements: every server in turn, round after round, so that what disturbs one disturbs all alike."""

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from bench.load import Load, post, send_all, send_for, write_request
from bench.processes import Server
from bench.queries import Queries

HAND, OURS, RUNNER, SESSION, MLFLOW = "handwritten", "ours", "sequential_runner", "kedro_session", "mlflow"
PREDICT = "/v1/predict"
BATCH = "/v1/predict/batch"
FILE = "/v1/predict/file"
MANY = 16
Advance = Callable[[str], None]


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Args:
        rounds: how often each server has its turn.
        requests: single predictions a turn, first on one connection and then on sixteen.
        mlflow_requests: the same for MLflow's server, which takes far longer.
        session_requests: requests to the Kedro session in all, at most one a round.
        warm_up: requests before anything counts.
        answers: names whose answers are compared.
        batch_rows: rows of a batch.
        batch_rounds: batches to each server.
        file_rows: rows of the file.
        starts: how often a start is measured.
        sustained_seconds: how long the sustained load lasts.
    """

    rounds: int
    requests: int
    mlflow_requests: int
    session_requests: int
    warm_up: int
    answers: int
    batch_rows: int
    batch_rounds: int
    file_rows: int
    starts: int
    sustained_seconds: float


FULL = Sizes(
    rounds=40, requests=150, mlflow_requests=8, session_requests=8, warm_up=300, answers=50,
    batch_rows=10_000, batch_rounds=5, file_rows=100_000, starts=3, sustained_seconds=60,
)  # fmt: skip
QUICK = Sizes(
    rounds=4, requests=150, mlflow_requests=10, session_requests=1, warm_up=50, answers=50,
    batch_rows=1_000, batch_rounds=2, file_rows=2_000, starts=1, sustained_seconds=2,
)  # fmt: skip


@dataclass
class Turns:
    """What one server did with its turns, on one number of connections."""

    cpu_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    all: Load = field(default_factory=Load)

    def add(self, cpu_seconds: float, load: Load) -> None:
        """Note one turn."""
        self.cpu_ms.append(1000 * cpu_seconds / max(len(load.latencies), 1))
        self.per_second.append(load.requests_per_second)
        self.all.latencies += load.latencies
        self.all.seconds += load.seconds
        self.all.failed += load.failed
        self.all.failures += load.failures

    def describe(self, base: "Turns | None") -> dict[str, Any]:
        """Figures over all turns; ratios are medians of the ratio to `base` within a round."""
        return {
            "requests": len(self.all.latencies),
            "failed": self.all.failed,
            "failures": self.all.failures[:5],
            "cpu_ms": statistics.median(self.cpu_ms),
            "cpu_ratio": None if base is None else median_ratio(self.cpu_ms, base.cpu_ms),
            "p50_ms": self.all.percentile_ms(50),
            "p95_ms": self.all.percentile_ms(95),
            "requests_per_second": statistics.median(self.per_second),
            "rate_ratio": None if base is None else median_ratio(self.per_second, base.per_second),
            "rounds": {"cpu_ms": self.cpu_ms, "requests_per_second": self.per_second},
        }


def median_ratio(values: Sequence[float], base: Sequence[float]) -> float | None:
    """The median, over rounds, of the ratio within a round; None where no round can tell."""
    # a turn too short for the clock, a hundredth of a second, has no ratio
    ratios = [value / other for value, other in zip(values, base, strict=False) if other > 0]
    return statistics.median(ratios) if ratios else None


def write_single(server: str, name: str) -> bytes:
    """The request for one prediction, as this server takes it."""
    if server == MLFLOW:
        return write_request("/invocations", orjson.dumps({"dataframe_records": [{"name": name}]}))
    return write_request(PREDICT, orjson.dumps({"name": name}))


def compare_answers(servers: Mapping[str, Server], queries: Queries, sizes: Sizes, advance: Advance) -> dict[str, Any]:
    """Ask every server for the same names; answers are to be equal, digit by digit.

    The Kedro session, which answers in columns and takes seconds, is asked for one.
    """
    names = queries.take(sizes.answers)
    bodies = [orjson.dumps({"name": name}) for name in names]
    expected = [json.loads(post(servers[HAND], PREDICT, body)) for body in bodies]
    advance("answers compared")
    found: dict[str, Any] = {"names": len(names)}
    for server in (OURS, RUNNER):
        answers = [json.loads(post(servers[server], PREDICT, body)) for body in bodies]
        found[server] = _find_differences(names, expected, answers)
        advance("answers compared")
    asked = [orjson.dumps({"dataframe_records": [{"name": name}]}) for name in names]
    answers = [json.loads(post(servers[MLFLOW], "/invocations", body))["predictions"][0] for body in asked]
    found[MLFLOW] = [name for name, one, row in zip(names, expected, answers, strict=True) if not is_same_row(one, row)]
    row = json.loads(post(servers[SESSION], PREDICT, bodies[0]))
    found[SESSION] = [] if is_same_row(expected[0], row) else names[:1]
    advance("answers compared")
    return found


def is_same_row(expected: Any, row: Mapping[str, Any]) -> bool:
    """Whether flat columns say what an answer says; null where nothing is predicted."""
    pairs = [(row[f"{target}_predicted"], expected[target]["predicted"]) for target in ("g3d_mark", "tdp_w")]
    return all((None if told is None else float(told)) == predicted for told, predicted in pairs)


def _find_differences(names: Sequence[str], expected: Sequence[Any], answers: Sequence[Any]) -> list[str]:
    """Names with another answer than expected."""
    return [name for name, one, other in zip(names, expected, answers, strict=True) if one != other]


def measure_single(
    servers: Mapping[str, Server], queries: Queries, sizes: Sizes, advance: Advance
) -> dict[str, dict[str, Any]]:
    """Single predictions, one after another and on sixteen connections; every server gets the same names."""
    alone = {name: Turns() for name in servers}
    together = {name: Turns() for name in servers if name != SESSION}
    many = {name: sizes.mlflow_requests if name == MLFLOW else sizes.requests for name in together}
    _warm_up(servers, queries, sizes)
    for round_ in range(sizes.rounds):
        names = queries.take(2 * sizes.requests)
        # nobody is always first, nor always behind the same
        order = list(many)[:: 1 if round_ % 2 else -1]
        for server in order:
            half = many[server]
            requests = [write_single(server, name) for name in names[: 2 * half]]
            _take_turn(alone[server], servers[server], requests[:half], 1)
            _take_turn(together[server], servers[server], requests[half:], MANY)
        if round_ < sizes.session_requests:
            _take_turn(alone[SESSION], servers[SESSION], [write_single(SESSION, names[0])], 1)
        advance("single predictions")
    return {
        name: {
            "one_connection": alone[name].describe(alone[HAND]),
            "many_connections": together[name].describe(together[HAND]) if name in together else None,
        }
        for name in servers
    }


def _warm_up(servers: Mapping[str, Server], queries: Queries, sizes: Sizes) -> None:
    names = queries.take(sizes.warm_up)
    for name in (HAND, OURS, RUNNER, MLFLOW):
        count = 20 if name == MLFLOW else len(names)
        send_all(servers[name].port, [write_single(name, asked) for asked in names[:count]], MANY)


def _take_turn(turns: Turns, server: Server, requests: Sequence[bytes], connections: int) -> None:
    before = server.cpu_seconds()
    load = send_all(server.port, requests, connections)
    server.require_alive()
    turns.add(server.cpu_seconds() - before, load)


def measure_memory(server: Server, queries: Queries, asked: int) -> dict[str, Any]:
    """Resident memory after at least 1,000 requests.

    Args:
        server: the service.
        queries: what to ask.
        asked: how many requests it has answered so far.
    """
    more = max(0, 1_000 - asked)
    send_all(server.port, [write_single(OURS, name) for name in queries.take(more)], MANY)
    return {"requests": asked + more, "resident_mb": server.memory_mb("VmRSS")}


def measure_batch(servers: Mapping[str, Server], queries: Queries, sizes: Sizes, advance: Advance) -> dict[str, Any]:
    """Batches of rows that are all different, every fourth with a power of its own; CPU time by hand and ours."""
    cpu: dict[str, list[float]] = {HAND: [], OURS: []}
    wall: dict[str, list[float]] = {HAND: [], OURS: []}
    equal = True
    for round_ in range(-1, sizes.batch_rounds):
        rows = sizes.batch_rows if round_ >= 0 else 100
        content = orjson.dumps(
            {"name": queries.take_new(rows), "tdp_w": [None if row % 4 else 10.0 + row % 400 for row in range(rows)]}
        )
        answers = {}
        for name in list(cpu)[:: 1 if round_ % 2 else -1]:
            before, started = servers[name].cpu_seconds(), time.perf_counter()
            answers[name] = orjson.loads(post(servers[name], BATCH, content))
            if round_ >= 0:
                wall[name].append(time.perf_counter() - started)
                cpu[name].append(servers[name].cpu_seconds() - before)
        equal = equal and _are_alike(answers[HAND], answers[OURS])
        advance("batches")
    return {
        "rows": sizes.batch_rows,
        "answers_equal": equal,
        "cpu_ratio": median_ratio(cpu[OURS], cpu[HAND]),
        **{
            name: {
                "cpu_seconds": statistics.median(cpu[name]),
                "wall_seconds": statistics.median(wall[name]),
                "rounds": {"cpu_seconds": cpu[name], "wall_seconds": wall[name]},
            }
            for name in cpu
        },
    }


def _are_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two sets of columns hold the same; numbers to 1e-9, for sums depend on how many rows go together.

    A figure that there is not is None in both.
    """
    if one.keys() != other.keys():
        return False
    for name, values in one.items():
        if isinstance(values, list) and any(isinstance(value, float) for value in values):
            here, there = np.array(values, dtype=float), np.array(other[name], dtype=float)
            if not np.allclose(here, there, rtol=1e-9, atol=1e-12, equal_nan=True):
                return False
        elif values != other[name]:
            return False
    return True


def measure_market(server: Server, queries: Queries, sizes: Sizes) -> dict[str, Any]:
    """Single predictions without a market and with one of ten observed prices, fitted before, turn by turn."""
    seen = [
        {"name": name, "price_usd": 100 + 20 * place, "date": "2026-03"} for place, name in enumerate(queries.take(10))
    ]
    asked: dict[str, dict[str, Any]] = {"without": {}, "with": {"market": {"observations": seen}}}
    turns = {kind: Turns() for kind in asked}
    for round_ in range(-1, sizes.rounds):
        names = queries.take(sizes.requests)
        for kind in list(asked)[:: 1 if round_ % 2 else -1]:
            requests = [write_request(PREDICT, orjson.dumps({"name": name, **asked[kind]})) for name in names]
            _take_turn(turns[kind] if round_ >= 0 else Turns(), server, requests, 1)
    return {kind: turns[kind].describe(turns["without"]) for kind in asked}


def measure_file(server: Server, queries: Queries, sizes: Sizes) -> dict[str, Any]:
    """A CSV file of rows that are all different, on a service that was just started."""
    rows = sizes.file_rows
    lines = [
        f"{name.replace(',', ' ')},{'' if place % 4 else 10 + place % 400}"
        for place, name in enumerate(queries.take_new(rows))
    ]
    content = "\n".join(["name,tdp_w", *lines, ""]).encode()
    before, started = server.cpu_seconds(), time.perf_counter()
    scored = post(server, FILE, content, "text/csv")
    return {
        "rows": rows,
        "bytes": len(content),
        "rows_answered": scored.count(b"\n") - 1,
        "wall_seconds": time.perf_counter() - started,
        "cpu_seconds": server.cpu_seconds() - before,
        "peak_mb": server.memory_mb("VmHWM"),
    }


def measure_sustained(server: Server, queries: Queries, seconds: float, advance: Advance) -> dict[str, Any]:
    """A load on sixteen connections without a pause."""
    requests = [write_single(OURS, name) for name in queries.take(5_000)]
    whole, parts = Load(), max(1, round(seconds / 5))
    before = server.cpu_seconds()
    for _ in range(parts):
        load = send_for(server.port, requests, MANY, seconds / parts)
        whole.latencies += load.latencies
        whole.seconds += load.seconds
        whole.failed += load.failed
        whole.failures += load.failures
        advance("sustained load")
    return {
        "seconds": whole.seconds,
        "requests": len(whole.latencies),
        "failed": whole.failed,
        "failures": whole.failures[:5],
        "requests_per_second": whole.requests_per_second,
        "cpu_ms": 1000 * (server.cpu_seconds() - before) / max(len(whole.latencies), 1),
        "p50_ms": whole.percentile_ms(50),
        "p95_ms": whole.percentile_ms(95),
        "p99_ms": whole.percentile_ms(99),
    }
