"""One training at a time in a data folder, and one line on what kept a run from writing."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from gpu_kedro.hooks.run_lock import RunLockedError, RunLockHook, describe_fault

TRAINING, INFERENCE = {"pipeline_names": ["__default__"]}, {"pipeline_names": ["inference"]}


@pytest.fixture
def open_hook(tmp_path: Path):
    """The hook of one more process on the same folder."""

    def open_one() -> RunLockHook:
        hook = RunLockHook()
        mlflow = {"tracking": {"disable_tracking": {"pipelines": ["inference"]}}}
        loader = {"globals": {"data": str(tmp_path / "data")}, "mlflow": mlflow}
        hook.after_context_created(SimpleNamespace(config_loader=loader))
        return hook

    return open_one


def test_a_second_training_is_refused_until_the_first_is_over(open_hook, tmp_path: Path):
    first, second = open_hook(), open_hook()
    first.before_pipeline_run(TRAINING)
    with pytest.raises(RunLockedError, match=rf"another run \(process {os.getpid()}\) writes to {tmp_path}/data"):
        second.before_pipeline_run(TRAINING)
    first.after_pipeline_run()
    second.before_pipeline_run(TRAINING)
    second.on_pipeline_error()
    first.before_pipeline_run(TRAINING)
    first.after_pipeline_run()


def test_what_trains_nothing_waits_for_nobody(open_hook):
    first, second = open_hook(), open_hook()
    first.before_pipeline_run(TRAINING)
    second.before_pipeline_run(INFERENCE)
    first.after_pipeline_run()


def test_a_folder_that_cannot_be_written_is_one_line(open_hook, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".run.lock").mkdir()  # root may write everywhere: only this stops root
    with pytest.raises(RunLockedError):
        open_hook().before_pipeline_run(TRAINING)


@pytest.mark.parametrize(("number", "remedy"), [(errno.ENOSPC, "make room"), (errno.EROFS, "mount it to be written")])
def test_what_the_disk_is_to_blame_for_is_told_with_a_remedy(number: int, remedy: str):
    wrapped = RuntimeError("Failed while saving data to dataset")
    wrapped.__cause__ = OSError(number, "why", "/data/table.parquet")
    assert describe_fault(wrapped) == (
        f"why: /data/table.parquet. The bundle in service is as it was; {remedy} and run again; "
        "nothing has to be cleaned up."
    )


def test_other_errors_are_left_alone():
    assert describe_fault(ValueError("no such column")) is None
