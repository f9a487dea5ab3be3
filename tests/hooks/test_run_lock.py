"""One training at a time in a data folder."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kedro.framework.hooks import hook_impl
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from gpu_kedro.hooks.run_lock import RunLockedError, RunLockHook

TRAINING, INFERENCE = {"pipeline_names": ["__default__"]}, {"pipeline_names": ["inference"]}


class Session:
    """The hooks of one more process on the same folder."""

    def __init__(self, folder: Path, *others: object) -> None:
        self._hook = _create_hook_manager()
        for plugin in (*others, RunLockHook()):
            self._hook.register(plugin)
        mlflow = {"tracking": {"disable_tracking": {"pipelines": ["inference"]}}}
        loader = {"globals": {"data": str(folder)}, "mlflow": mlflow}
        self._hook.hook.after_context_created(context=SimpleNamespace(config_loader=loader))

    def begin(self, run_params: dict[str, Any]) -> None:
        self._hook.hook.before_pipeline_run(run_params=run_params, pipeline=Pipeline([]), catalog=DataCatalog())

    def end(self) -> None:
        self._hook.hook.after_pipeline_run(run_params={}, run_result={}, pipeline=Pipeline([]), catalog=DataCatalog())

    def fail(self) -> None:
        self._hook.hook.on_pipeline_error(
            error=ValueError(), run_params={}, pipeline=Pipeline([]), catalog=DataCatalog()
        )


def test_a_second_training_is_refused_until_the_first_is_over(tmp_path: Path):
    first, second = Session(tmp_path), Session(tmp_path)
    first.begin(TRAINING)
    with pytest.raises(RunLockedError, match=f"another run writes to {tmp_path}: wait until it is over"):
        second.begin(TRAINING)
    first.end()
    second.begin(TRAINING)
    second.fail()
    first.begin(TRAINING)
    first.end()


def test_what_trains_nothing_waits_for_nobody(tmp_path: Path):
    first, second = Session(tmp_path), Session(tmp_path)
    first.begin(TRAINING)
    second.begin(INFERENCE)
    first.end()


def test_a_run_that_another_hook_refuses_gives_the_folder_back(tmp_path: Path):
    class Refusing:
        @hook_impl
        def before_pipeline_run(self) -> None:
            raise ValueError("wrong credentials")

    with pytest.raises(ValueError, match="wrong credentials"):
        Session(tmp_path, Refusing()).begin(TRAINING)
    Session(tmp_path).begin(TRAINING)


def test_a_run_that_is_refused_is_not_looked_at_by_other_hooks(tmp_path: Path):
    seen = []

    class Recording:
        @hook_impl
        def before_pipeline_run(self) -> None:
            seen.append("recorded")

    first = Session(tmp_path)  # kept: a lock that nobody holds any more is given back
    first.begin(TRAINING)
    with pytest.raises(RunLockedError):
        Session(tmp_path, Recording()).begin(TRAINING)
    first.end()
    assert seen == []


def test_a_folder_that_cannot_be_locked_is_told_as_a_fault(tmp_path: Path):
    (tmp_path / ".run.lock").mkdir()  # root may write everywhere: only this stops root
    with pytest.raises(OSError, match=r"\.run\.lock"):
        Session(tmp_path).begin(TRAINING)
