"""The service while its store holds what must not be served: damage of every kind, other formats, pipes, links."""

import json
import threading
import time
from pathlib import Path

import pytest
from bad_bundles import BAD, add_variant, list_damages, point_at
from crowd import Crowd, names, send_for, write_single
from promises import Measured, promise
from services import StartService

from bench.processes import Server
from gpu_kedro.modelling.bundle.files import POINTER, BundleError
from gpu_kedro.serving.runtime import Runtime

pytestmark = pytest.mark.reliability
ASKED = names(40, seed=4)


@promise("change.damaged", "Every file of a bundle cut, zeroed, gone; 100 bits flipped: taken all the same", at_most=0)
def test_no_damaged_bundle_is_loaded(store: Path, bundle: Path, measured: Measured):
    folder = store / bundle.name
    Runtime.load(store)
    taken, tried = [], 0
    for what, path, damage in list(list_damages(folder)):
        whole = path.read_bytes()
        damage(path)
        tried += 1
        try:
            Runtime.load(store)
            taken.append(f"{path.relative_to(folder)}: {what}")
        except BundleError:
            pass
        finally:
            path.write_bytes(whole)
    Runtime.load(store)
    measured("change.damaged", len(taken), "; ".join(taken[:3]) or f"of {tried:,}")


@promise("change.bad_memory", "… meanwhile: memory of the service", at_most=450, unit="MB")
@promise("change.bad_bundles", "Older, half-written, foreign, damaged bundles promoted under load: served", at_most=0)
@promise("change.bad_failed", "… meanwhile: requests that fail or are not answered by the old version", at_most=0)
def test_the_old_bundle_goes_on_when_a_bad_one_is_promoted(
    start_service: StartService, store: Path, bundle: Path, measured: Measured
):
    service = start_service(store, check_seconds=0.1, log_level="ERROR")
    requests = [write_single(name) for name in ASKED]
    bad = []
    for number, spoil in enumerate(BAD):
        name = add_variant(store, bundle.name, number)
        bad.append(name)
        spoil(store / name)
        with pytest.raises(BundleError):
            Runtime.load(pointed_store(store, name))
    point_at(store, bundle.name)
    crowd, done = Crowd(), threading.Event()
    load = threading.Thread(
        target=lambda: crowd.__dict__.update(vars(send_for(service.port, requests, 8, 600, until=done)))
    )
    load.start()
    told = 0
    try:
        for name in [*bad, "", "20990101T000009Z-none"]:
            point_at(store, name)
            end = time.monotonic() + 20
            while count_refusals(service) <= told and time.monotonic() < end:
                time.sleep(0.1)
            assert count_refusals(service) > told, f"{name}: nothing was said\n{service.read_log()}"
            told = count_refusals(service)
        (store / POINTER).write_bytes(b'{"version": "2')
        time.sleep(1)
        (store / POINTER).unlink()
        time.sleep(1)
    finally:
        done.set()
        load.join()
    by = [json.loads(answer.body)["model_version"] for answer in crowd.answers if answer.status == 200]
    measured("change.bad_bundles", sum(version != bundle.name for version in by), f"{len(bad)} kinds of them")
    failed = len(crowd.lost) + len(crowd.answers) - by.count(bundle.name)
    measured("change.bad_failed", failed, crowd.describe())
    measured("change.bad_memory", service.memory_mb("VmHWM"))


def pointed_store(store: Path, version: str) -> Path:
    point_at(store, version)
    return store


def count_refusals(service: Server) -> int:
    return service.log.read_text().count("bundle refused")
