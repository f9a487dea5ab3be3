"""Known faults are one line, defects are not."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest
from kedro.framework.startup import bootstrap_project
from workspace import PROJECT, Workspace

from gpu_kedro.hooks.faults import explain_fault


@pytest.mark.parametrize(("number", "remedy"), [(errno.ENOSPC, "make room"), (errno.EROFS, "mount it to be written")])
def test_what_the_disk_is_to_blame_for_is_told_with_a_remedy(number: int, remedy: str):
    wrapped = RuntimeError("Failed while saving data to dataset")
    wrapped.__cause__ = OSError(number, "why", "/data/table.parquet")
    assert explain_fault(wrapped) == (
        f"why: /data/table.parquet. The bundle in service is as it was; {remedy} and run again; "
        "nothing has to be cleaned up."
    )


def test_an_error_among_its_own_causes_is_told_all_the_same():
    full, defect = OSError(errno.ENOSPC, "why", "/data/table.parquet"), ValueError("no such column")
    for error in (full, defect):
        error.__cause__ = RuntimeError("Failed while saving data to dataset")
        error.__cause__.__cause__ = error
    assert str(explain_fault(full)).startswith("why: /data/table.parquet.")
    assert explain_fault(defect) is None


def test_a_defect_is_no_known_fault():
    def fail() -> None:
        raise ValueError("no such column")

    with pytest.raises(ValueError, match="no such column") as raised:
        fail()
    assert explain_fault(raised.value) is None


def kedro_in_a_shell(workspace: Workspace, *arguments: str, **environment: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "kedro", *arguments],
        cwd=PROJECT,
        env={**os.environ, **workspace.environment(), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.fixture
def kedro(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """What `kedro` says of a fault, with its other output but the lines of finished nodes; in this process."""

    def run_command(workspace: Workspace, *arguments: str) -> tuple[str | None, list[str]]:
        for name, value in workspace.environment().items():
            monkeypatch.setenv(name, value)
        # a command line of its own would exit: what is raised is what it shows
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        from gpu_kedro.cli import run

        bootstrap_project(PROJECT)
        capfd.readouterr()
        with pytest.raises(Exception) as raised:  # noqa: PT011  # any: that it is a known one is what is tested
            run.main(list(arguments)[1:], standalone_mode=False)
        said = "".join(capfd.readouterr())
        return explain_fault(raised.value), [line for line in said.splitlines() if not line.startswith("[")]

    return run_command


RUN = ("run", "--env", "test", "--pipelines", "data_processing")


def test_a_missing_file_is_one_line_and_verbose_brings_the_traceback_back(workspace: Workspace):
    missing = {"GPU_KEDRO_RAW_DATA": "/nowhere/gpus.csv"}
    code, lines = kedro_in_a_shell(workspace, *RUN, **missing)
    assert (code, lines) == (
        1,
        ["Error: /nowhere/gpus.csv: no such file; check the path in the catalog, or put the table there"],
    )
    code, lines = kedro_in_a_shell(workspace, *RUN, "--verbose", **missing)
    assert code == 1
    assert len(lines) > 40
    assert any("Traceback" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("run", "--env", "tset"), "/conf/tset; closest: test"),
        (
            ("run", "--env", "test", "--pipelines", "data_procesing"),
            "Did you mean one of these instead? data_processing",
        ),
        (("run", "--env", "test", "--nodes", "clean_tabel"), "does not contain nodes named ['clean_tabel']."),
        ((*RUN, "--params", "cleaning.max_tdp_w=lots"), "Input should be a valid number"),
        ((*RUN, "--params", "spltis.seed=3"), "--params spltis: no such parameter; closest: splits"),
        ((*RUN, "--runner", "NoRunner"), "has no attribute 'NoRunner'"),
    ],
    ids=["environment", "pipeline", "node", "value", "parameter", "runner"],
)
def test_a_slip_on_the_command_line_is_one_line(workspace: Workspace, kedro, arguments: tuple[str, ...], line: str):
    said, others = kedro(workspace, *arguments)
    assert others == []
    assert line in said


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("parameters_own.yml", "a:\n - b\n c: [\n", "Invalid YAML or JSON file"),
        ("parameters_own.yml", "a: ${nowhere:1}\n", "Unsupported interpolation type nowhere"),
        ("catalog_own.yml", "own:\n  type: pandas.NoSuchDataset\n", "Dataset 'NoSuchDataset' not found in 'pandas'"),
        ("mlflow_own.yml", "sever: {}\n", "conf/*/mlflow.yml: sever: Extra inputs are not permitted"),
    ],
    ids=["yaml", "resolver", "catalog", "mlflow"],
)
def test_broken_settings_are_one_line(workspace: Workspace, kedro, file: str, content: str, said: str):
    conf = Path(copytree(PROJECT / "conf", workspace.folder / "conf"))
    (conf / "base" / file).write_text(content)
    line, others = kedro(workspace, *RUN, "--conf-source", str(conf))
    assert others == []
    assert said in line


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("05_model_input/model_input.parquet", ("--namespaces", "regression.price_usd")),
        ("06_models/validation/tdp_w_results.json", ("--pipelines", "reporting")),
    ],
)
def test_a_damaged_file_is_one_line_that_names_it(
    trained: Workspace, tmp_path: Path, kedro, file: str, arguments: tuple[str, ...]
):
    copytree(trained.data, tmp_path / "data")
    home = Workspace(tmp_path)
    damaged = home.data / file
    damaged.write_bytes(damaged.read_bytes()[:50])
    line, others = kedro(home, "run", "--env", "test", *arguments)
    assert others == []
    assert str(damaged) in line


def test_a_table_that_cannot_be_scored_is_one_line(trained: Workspace, tmp_path: Path, kedro):
    (tmp_path / "asked.csv").write_text("a,b\n1,2\n")
    arguments = ("run", "--env", "test", "--pipelines", "inference", "--params", f"input={tmp_path / 'asked.csv'}")
    line, others = kedro(trained, *arguments)
    assert others == []
    asked = tmp_path / "asked.csv"
    assert line == (
        f"{asked} has neither a column `name` nor another that is one by its header or its cells: choose one with "
        "`column`, of `a`, `b`"
    )
