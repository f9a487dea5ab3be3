"""Lets Kedro's datasets write a local file whole or not at all, whatever ends a run: a kill, a full disk, an error."""

import os
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from fsspec.implementations.local import LocalFileSystem
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog

#: How old a part has to be that a killed run left, for another to remove it.
_STALE_SECONDS = 3600


class AtomicWritesHook:
    """Has every dataset of a local file write beside it first, and renames that when it is complete.

    Kedro's own datasets write under the final name: what a killed run leaves there is half a table, which the next
    pipeline reads. Bundles and files of answers take care of themselves.
    """

    def __init__(self) -> None:
        self._catalog: DataCatalog | None = None
        self._parts: dict[str, tuple[Any, PurePosixPath, Path]] = {}

    @hook_impl
    def before_pipeline_run(self, catalog: DataCatalog) -> None:
        """Remember the catalog."""
        self._catalog = catalog
        self._parts.clear()

    @hook_impl
    def before_dataset_saved(self, dataset_name: str) -> None:
        """Point the dataset at a file of another name, whose begin tells what it is and whose end that it is a part."""
        dataset = self._catalog.get(dataset_name) if self._catalog is not None else None
        path = getattr(dataset, "_filepath", None)
        if type(getattr(dataset, "_fs", None)) is not LocalFileSystem or getattr(dataset, "_version", None) is not None:
            return
        if isinstance(path, PurePosixPath):
            part = Path(path.with_name(f".{path.name}.{os.getpid()}.part"))
            part.parent.mkdir(parents=True, exist_ok=True)
            _remove_stale(part.parent, f".{path.name}.*.part")
            self._parts[dataset_name] = dataset, path, part
            dataset._filepath = PurePosixPath(part)  # type: ignore[union-attr]

    @hook_impl
    def after_dataset_saved(self, dataset_name: str) -> None:
        """Give the file its name, once its content is on the disk."""
        if dataset_name in self._parts:
            dataset, path, part = self._parts.pop(dataset_name)
            dataset._filepath = path
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Remove what was begun."""
        for dataset, path, part in self._parts.values():
            dataset._filepath = path
            with suppress(OSError):
                part.unlink(missing_ok=True)
        self._parts.clear()


def _remove_stale(folder: Path, pattern: str) -> None:
    for left in folder.glob(pattern):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                left.unlink()
