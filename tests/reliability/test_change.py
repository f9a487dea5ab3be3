"""The service while bundles change under it: by promotion, by rollback, by damage; and its own end."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest
from bad_bundles import add_variant, point_at
from callers import Caller, FreshCaller
from crowd import Answer, Crowd, forget_body, names, send_for, write_batch, write_single
from edge import StartEdge
from promises import Measured, promise
from services import StartService, serve
from workspace import PROJECT

from bench.processes import Server
from gpu_kedro.modelling.bundle.files import POINTER
from gpu_kedro.modelling.bundle.registry import promote, roll_back
from gpu_kedro.promotion.opening import check_version
from gpu_kedro.serving.runtime import Runtime

pytestmark = pytest.mark.reliability
ASKED = names(40, seed=4)
MANY = 20_000


def expect(store: Path, version: str) -> tuple[list[Any], dict[str, Any]]:
    """What a version answers to single queries and to a batch."""
    point_at(store, version)
    runtime = Runtime.load(store)
    singles = [runtime.predict([{"name": name}])[0] for name in ASKED]
    columns = runtime.predict_columns([{"name": name} for name in ASKED])
    numbers = orjson.OPT_SERIALIZE_NUMPY
    return orjson.loads(orjson.dumps(singles, option=numbers)), orjson.loads(orjson.dumps(columns, option=numbers))


def wait_for_version(service: Server, version: str) -> bool:
    """Whether the service takes up a version within 30 s."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        answer = send_for(service.port, [write_single(ASKED[0])], 1, 0.05).answers
        if answer and json.loads(answer[-1].body)["model_version"] == version:
            return True
    return False


