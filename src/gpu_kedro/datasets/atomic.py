"""Classes of kedro-datasets that replace a local file whole or not at all, whatever ends a run: a kill, a full disk."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import DatasetError
from kedro_datasets import json, pandas, plotly, text

#: How old a part has to be that a killed run left, for another to remove it.
_STALE_SECONDS = 3600


@contextmanager
def replace_whole(path: Path) -> Iterator[Path]:
    """Give a name beside the file to write to; it becomes the file when that is done, and goes away when it fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*.part"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                left.unlink()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class AtomicSave:
    """Stands before a dataset class and has it write beside the file.

    Nothing is kept between saves, so that threads and worker processes (`kedro run --runner`) may save side by side.
    Versioned datasets write a new file each time, and remote ones replace a file whole by themselves.
    """

    _filepath: PurePosixPath
    _protocol: str
    _version: Any

    def save(self, data: Any) -> None:
        """Write the file."""
        if self._version is not None or self._protocol != "file":
            super().save(data)  # type: ignore[misc]  # of the dataset class
            return
        with replace_whole(Path(self._filepath)) as part:
            beside = copy(self)
            beside._filepath = PurePosixPath(part)
            try:
                super(AtomicSave, beside).save(data)  # type: ignore[misc]
            except DatasetError as err:
                # names the part: what is raised here, Kedro raises again with the name of the file
                raise (err.__cause__ or err) from None


class CSVDataset(AtomicSave, pandas.CSVDataset):  # type: ignore[misc]  # the library has no types
    """A table as CSV."""


class JSONDataset(AtomicSave, json.JSONDataset):  # type: ignore[misc]
    """Anything that JSON holds."""


class ParquetDataset(AtomicSave, pandas.ParquetDataset):  # type: ignore[misc]
    """A table as Parquet."""


class PlotlyDataset(AtomicSave, plotly.JSONDataset):  # type: ignore[misc]
    """A figure as Plotly's JSON."""


class TextDataset(AtomicSave, text.TextDataset):  # type: ignore[misc]
    """A page or card."""
