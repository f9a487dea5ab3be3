"""The service while bundles change under it: by promotion, by rollback, by damage; and its own end."""

import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from callers import Caller, FreshCaller
from crowd import Crowd, names, send_for, write_batch, write_single
from promises import Measured, promise
from services import StartService
from workspace import PROJECT

from bench.processes import Server
from gpu_kedro.modelling.bundle.files import MANIFEST, POINTER, BundleError, read_bundle, read_manifest, write_bundle
from gpu_kedro.modelling.bundle.registry import promote, roll_back
from gpu_kedro.promotion.opening import check_version
from gpu_kedro.serving.runtime import Runtime

pytestmark = pytest.mark.reliability
OWN = ("format", "content_sha256", "files", "manifest_sha256")
ASKED = names(40, seed=4)
Damage = Callable[[Path], None]


def point_at(store: Path, version: str) -> None:
    (store / "next.json").write_text(json.dumps({"version": version}))
    (store / "next.json").replace(store / POINTER)


def add_variant(store: Path, version: str, number: int) -> str:
    """A bundle like another, whose every interval is wider by some percent."""
    files, manifest = read_bundle(store / version)
    files = dict(files)
    for name in [name for name in files if name.endswith("/calibration.json")]:
        head = json.loads(files[name])
        for strata in head.get("quantiles", {}).values():
            strata.update({stratum: value * (1 + number / 50) for stratum, value in strata.items()})
        files[name] = json.dumps(head).encode()
    name = f"20990101T00000{number}Z-variant"
    facts = {key: value for key, value in manifest.items() if key not in OWN}
    write_bundle(store / name, files, {**facts, "version": name})
    return name


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


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def cut_last_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def list_damages(folder: Path) -> Iterator[tuple[str, Path, Damage]]:
    """Every file cut in half and full of zeros, some without their last byte or gone; then 100 random bits."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    chance = random.Random(6)
    for path in paths:
        for damage in (cut, zero):
            yield damage.__name__, path, damage
    for path in chance.sample(paths, k=20):
        for damage in (cut_last_byte, Path.unlink):
            yield damage.__name__, path, damage
    places = chance.choices(paths, weights=[path.stat().st_size for path in paths], k=80)
    places += [*chance.choices(paths, k=19), folder / MANIFEST]
    for path in places:
        bit = chance.randrange(8 * path.stat().st_size)
        yield f"bit {bit}", path, lambda path, bit=bit: flip(path, bit)


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << (bit % 8)
    path.write_bytes(content)


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


def rewrite(folder: Path, edit: Callable[[dict[str, bytes], dict[str, Any]], None], **forced: object) -> None:
    """Write a bundle anew with other content, whose hashes are right."""
    files, manifest = read_bundle(folder)
    files = dict(files)
    facts = deepcopy({key: value for key, value in manifest.items() if key not in OWN})
    edit(files, facts)
    write_bundle(folder, files, {**facts, **forced})


def make_older(folder: Path) -> None:
    """As a version wrote it that knew fewer features."""
    rewrite(folder, lambda _, facts: facts.update(features=facts["features"][:-1]))


def make_half(folder: Path) -> None:
    """As a copy leaves it that is cut off: some files, and no manifest."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file())[::2]:
        path.unlink()
    (folder / MANIFEST).unlink(missing_ok=True)


def make_foreign(folder: Path) -> None:
    """A bundle of something else: complete, unchanged, of this format."""
    shutil.rmtree(folder)
    write_bundle(folder, {"model.onnx": b"of another project"}, {"version": folder.name})


def lack_a_model(folder: Path) -> None:
    """Complete and unchanged by its hashes, but a model is another one."""

    def edit(files: dict[str, bytes], _: dict[str, Any]) -> None:
        for name in [name for name in files if name.endswith(".onnx")]:
            files[name] = b"of another project"

    rewrite(folder, edit)


def damage_largest(folder: Path) -> None:
    zero(max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size))


def reach_outside(folder: Path) -> None:
    """A manifest that lists a file outside the bundle, with right hashes of everything."""
    (folder.parent / "outside.json").write_bytes((folder / "features.json").read_bytes())
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"]["../outside.json"] = manifest["files"]["features.json"]
    seal(folder, manifest)


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest with the hashes that its content asks for."""
    import hashlib

    lines = sorted((name, entry["sha256"]) for name, entry in manifest["files"].items())
    manifest["content_sha256"] = hashlib.sha256("".join(f"{n} {h}\n" for n, h in lines).encode()).hexdigest()
    manifest["manifest_sha256"] = ""
    blank = json.dumps(manifest, indent=1, sort_keys=True).encode()
    manifest["manifest_sha256"] = hashlib.sha256(blank).hexdigest()
    (folder / MANIFEST).write_bytes(json.dumps(manifest, indent=1, sort_keys=True).encode())


def make_format_zero(folder: Path) -> None:
    manifest = read_manifest(folder)
    manifest["format"] = 0
    seal(folder, manifest)


BAD = (make_older, make_format_zero, make_half, make_foreign, lack_a_model, damage_largest, reach_outside)


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


def pointed_store(store: Path, version: str) -> Path:
    point_at(store, version)
    return store


def count_refusals(service: Server) -> int:
    return service.log.read_text().count("bundle refused")
