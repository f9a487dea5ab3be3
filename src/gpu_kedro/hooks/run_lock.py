"""Lets one run at a time train into a data folder."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import click
from filelock import FileLock, Timeout
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl

LOCK = ".run.lock"


class RunLockedError(click.ClickException):
    """A run cannot have the data folder for itself; shown as one line."""


class RunLockHook:
    """Holds the data folder from before a run that trains is recorded to its end.

    Two runs that write the same tables would read each other's: a bundle could be made of both. The system lets go of
    the lock when the process ends, however it ends. Pipelines that are not tracked (inference) train nothing.
    """

    def __init__(self) -> None:
        self._folder = Path()
        self._untracked: set[str] = set()
        self._lock: FileLock | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read where runs write, and which pipelines train nothing."""
        self._folder = Path(context.config_loader["globals"]["data"])
        tracking = context.config_loader["mlflow"].get("tracking", {})
        self._untracked = set(tracking.get("disable_tracking", {}).get("pipelines", []))

    @hook_impl(wrapper=True)
    def before_pipeline_run(self, run_params: dict[str, Any]) -> Generator[None, Any, Any]:
        """Take the folder, and give it back when another hook refuses the run.

        Raises:
            RunLockedError: another run has it.
        """
        self._let_go()
        if not set(run_params.get("pipeline_names") or ["__default__"]) <= self._untracked:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self._folder / LOCK, timeout=0)
            try:
                self._lock.acquire()
            except Timeout as err:
                raise RunLockedError(
                    f"another run writes to {self._folder}: wait until it is over, or give this one a folder of its "
                    "own with GPU_KEDRO_DATA_DIR"
                ) from err
        try:
            return (yield)
        except BaseException:
            self._let_go()
            raise

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Let go of the folder."""
        self._let_go()

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Let go of the folder."""
        self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
