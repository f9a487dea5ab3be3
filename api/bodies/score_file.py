"""Scores an uploaded file: the same rows come back with predictions, and a reason where one has none."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from api.answers.errors import MalformedBodyError, UnusableTableError
from gpu_kedro.contracts.writing import write_csv, write_parquet
from gpu_kedro.intake.errors import DamagedFileError, TableFileError
from gpu_kedro.intake.source import Kind, Limits
from gpu_kedro.intake.table import Table
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.serving.scoring import open_gpus, score_table

#: Held at the same time, of each file that is answered part by part.
_CHUNK_ROWS = 500
_MAX_ANSWER_BYTES = 200_000_000


def open_upload(content: bytes, kind: Kind | None, runtime: Runtime, column: str | None, max_rows: int) -> Table:
    """Look at a whole file: what is wrong with it shows here, before an answer begins.

    Args:
        content: the file.
        kind: what the request says that it is; its content tells where it does not say.
        runtime: tells which column holds names of GPUs.
        column: that holds them, where the request says so.
        max_rows: more are refused.

    Raises:
        MalformedBodyError: not a file of this kind.
        UnusableTableError: no column of GPUs, no rows, or too many.
    """
    try:
        return open_gpus(content, runtime, column=column, kind=kind, limits=Limits(rows=max_rows))
    except DamagedFileError as err:
        raise MalformedBodyError(str(err)) from err
    except TableFileError as err:
        raise UnusableTableError(str(err)) from err


class _HeldBytesIO(io.BytesIO):
    """Bytes in memory that are counted."""

    def __init__(self, hold: Callable[[int], None]) -> None:
        super().__init__()
        self._hold = hold

    def write(self, content: Any) -> int:
        """Add some bytes."""
        self._hold(memoryview(content).nbytes)
        return super().write(content)


def answer_csv(table: Table, runtime: Runtime) -> Iterator[bytes]:
    """The rows as CSV, part by part."""
    return write_csv(table, score_table(table, runtime, _CHUNK_ROWS, threads=1))


def answer_parquet(table: Table, runtime: Runtime, hold: Callable[[int], None]) -> bytes:
    """The rows as Parquet.

    Args:
        table: the file.
        runtime: answers.
        hold: counts the bytes of the answer as they come.

    Raises:
        UnusableTableError: the texts, or the answer, take too much.
        BusyError: so many bytes are not free.
    """
    sink = _HeldBytesIO(hold)
    try:
        write_parquet(table, score_table(table, runtime, threads=1), sink, most_bytes=_MAX_ANSWER_BYTES)
    except DamagedFileError as err:
        raise MalformedBodyError(str(err)) from err
    except TableFileError as err:
        raise UnusableTableError(str(err)) from err
    return sink.getvalue()
