"""The table of promises tells what the tests found: nothing that breaks is missing, and the worst figure counts."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from workspace import PROJECT

from bench.reliability import merge_rounds

FOUND = """
import pytest
from promises import promise

@promise("load.kept", "is kept", at_most=2, unit="s")
@pytest.mark.parametrize("seconds", [1.5, 1.0])
def test_kept(measured, seconds):
    measured("load.kept", seconds)

@promise("load.over", "is over its limit", at_most=0)
@promise("load.floor", "is kept by the same test", at_least=10)
def test_over(measured):
    measured("load.over", 3)
    measured("load.floor", 11)

@promise("change.broken", "breaks before it is measured", at_most=1)
def test_broken(measured):
    raise RuntimeError("no bundle here")

@promise("change.silent", "is never measured", at_most=1)
def test_silent(measured):
    pass

@promise("training.fixture", "has a fixture that breaks", at_most=1)
def test_fixture(measured, no_such_fixture):
    pass

@promise("training.left", "cannot run here", at_most=1)
def test_left(measured):
    pytest.skip("needs root")

@pytest.mark.reliability
@promise("load.last", "is held to its limit without a table too", at_most=1)
def test_last(measured):
    measured("load.last", 2)
"""


@pytest.fixture
def rows(tmp_path: Path) -> dict[str, Any]:
    """The rows that a run of the tests above leaves."""
    (tmp_path / "test_found.py").write_text(FOUND)
    command = [sys.executable, "-m", "pytest", "-p", "promises", "--rootdir", str(tmp_path), "-c", "/dev/null"]
    done = subprocess.run(
        [*command, "--promises", str(tmp_path / "rows.json"), str(tmp_path)],
        cwd=PROJECT,
        env={"PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests' / 'support'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return {row["id"]: row for row in json.loads((tmp_path / "rows.json").read_text())["rows"]}


def test_every_promise_has_a_row_and_the_worst_figure_counts(rows: dict[str, Any]):
    assert {name: (row["status"], row["value"]) for name, row in rows.items()} == {
        "load.kept": ("pass", 1.5),
        "load.over": ("fail", 3.0),
        "load.floor": ("pass", 11.0),
        "change.broken": ("fail", None),
        "change.silent": ("fail", None),
        "training.fixture": ("fail", None),
        "training.left": ("not run", None),
        "load.last": ("fail", 2.0),
    }
    assert rows["change.broken"]["detail"] == "RuntimeError: no bundle here"
    assert rows["training.left"]["detail"] == "needs root"


def test_a_promise_broken_in_one_round_of_three_fails_with_its_worst_figure():
    def one(value: float, status: str) -> dict[str, Any]:
        row = {"id": "load.kept", "text": "is kept", "limit": 2.0, "unit": "s", "is_floor": False, "detail": ""}
        return {"rows": [{**row, "value": value, "status": status}]}

    merged = merge_rounds([one(1.0, "pass"), one(3.0, "fail"), one(1.5, "pass")])
    assert [(row["value"], row["status"], row["failures"], row["rounds"]) for row in merged] == [(3.0, "fail", 1, 3)]


def test_a_round_that_could_not_begin_counts_as_broken():
    row = {"id": "load.kept", "text": "is kept", "limit": 2.0, "unit": "s", "is_floor": False, "detail": ""}
    (merged,) = merge_rounds([{"rows": [{**row, "value": 1.0, "status": "pass"}]}, {"rows": []}])
    assert (merged["status"], merged["failures"]) == ("fail", 1)
