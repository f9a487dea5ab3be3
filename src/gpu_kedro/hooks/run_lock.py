"""Lets one run at a time train into a data folder, and says in one line why a run could not write."""

import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl

LOCK = ".run.lock"
_SAFE = "The bundle in service is as it was"
_AGAIN = "and run again; nothing has to be cleaned up"
_REMEDIES = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room",
    errno.EFBIG: "raise the limit on the size of files",
    errno.EROFS: "mount it to be written",
    errno.EACCES: "give this user the right to write there",
    errno.EPERM: "give this user the right to write there",
}


class RunLockedError(click.ClickException):
    """A run cannot have the data folder for itself; shown as one line."""


class RunLockHook:
    """Holds the data folder from the first node of a run that trains to its end.

    Two runs that write the same tables would read each other's: a bundle could be made of both. The system lets go of
    the lock when the process ends, however it ends. Pipelines that are not tracked (inference) train nothing.
    """

    def __init__(self) -> None:
        self._folder = Path()
        self._untracked: set[str] = set()
        self._lock: IO[str] | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read where runs write, and which pipelines train nothing."""
        self._folder = Path(context.config_loader["globals"]["data"])
        self._untracked = set(context.config_loader["mlflow"]["tracking"]["disable_tracking"]["pipelines"])

    @hook_impl(trylast=True)
    def before_pipeline_run(self, run_params: dict[str, Any]) -> None:
        """Take the folder.

        Raises:
            RunLockedError: another run has it, or it cannot be written to.
        """
        names = run_params.get("pipeline_names") or ["__default__"]
        self._let_go()
        if set(names) <= self._untracked:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / LOCK).open("a+")
        except OSError as err:
            raise RunLockedError(f"{describe_fault(err) or err}") from err
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as err:
            lock.seek(0)
            holder = lock.read(20).strip()
            lock.close()
            raise RunLockedError(
                f"another run{f' (process {holder})' if holder else ''} writes to {self._folder}: wait until it is "
                "over, or give this one a folder of its own with GPU_KEDRO_DATA_DIR"
            ) from err
        self._lock = lock
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()

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
            self._lock.close()
            self._lock = None


def describe_fault(error: BaseException | None) -> str | None:
    """What a disk or a right is to blame for, in one line that says what to do; None where it is something else."""
    for cause in _walk(error):
        if isinstance(cause, OSError) and cause.errno in _REMEDIES:
            where = f": {cause.filename}" if cause.filename else ""
            return f"{cause.strerror}{where}. {_SAFE}; {_REMEDIES[cause.errno]} {_AGAIN}."
        if "database or disk is full" in str(cause):
            return f"No space left on device, for the record of the run. {_SAFE}; make room {_AGAIN}."
    return None


def _walk(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
