"""Data that is in another order, in another unit, or four hundred times as much."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from crowd import send_for, write_single
from mounts import mount
from promises import Measured, promise
from records import logged_predictions
from services import serve
from workspace import PROJECT, Workspace

SAMPLE = PROJECT / "tests" / "data" / "gpu_sample.csv"
ROWS = 1_000_000
#: Figures in another unit than the field's, beside the field.
WRONG_UNITS = [
    {"name": "GeForce RTX 3070", "tdp_w": 0.22},
    {"name": "GeForce RTX 3070", "price_usd": 49_900},
    {"name": "GeForce RTX 3070", "specs": {"boost_clock_mhz": 1.725}},
    {"name": "GeForce RTX 3070", "specs": {"memory_size_gb": 8192}},
    {"specs": {"shading_units": 5888, "boost_clock_mhz": 1.725, "memory_size_gb": 8}},
    {"specs": {"shading_units": 5888, "boost_clock_mhz": 1725, "tdp_w": 0.22}},
]


@pytest.mark.reliability
@promise("data.order", "metrics that differ when rows and columns of the table are shuffled", at_most=0)
def test_metrics_do_not_depend_on_the_order_of_the_table(
    trained: Workspace, workspace: Workspace, measured: Measured, monkeypatch: pytest.MonkeyPatch
):
    table = pd.read_csv(SAMPLE, dtype="str", keep_default_na=False)
    shuffled = table.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=2)
    shuffled.to_csv(workspace.folder / "gpus.csv", index=False)
    monkeypatch.setenv("GPU_KEDRO_RAW_DATA", str(workspace.folder / "gpus.csv"))
    workspace.run()
    before, after = read_figures(trained), read_figures(workspace)
    differing = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    measured("data.order", len(differing), f"{len(before):,} metrics of `kedro run --env test`")
    assert differing == []


def read_figures(run: Workspace) -> dict[str, Any]:
    """Every figure of metrics.json by its path, but for the suspects, who stand in the order of the file."""
    metrics = json.loads((run.data / "08_reporting" / "metrics.json").read_text())
    del metrics["suspects"]["first"]

    def flatten(value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict | list):
            return {path: value}
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        found: dict[str, Any] = {}
        for key, one in inner:
            found |= flatten(one, f"{path}.{key}")
        return found

    return flatten(metrics, "")


#: A process begins with the peak of the one that starts it: this small one stands between pytest and the run.
_MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


@pytest.mark.reliability
@promise("data.million", "cleaning, matching and features of a table of 1,000,000 rows", at_most=600, unit="s")
@promise("data.million_memory", "memory that takes at the most", at_most=4, unit="GB")
@promise("data.million_kept", "rows of it that are kept or named in the ledger", at_least=100, unit="%")
def test_a_million_rows_are_prepared(workspace: Workspace, measured: Measured):
    write_large_table(workspace.folder / "gpus.csv")
    environment = {**workspace.environment(), "GPU_KEDRO_RAW_DATA": str(workspace.folder / "gpus.csv")}
    command = [sys.executable, "-m", "kedro", "run", "--env", "test"]
    command += ["--pipelines", "data_processing,feature_engineering"]
    started = time.perf_counter()
    watched = [sys.executable, "-c", _MEASURE, *command]
    run = subprocess.run(watched, cwd=PROJECT, env=os.environ | environment, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    assert run.returncode == 0, run.stderr[-3000:]
    *_, computing_seconds, most_kilobytes = run.stdout.split()
    measured("data.million", seconds, f"{float(computing_seconds):.0f} s of processor time")
    measured("data.million_memory", int(most_kilobytes) * 1024 / 1e9)
    summary = json.loads((workspace.data / "02_intermediate" / "ledger_summary.json").read_text())
    features = pd.read_parquet(workspace.data / "05_model_input" / "model_input.parquet", columns=["gpu_id"])
    accounted = summary["rows_kept"] + summary["rows_rejected"]
    measured("data.million_kept", 100 * accounted / ROWS, f"{summary['rows_rejected']:,} rejected")
    assert len(features) == summary["rows_kept"] > 0.9 * ROWS


def write_large_table(path: Path) -> None:
    """The sample again and again, each copy with boards of its own, which differ in name only."""
    sample = pd.read_csv(SAMPLE, dtype="str", keep_default_na=False)
    copies = -(-ROWS // len(sample))
    large = pd.concat([sample] * copies, ignore_index=True).iloc[:ROWS]
    boards = [f"{name} #{place // len(sample)}" for place, name in enumerate(large["gpuName"].tolist())]
    large.assign(gpuName=boards).to_csv(path, index=False)


@promise("data.asked_units", "questions in kW, cents, GHz or MB that are answered without a warning", at_most=0)
@pytest.mark.reliability
def test_a_question_in_another_unit_is_answered_with_a_warning_at_its_field(start_service, store, measured: Measured):
    server = start_service(store)
    unnoticed = []
    for query in WRONG_UNITS:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("POST", "/v1/predict", json.dumps(query), {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        asked = {
            field for field in [*query, *query.get("specs", {})] if field not in ("name", "specs", "shading_units")
        }
        warned = {
            warning["field"] for warning in answer["warnings"] if warning["code"] in ("out_of_range", "contradiction")
        }
        if not warned & asked:
            unnoticed.append((query, answer["warnings"]))
    measured("data.asked_units", len(unnoticed), f"{len(WRONG_UNITS)} questions")
    assert unnoticed == []


@pytest.mark.reliability
@promise("data.small", "small tables that neither train nor end in one line", at_most=0)
def test_a_small_table_trains_or_ends_in_one_line(tmp_path: Path, measured: Measured):
    table = pd.read_csv(PROJECT / "data" / "01_raw" / "gpu_benchmarks.csv", dtype="str", keep_default_na=False)
    emptied = [None, "category", "price", "TDP", "testDate", None, "G2Dmark", None, "gpuName", None]
    faults, trained = [], 0
    for seed, (rows, column) in enumerate(zip((1, 2, 7, 30, 75, 130, 180, 250, 320, 400), emptied, strict=True)):
        subset = table.sample(rows, random_state=seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        subset.assign(**({column: ""} if column else {})).to_csv(folder / "gpus.csv", index=False)
        environment = os.environ | Workspace(folder).environment() | {"GPU_KEDRO_RAW_DATA": str(folder / "gpus.csv")}
        command = [sys.executable, "-m", "kedro", "run", "--env", "test"]
        run = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        told = (run.stdout + run.stderr).strip().splitlines()
        trained += run.returncode == 0
        if run.returncode != 0 and ("Traceback" in "\n".join(told) or not told[-1].startswith("Error: ")):
            faults.append(f"{rows} rows without {column}: {told[-1]}")
    measured("data.small", len(faults), f"ten random subsets of 1 to 400 rows, {trained} of them trained")
    assert faults == []
    assert trained > 0


@pytest.mark.reliability
@promise("data.log_lost", "prediction log on a full disk: rows of its history that are lost", at_most=0, unit="rows")
@promise("data.log_refused", "prediction log on a full disk: questions that are not answered", at_most=0)
def test_a_full_disk_costs_the_prediction_log_no_history(store: Path, tmp_path: Path, measured: Measured):
    folder = tmp_path / "log"
    logged = {"prediction_log": folder, "prediction_log_rows": 50, "prediction_log_files": 3}
    with (
        mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", folder=folder),
        serve(store, tmp_path, metrics=True, **logged) as service,
    ):
        requests = [write_single(f"GeForce RTX 3070 {place}") for place in range(40)]
        send_for(service.port, requests, 1, 0.5)
        wait_until(lambda: count_logged(service.port, "written") > 0)
        (folder / "filler").touch()
        subprocess.run(["dd", "if=/dev/zero", f"of={folder}/filler", "bs=4k"], capture_output=True, check=False)
        before = logged_predictions(folder)
        asked = send_for(service.port, requests, 1, 3)
        wait_until(lambda: count_logged(service.port, "dropped") >= 15)
        kept = logged_predictions(folder)
        (folder / "filler").unlink()
        written = count_logged(service.port, "written")
        send_for(service.port, requests, 1, 0.1)
        wait_until(lambda: count_logged(service.port, "written") > written)
    assert len(before) > 0
    lost = [row for row in before if row not in kept]
    measured("data.log_lost", len(lost), f"of {len(before)}")
    measured("data.log_refused", len(asked.lost) + len(asked.answers) - asked.count(), f"of {len(asked.answers):,}")


def count_logged(port: int, what: str) -> float:
    """Rows that the prediction log has written or dropped, as /metrics says."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return float(re.search(rf"^gpu_kedro_prediction_log_{what}_total (\S+)", text, re.MULTILINE)[1])


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "not within 30 s"
        time.sleep(0.1)
