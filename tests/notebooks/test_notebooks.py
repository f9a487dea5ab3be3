"""The notebooks run from top to bottom on what a run on the sample left behind."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from workspace import PROJECT, Workspace

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
#: Seconds that a cell may take; the slowest takes a few.
CELL_TIMEOUT = 60


def test_there_are_four_in_an_order():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04"]


def test_they_run_from_top_to_bottom(trained: Workspace, tmp_path: Path):
    environment = os.environ | trained.environment() | {"KEDRO_ENV": "test"}
    command = [sys.executable, "-m", "pytest", "--nbmake", f"--nbmake-timeout={CELL_TIMEOUT}", "-p", "no:cacheprovider"]
    # two at a time: most of it is the start of a kernel and of Kedro
    halves = [NOTEBOOKS[place::2] for place in range(2)]
    started = [
        subprocess.Popen(
            [*command, *map(str, half)],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for half in halves
    ]
    for process, half in zip(started, halves, strict=True):
        output, _ = process.communicate(timeout=600)
        assert process.returncode == 0, output[-6000:]
        assert f"{'.' * len(half)} " in output


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_reads_from_the_catalog_and_claims_no_number_of_its_own(path: Path):
    cells = json.loads(path.read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert code[0].endswith("%load_ext kedro.ipython")
    assert "catalog.load(" in code[1]
    assert any("gpu_kedro" in one for one in code)
    assert not any(re.search(r"read_(csv|parquet|json)|open\(", one) for one in code)
    for cell in cells:
        if cell["cell_type"] == "markdown":
            # names of GPUs aside, what a text claims could be contradicted by the table at hand
            assert not re.search(r"\d+(\.\d+)? ?%(?! interval)|× ?\d", "".join(cell["source"])), cell["source"]
