"""Scores an uploaded file: the same rows come back with predictions, and a reason where one has none."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from api.answers.errors import MalformedBodyError, UnusableTableError
from api.bodies.uploads import FORM_FIELDS, MARKET_PART, Upload
from gpu_kedro.contracts.v1.observations import MAX_OBSERVATIONS, Market
from gpu_kedro.contracts.writing import write_csv, write_parquet
from gpu_kedro.intake.errors import DamagedFileError, TableFileError
from gpu_kedro.intake.source import Kind, Limits
from gpu_kedro.intake.table import Table
from gpu_kedro.serving.market import FittedMarket
from gpu_kedro.serving.market_file import read_market_file
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.serving.scoring import open_gpus, score_table

#: Held at the same time, of each file that is answered part by part.
_CHUNK_ROWS = 500
_MAX_ANSWER_BYTES = 200_000_000
#: Of a market, that a header names with their reasons.
_TOLD_ROWS = 5


def open_upload(content: bytes, kind: Kind | None, runtime: Runtime, column: str | None, max_rows: int) -> Table:
    """Look at a whole file: what is wrong with it shows here, before an answer begins.

    Args:
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


def open_market(upload: Upload, runtime: Runtime) -> tuple[FittedMarket | None, dict[str, str]]:
    """The market that a form brings: a file named `market`, and of when and what prices are wanted.

    Returns:
        The market, and a header that tells which rows of its file do not count.

    Raises:
        UnusableTableError: the file holds no price that can be used, or too many rows; a field cannot be read.
    """
    asked = {name: upload.fields[name] or None for name in FORM_FIELDS if name in upload.fields}
    if upload.market is None and not asked:
        return None, {}
    refused: list[str] = []
    try:
        market = Market.model_validate(asked).model_dump()
        if upload.market is not None:
            file = read_market_file(
                upload.market, most=MAX_OBSERVATIONS, default_date=market["as_of"], file=f"the file `{MARKET_PART}`"
            )
            market["observations"] = file.observations
            refused += file.refused
        fitted = runtime.fit_market(market)
        refused += [f"row {file.rows[note['place']]}: {note['reason']}" for note in fitted.notes]
    except TableFileError as err:
        raise UnusableTableError(str(err)) from err
    except ValidationError as err:
        ((field, *_), told) = err.errors()[0]["loc"], err.errors()[0]["msg"]
        raise UnusableTableError(f"{field}: {told}") from err
    if not refused:
        return fitted, {}
    more = f"; and {len(refused) - _TOLD_ROWS} more" if len(refused) > _TOLD_ROWS else ""
    told = f"not counted: {'; '.join(refused[:_TOLD_ROWS])}{more}"
    return fitted, {"X-Market-Notes": told.encode("ascii", "backslashreplace").decode()}


class _HeldBytesIO(io.BytesIO):
    """Bytes in memory that are counted."""

    def __init__(self, hold: Callable[[int], None]) -> None:
        super().__init__()
        self._hold = hold

    def write(self, content: Any) -> int:
        """Add some bytes."""
        self._hold(memoryview(content).nbytes)
        return super().write(content)


def answer_csv(table: Table, runtime: Runtime, market: FittedMarket | None) -> Iterator[bytes]:
    """The rows as CSV, part by part."""
    return write_csv(table, score_table(table, runtime, _CHUNK_ROWS, threads=1, market=market))


def answer_parquet(table: Table, runtime: Runtime, market: FittedMarket | None, hold: Callable[[int], None]) -> bytes:
    """The rows as Parquet.

    Args:
        hold: counts the bytes of the answer as they come.

    Raises:
        UnusableTableError: the texts, or the answer, take too much.
        BusyError: so many bytes are not free.
    """
    sink = _HeldBytesIO(hold)
    try:
        scored = score_table(table, runtime, threads=1, market=market)
        write_parquet(table, scored, sink, most_bytes=_MAX_ANSWER_BYTES)
    except DamagedFileError as err:
        raise MalformedBodyError(str(err)) from err
    except TableFileError as err:
        raise UnusableTableError(str(err)) from err
    return sink.getvalue()