@promise("change.failed", "20 promotions and 5 rollbacks under load: requests that fail", at_most=0, unit="requests")
@promise("change.mixed", "20 promotions and 5 rollbacks: answers that mix two versions", at_most=0, unit="answers")
@promise("change.missed", "20 promotions and 5 rollbacks: those that are not served", at_most=0, unit="moves")
def test_promotions_and_rollbacks_fail_no_request_and_mix_no_versions(
    start_service: StartService, store: Path, bundle: Path, measured: Measured
):
    versions = [bundle.name, *(add_variant(store, bundle.name, number) for number in (1, 2, 3))]
    expected = {version: expect(store, version) for version in versions}
    assert len({json.dumps(answers) for answers in expected.values()}) == len(versions), "the versions answer alike"
    point_at(store, bundle.name)
    service = start_service(store, check_seconds=0.1)
    requests = [*map(write_single, ASKED), write_batch(ASKED)]
    crowd, done, missed = Crowd(), threading.Event(), 0
    load = threading.Thread(
        target=lambda: crowd.__dict__.update(vars(send_for(service.port, requests, 8, 600, until=done)))
    )
    load.start()
    try:
        for move in range(25):
            if move % 5 == 4:
                served = roll_back_by(store, by_command=move == 4)
            else:
                served = versions[(move + 1 - move // 5) % len(versions)]
                promote_by(store, served, by_command=move == 0)
            missed += not wait_for_version(service, served)
    finally:
        done.set()
        load.join()
    mixed, seen = 0, set()
    for answer in crowd.answers:
        if answer.status == 200:
            told = json.loads(answer.body)
            seen.add(told["model_version"])
            mixed += not is_of_one_version(told, expected)
    assert seen == set(versions)
    measured("change.failed", len(crowd.lost) + len(crowd.answers) - crowd.count(), crowd.describe())
    measured("change.mixed", mixed, f"of {crowd.count():,}, {len(seen)} versions")
    measured("change.missed", missed, "of 25")


def is_of_one_version(told: dict[str, Any], expected: dict[str, tuple[list[Any], dict[str, Any]]]) -> bool:
    """Whether every number is that of the version which the answer names."""
    singles, columns = expected[told["model_version"]]
    if "rows" in told:
        # the columns name the version in every row, the answer once
        return {**told, "model_version": [told["model_version"]] * told["rows"]} == {**columns, "rows": told["rows"]}
    return told in singles


def promote_by(store: Path, version: str, *, by_command: bool) -> None:
    if by_command:
        # the gate may find that the wider intervals cover too much; what is tested here is the change
        run_command(store, "promote", version, "--force", "reliability test")
    else:
        promote(store, version, "reliability test", {})


def roll_back_by(store: Path, *, by_command: bool) -> str:
    if by_command:
        run_command(store, "rollback")
    else:
        roll_back(store, "reliability test", partial(check_version, store))
    return str(json.loads((store / POINTER).read_text())["version"])


def run_command(store: Path, *arguments: str) -> None:
    command = [sys.executable, "-c", "from gpu_kedro.command_line import main; main()", "models", *arguments]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "GPU_KEDRO_BUNDLES": str(store)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@promise("change.sigterm", "SIGTERM under load, 10 times: requests without an answer", at_most=0, unit="requests")
@promise("change.sigterm_exit", "SIGTERM under load, 10 times: ends other than with status 0", at_most=0, unit="ends")
def test_ten_ends_under_load_lose_no_request(start_service: StartService, store: Path, measured: Measured):
    moment = random.Random(5)
    lost = answered = bad = 0
    for _ in range(10):
        service = start_service(store, drain_seconds=0.5)
        callers = [kind(service.port) for kind in (Caller, FreshCaller) for _ in range(8)]
        for caller in callers:
            caller.start()
        time.sleep(moment.uniform(0.3, 1.0))
        service.process.send_signal(signal.SIGTERM)
        for caller in callers:
            caller.join(60)
        lost += sum(caller.lost + sum(status != 200 for status in caller.statuses) for caller in callers)
        answered += sum(len(caller.statuses) for caller in callers)
        bad += service.process.wait(60) != 0
    measured("change.sigterm", lost, f"of {answered:,}, 16 clients")
    measured("change.sigterm_exit", bad, "of 10")


@promise("change.rolling", "Rolling restart of two replicas behind nginx: of 20,000 requests lost", at_most=0)
@promise("change.rolling_asked", "Rolling restart of two replicas behind nginx: requests", at_least=MANY)
def test_a_rolling_restart_loses_no_request(
    start_edge: StartEdge, store: Path, tmp_path: Path, measured: Measured, request: pytest.FixtureRequest
):
    replicas = [ExitStack(), ExitStack()]
    for replica in replicas:
        request.addfinalizer(replica.close)
    services = [replica.enter_context(serve(store, tmp_path)) for replica in replicas]
    edge = start_edge(services[0].port, services[1].port, rate=100_000, connections=10_000)
    crowd, done, answered = Crowd(), threading.Event(), count()

    def keep(answer: Answer) -> Answer:
        if next(answered) == MANY:
            done.set()
        return forget_body(answer)

    requests = [*map(write_single, ASKED)]
    load = threading.Thread(
        target=lambda: crowd.__dict__.update(vars(send_for(edge.port, requests, 16, 600, until=done, keep=keep)))
    )
    load.start()
    ends: list[int] = []
    try:
        while len(ends) < 2 or not done.is_set():
            place = len(ends) % 2
            services[place].process.send_signal(signal.SIGTERM)
            ends.append(services[place].process.wait(60))
            replicas[place].close()
            services[place] = replicas[place].enter_context(serve(store, tmp_path, services[place].port))
    finally:
        done.set()
        load.join()
    assert ends == [0] * len(ends)
    told = "; ".join([*crowd.lost[:3], *{f"HTTP {answer.status}" for answer in crowd.answers if answer.status != 200}])
    measured("change.rolling", len(crowd.lost) + len(crowd.answers) - crowd.count(), told)
    measured("change.rolling_asked", crowd.count(), f"{len(ends)} restarts; {crowd.describe()}")
