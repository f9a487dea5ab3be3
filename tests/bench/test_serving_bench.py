"""The bench runs, and what it compares gives the same answers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from workspace import PROJECT, Workspace

from bench.measuring import is_same_row

SERVERS = ("handwritten", "ours", "sequential_runner", "kedro_session", "mlflow")


def run_bench(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bench.serving", "--quick", *arguments],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def list_processes(folder: Path) -> list[str]:
    """Command lines of processes whose temporary folder is this one, or in it."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            surroundings = Path(f"/proc/{entry}/environ").read_bytes()
            if f"TMPDIR={folder}".encode() in surroundings:
                found.append(Path(f"/proc/{entry}/cmdline").read_text())
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def bench(trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One quick run; what it printed is under `printed`, what it left behind under `left`."""
    folder = tmp_path_factory.mktemp("bench")
    out = folder / "reports" / "serving_bench.json"
    bundles = trained.bundles
    done = run_bench(folder, "--bundles", str(bundles), "--out", str(out), "--seconds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    left = [*list_processes(folder), *(path.name for path in folder.iterdir() if path.name != "reports")]
    return {**json.loads(out.read_text()), "printed": done.stdout, "left": left}


def test_all_servers_give_the_same_answers(bench):
    assert bench["answers"] == {"names": 50, **{name: [] for name in SERVERS if name != "handwritten"}}
    assert bench["batch"]["answers_equal"] is True


@pytest.mark.parametrize(
    ("told", "is_same"), [("16958.0", True), (None, False), (17000, False)], ids=["text", "nothing", "another"]
)
def test_columns_are_compared_with_an_answer(told, is_same):
    """Also of a GPU of which nothing is predicted, such as one that the table does not cover."""
    answer = {"g3d_mark": {"predicted": 16958.0}, "tdp_w": {"predicted": None}}
    assert is_same_row(answer, {"g3d_mark_predicted": told, "tdp_w_predicted": None}) is is_same


@pytest.mark.parametrize("server", SERVERS)
def test_no_single_request_fails(bench, server):
    single = bench["servers"][server]
    for turns in filter(None, (single["one_connection"], single["many_connections"])):
        assert turns["failures"] == []
        assert turns["failed"] == 0
        assert turns["requests"] > 0
        assert turns["cpu_ms"] > 0


def test_predictions_with_a_market_are_measured_beside_those_without(bench):
    market = bench["market"]
    assert market["with"]["failed"] == market["without"]["failed"] == 0
    assert market["with"]["requests"] == market["without"]["requests"] > 0
    assert market["with"]["cpu_ratio"] > 0


def test_nothing_fails_under_sustained_load(bench):
    assert bench["sustained"]["failures"] == []
    assert bench["sustained"]["failed"] == 0
    assert bench["sustained"]["requests"] > 0


def test_every_row_of_the_file_is_answered(bench):
    assert bench["file"]["rows_answered"] == bench["file"]["rows"] == 2000


def test_resident_memory_is_read_after_a_thousand_requests(bench):
    assert bench["memory"]["requests"] >= 1000
    assert bench["memory"]["resident_mb"] > 0


def test_each_figure_stands_beside_its_limit(bench):
    assert {figure["title"]: figure["limit"] for figure in bench["figures"]} == {
        "one prediction: CPU, (b) / (a)": 1.1,
        "one prediction: CPU, (b) / (d)": 0.01,
        "one prediction: CPU, (b) / (e)": 0.5,
        "one prediction: CPU": 1.5,
        "one prediction: CPU, with a market / without": 1.3,
        "requests/s at 16 connections, (b) / (a)": 0.95,
        "failures in 1 s without a pause": 0,
        "batch of 1,000 rows: CPU, (b) / (a)": 1.1,
        "batch of 1,000 rows: CPU": 1.5,
        "file of 2,000 rows: time": 15,
        "file of 2,000 rows: peak memory": 500,
        "start to the first 200: CPU": 2.0,
        "resident memory after 1,200 requests": 250,
    }
    for figure in bench["figures"]:
        assert figure["title"] in bench["printed"]
        kept = figure["value"] >= figure["limit"] if figure["is_floor"] else figure["value"] <= figure["limit"]
        assert figure["met"] is kept


def test_neither_a_server_nor_a_file_is_left_behind(bench):
    assert bench["left"] == []


def test_the_machine_is_told(bench):
    assert bench["quick"] is True
    assert bench["machine"]["cores"] == os.cpu_count()
    assert {"kedro", "mlflow", "fastapi", "onnxruntime"} <= set(bench["machine"]["libraries"])


def test_without_a_bundle_it_says_what_to_do(tmp_path):
    done = run_bench(tmp_path, "--bundles", str(tmp_path), "--out", str(tmp_path / "out.json"))
    assert done.returncode == 1
    assert done.stderr == f"Error: no trained bundle in {tmp_path}; run `make run` first\n"
    assert not (tmp_path / "out.json").exists()
