"""Files of observations, as people have them: exports of PassMark, lists of shops and price trackers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from gpu_kedro.domain.observations.dates import Moment
from gpu_kedro.domain.observations.records import OBSERVED_FIELDS, Observation, read_observation
from gpu_kedro.intake.layout import NameSearch, Recognise
from gpu_kedro.intake.source import Limits, Opener
from gpu_kedro.intake.table import Field, Table, open_table

_FIELDS = (
    Field("name", "text", tells=True),
    *(Field(name, "number") for name in OBSERVED_FIELDS),
    Field("date", "cell"),
    # PassMark's own column: the year of a mark
    Field("test_year", "cell"),
    Field("condition", "text"),
    Field("market", "text"),
)


class FileRow(NamedTuple):
    """One row of a file of observations.

    Args:
        number: of the row in its file.
        cells: what was read of it, by field; None where nothing is known.
        observation: what it says; None where it cannot be used.
        reason: why it cannot be used, or which of its cells could not be; empty where all is well.
    """

    number: int
    cells: Mapping[str, Any]
    observation: Observation | None
    reason: str


def open_observations(
    content: bytes | Path | Opener,
    *,
    recognise: Recognise | None = None,
    rates: Mapping[str, float] | None = None,
    limits: Limits | None = None,
    file: str = "the file",
) -> Table:
    """Open a table of observations: CSV, TSV, Excel or Parquet.

    Args:
        content: the file's bytes, its path, or what opens it.
        recognise: how sure it is that texts are names of GPUs; without it, headers alone tell.
        rates: US dollars for one unit of another currency, by its code (`EUR`); prices in others are refused.
        limits: what the file may cost.
        file: what errors call it.

    Raises:
        TableFileError: it cannot be read, or has no column of names.
    """
    fields = [replace(one, rates=rates or {}) if one.name == "price_usd" else one for one in _FIELDS]
    return open_table(content, fields, NameSearch("name", recognise), limits=limits, file=file)


def read_rows(table: Table, default: Moment | None = None) -> Iterator[FileRow]:
    """The rows of `open_observations` in their order; `default` is the date of rows that have none.

    Raises:
        TableFileError: the file is damaged, or unpacks to too much.
    """
    for chunk in table.chunks():
        names = list(chunk.values)
        for place, cells in enumerate(zip(*chunk.values.values(), strict=True)):
            row = dict(zip(names, cells, strict=True))
            notes = chunk.notes.get(place, [])
            yield _read_row(chunk.numbers[place], row, notes, chunk.faults.get(place), default)


def _read_row(
    number: int, row: dict[str, Any], notes: Sequence[str], fault: str | None, default: Moment | None
) -> FileRow:
    try:
        if fault is not None:
            raise ValueError(fault)
        dated = {**row, "date": row.get("date") or row.get("test_year")}
        return FileRow(number, row, read_observation(dated, default), "; ".join(notes))
    except ValueError as err:
        # what a cell that could not be read would have said is the better reason
        return FileRow(number, row, None, "; ".join([*notes, str(err)][:3]))
