"""Training while it is killed, while the disk fills, beside another one, without a right to write, at a wrong time."""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from mounts import mount
from promises import Measured, promise
from workspace import PROJECT, Workspace

from gpu_kedro.modelling.bundle.files import BundleError, read_bundle, read_pointer
from gpu_kedro.modelling.bundle.registry import read_history
from gpu_kedro.pipeline_registry import register_pipelines
from gpu_kedro.serving.runtime import Runtime

pytestmark = pytest.mark.reliability
KEDRO = (sys.executable, "-m", "kedro", "run", "--env", "test")
#: Makes another bundle than the one that is served.
OTHER = "--params=embedding.dims=9"
STEP = re.compile(rb"^\[ *(\d+)/(\d+)\]")
SAFE = "The bundle in service is as it was"
AGAIN = "run again; nothing has to be cleaned up"


@dataclass(frozen=True)
class Training:
    """A data folder in which a bundle is served, and a shared record of runs."""

    data: Path
    mlruns: Path
    version: str
    digest: str

    @classmethod
    def copy(cls, trained: Workspace, data: Path) -> "Training":
        shutil.copytree(trained.data, data, dirs_exist_ok=True)
        store = data / "06_models" / "bundles"
        version = read_pointer(store)
        return cls(data, trained.folder / "mlruns", version, digest(store / version))

    @property
    def store(self) -> Path:
        return self.data / "06_models" / "bundles"

    def start(self, *arguments: str, before: tuple[str, ...] = ()) -> "subprocess.Popen[bytes]":
        """`kedro run --env test` in a session of its own."""
        environment = {**os.environ, "GPU_KEDRO_DATA_DIR": str(self.data), "GPU_KEDRO_MLRUNS_DIR": str(self.mlruns)}
        return subprocess.Popen(
            [*before, *KEDRO, *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, *arguments: str, before: tuple[str, ...] = ()) -> tuple[int, str]:
        """Exit status and output."""
        process = self.start(*arguments, before=before)
        said = process.communicate(timeout=600)[0].decode()
        return process.returncode, said

    def find_faults(self) -> list[str]:
        """What is not as it should be: the bundle in service, and every file under a final name."""
        return [*self._find_served_faults(), *self._find_half_files()]

    def _find_served_faults(self) -> Iterator[str]:
        try:
            version = read_pointer(self.store)
            read_bundle(self.store / version)
            read_history(self.store)
        except BundleError as err:
            yield f"what is served: {err}"
            return
        if digest(self.store / self.version) != self.digest:
            yield f"{self.version} was changed"

    def _find_half_files(self) -> Iterator[str]:
        models = self.data / "06_models"
        bundles = [folder for name in ("bundles", "parts") for folder in (models / name).iterdir() if folder.is_dir()]
        for folder in bundles:
            if not folder.name.startswith("."):
                try:
                    read_bundle(folder)
                except BundleError as err:
                    yield str(err)
        for path in self.data.rglob("*"):
            hidden = any(part.startswith(".") for part in path.relative_to(self.data).parts)
            if path.is_file() and not hidden and not any(folder in path.parents for folder in bundles):
                try:
                    require_whole(path)
                except (ValueError, OSError) as err:
                    yield f"{path.relative_to(self.data)}: {err}"


def digest(folder: Path) -> str:
    """Of the names and contents of every file."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def require_whole(path: Path) -> None:
    """Raise ValueError or OSError where a file ends too early for what it is."""
    if path.suffix == ".json":
        json.loads(path.read_bytes())
    elif path.suffix == ".parquet":
        pq.read_table(path)
    elif path.suffix in (".csv", ".md", ".html", ".jsonl"):
        text = path.read_text(encoding="utf-8")
        if not text.endswith("\n") or (path.suffix == ".html" and "</html>" not in text):
            raise ValueError("ends too early")
    else:
        raise ValueError("is a file that nobody knows how to check")


def answers(training: Training) -> bool:
    """Whether what is served answers."""
    return Runtime.load(training.store).predict([{"name": "GeForce RTX 3070"}])[0]["g3d_mark"]["value"] > 0


def run_again(training: Training, measured: Measured, name: str, *arguments: str) -> None:
    """Run once more without cleaning up, and state whether all is well then."""
    status, said = training.run(*arguments)
    assert status == 0, said
    measured(name, len(training.find_faults()) or not answers(training))


def kill_at(process: "subprocess.Popen[bytes]", step: int, delay_seconds: float) -> tuple[bool, str]:
    """Kill a run with all it started, some time after a step of its pipeline.

    Returns:
        Whether it was still running, and what it had said.
    """
    lines: list[bytes] = []
    reached = threading.Event()

    def read() -> None:
        for line in process.stdout or ():
            lines.append(line)
            found = STEP.match(line)
            if found and int(found[1]) >= step:
                reached.set()
        reached.set()

    reader = threading.Thread(target=read)
    reader.start()
    if step:
        reached.wait(600)
    time.sleep(delay_seconds)
    was_running = process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    reader.join()
    return was_running, b"".join(lines[-3:]).decode()


@promise("training.kills", "kill -9 at 20 random moments: half files, or a served bundle that changed", at_most=0)
@promise("training.kills_rerun", "kill -9 20 times: runs afterwards that fail without cleaning up", at_most=0)
def test_a_killed_training_leaves_nothing_half_done(trained: Workspace, tmp_path: Path, measured: Measured):
    steps = len(register_pipelines()["__default__"].nodes)
    chance = random.Random(7)
    moments = [(place * (steps + 1) // 20 + (place > 0), chance.uniform(0, 0.5)) for place in range(20)]
    chance.shuffle(moments)

    def kill_ten(place: int) -> tuple[list[str], int, bool]:
        training = Training.copy(trained, tmp_path / str(place))
        faults, killed = [], 0
        for step, delay_seconds in moments[place::2]:
            was_running, said = kill_at(training.start(OTHER), step, delay_seconds + 2 * (step == 0))
            killed += was_running
            faults += [f"killed after step {step}: {fault} (last: {said!r})" for fault in training.find_faults()]
        status, said = training.run(OTHER)
        if status or training.find_faults():
            faults.append(f"the run afterwards ended with {status}: {said[-500:]}")
        return faults, killed, status == 0 and not training.find_faults() and answers(training)

    # two side by side, each in a folder of its own: one would leave half of the machine idle
    with ThreadPoolExecutor(2) as pool:
        (some, killed, one), (others, more, two) = pool.map(kill_ten, range(2))
    faults = some + others
    assert killed + more >= 18, "too many runs ended before they were killed"
    measured("training.kills", len(faults), "; ".join(faults)[:300] or f"{killed + more} killed while they ran")
    measured("training.kills_rerun", 2 - one - two, "of 2")


def measure_kb(folder: Path) -> int:
    return sum(-(-path.lstat().st_size // 4096) * 4 for path in folder.rglob("*"))


@promise("training.disk_full", "disk full: half files, a served bundle that changed, no word why", at_most=0)
@promise("training.disk_full_rerun", "disk full: runs afterwards that fail without cleaning up", at_most=0)
@pytest.mark.parametrize("room_kb", [60, 3000])
def test_a_full_disk_costs_the_run_and_nothing_else(
    trained: Workspace, tmp_path: Path, measured: Measured, room_kb: int
):
    folder = tmp_path / "small"
    size_kb = measure_kb(trained.data) + room_kb
    with mount("-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", folder=folder):
        training = Training.copy(trained, folder / "data")
        status, said = training.run(OTHER)
        faults = training.find_faults()
        if status == 0 or "Traceback" in said or "No space left on device" not in said or SAFE not in said:
            faults.append(f"ended with {status}: {said[-300:]}")
        measured("training.disk_full", len(faults), "; ".join(faults) or said.strip().splitlines()[-1][:200])
        subprocess.run(["mount", "-o", "remount,size=500m", str(folder)], check=True)
        run_again(training, measured, "training.disk_full_rerun", OTHER)


@promise("training.two", "Two trainings at once: half files, a changed bundle, a second one that goes on", at_most=0)
@promise("training.two_rerun", "Two trainings at once: runs afterwards that fail without cleaning up", at_most=0)
def test_a_second_training_is_told_of_the_first(trained: Workspace, tmp_path: Path, measured: Measured):
    training = Training.copy(trained, tmp_path / "data")
    first = training.start(OTHER)
    second = training.start("--params=embedding.dims=10")
    ended = {process.pid: process.communicate(timeout=600)[0].decode() for process in (first, second)}
    faults = training.find_faults()
    if sorted((first.returncode, second.returncode)) != [0, 1]:
        faults.append(f"they ended with {first.returncode} and {second.returncode}: {ended}")
    loser = second if first.returncode == 0 else first
    told = ended[loser.pid].strip()
    if f"another run writes to {training.data}" not in told or "Traceback" in told:
        faults.append(told[-300:])
    measured("training.two", len(faults), "; ".join(faults) or told[:200])
    run_again(training, measured, "training.two_rerun", OTHER)


@promise("training.read_only", "Read-only data folder: files that changed, no word why", at_most=0)
@promise("training.read_only_rerun", "Read-only data folder: runs that fail when it is writable again", at_most=0)
def test_a_folder_that_cannot_be_written_is_said_at_once(trained: Workspace, tmp_path: Path, measured: Measured):
    training = Training.copy(trained, tmp_path / "data")
    before = digest(training.data)
    with mount("--bind", str(training.data), folder=training.data):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(training.data)], check=True)
        status, said = training.run(OTHER)
        faults = training.find_faults()
        is_told = "Read-only file system" in said and SAFE in said and AGAIN in said and "Traceback" not in said
        if status != 1 or not is_told or digest(training.data) != before:
            faults.append(f"ended with {status}: {said[-300:]}")
    measured("training.read_only", len(faults), "; ".join(faults) or said.strip()[:200])
    run_again(training, measured, "training.read_only_rerun", OTHER)


@promise("training.clock", "A clock a year off: runs that fail, half files, a served bundle that changed", at_most=0)
@promise("training.clock_rerun", "A clock a year off: runs afterwards that fail without cleaning up", at_most=0)
def test_a_wrong_clock_spoils_nothing(trained: Workspace, tmp_path: Path, measured: Measured):
    if shutil.which("faketime") is None:
        pytest.skip("needs faketime (Debian: apt-get install faketime)")
    training = Training.copy(trained, tmp_path / "data")
    faults = []
    for offset, arguments in (("-365d", (OTHER,)), ("+365d", ("--params=embedding.dims=10",))):
        status, said = training.run(*arguments, before=("faketime", "--exclude-monotonic", "-f", offset))
        faults += training.find_faults()
        if status:
            faults.append(f"{offset}: ended with {status}: {said[-300:]}")
    measured("training.clock", len(faults), "; ".join(faults) or "a year back and a year ahead")
    run_again(training, measured, "training.clock_rerun")
