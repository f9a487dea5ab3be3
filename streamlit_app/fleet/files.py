"""Reads an uploaded list of GPUs with the project's one reader, and writes it back."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpu_kedro.contracts.rows import open_queries, read_rows
from gpu_kedro.contracts.writing import make_safe, write_excel
from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.intake.layout import NO_CHOICES, Choices, Recognise
from gpu_kedro.intake.numbers import read_text
from gpu_kedro.intake.rows import Chunk
from gpu_kedro.intake.source import Limits
from gpu_kedro.intake.table import Field

#: All of a list is kept while its page is open.
_MAX_COLUMNS = 200
_MAX_CELLS = 2_000_000
_MOST_OF_ONE = 1e9
_QUANTITY = Field("quantity", "number")


@dataclass(frozen=True)
class FleetRow:
    """A row of an uploaded list, its number and cells as the file has them.

    Its `query` is None where there is an `error`; its `notes` tell which cells could not be read, None where all could.
    """

    number: int
    cells: Sequence[Any]
    quantity: float
    query: dict[str, Any] | None
    notes: str | None
    error: str | None


@dataclass(frozen=True)
class FleetTable:
    """A list of GPUs as it was uploaded.

    Args:
        columns: headers of the file, told apart where they repeat.
        name_place: which of them holds the names; None where only specifications tell what a row is.
        header_row: the row that names the columns, 0 where none does.
        places: for each field that is read, its column.
        head: its first rows with their numbers, as they are in the file.
    """

    columns: list[str]
    name_place: int | None
    header_row: int
    places: Mapping[str, int]
    head: Sequence[tuple[int, Sequence[Any]]]
    sheets: Sequence[str]
    sheet: str | None
    rows: list[FleetRow]

    def name(self, row: FleetRow) -> str:
        """A row's GPU as the file calls it."""
        return (read_text(row.cells[self.name_place]) if self.name_place is not None else None) or ""


def read_fleet(
    content: bytes,
    recognise: Recognise | None,
    *,
    max_rows: int,
    max_bytes: int,
    column: str | None = None,
    choices: Choices = NO_CHOICES,
) -> FleetTable:
    """Read a CSV, TSV, Excel or Parquet file.

    Args:
        recognise: how sure it is that texts are names of GPUs.
        column: which column holds the names, where somebody has chosen.
        choices: what somebody has said of its sheet, header, other columns and numbers.

    Raises:
        TableFileError: not readable, too large, too long or empty, or no column of GPUs.
    """
    if len(content) > max_bytes:
        raise TableFileError(
            f"has {len(content) / 1e6:,.1f} MB, at most {max_bytes / 1e6:,.0f} MB are taken", "split it"
        )
    limits = Limits(rows=max_rows, columns=_MAX_COLUMNS, cells=_MAX_CELLS)
    table = open_queries(content, recognise, column=column, limits=limits, choices=choices, more=[_QUANTITY])
    fleet = FleetTable(
        _tell_apart(table.columns), table.places.get("name"), table.header_row, table.places,
        table.head, table.sheets, table.sheet, [],
    )  # fmt: skip
    for chunk in table.chunks():
        quantities = _read_quantities(chunk)
        read = read_rows(chunk)
        queries = iter(read.queries)
        for number, cells, quantity, notes, error in zip(
            chunk.numbers, table.list_cells(chunk), quantities, read.notes, read.errors, strict=True
        ):
            query = next(queries) if error is None else None
            fleet.rows.append(FleetRow(number, list(cells), quantity, query, notes, error))
    return fleet


def _read_quantities(chunk: Chunk) -> list[float]:
    """How many there are of each row: one where nothing or nothing sensible is said, which is noted."""
    given = chunk.values.pop("quantity", [None] * len(chunk.numbers))
    quantities = []
    for place, value in enumerate(given):
        is_count = value is not None and 0 < value < _MOST_OF_ONE
        if value is not None and not is_count:
            chunk.notes.setdefault(place, []).append(f"quantity: {value:g} is none, counted as 1")
        quantities.append(value if is_count else 1.0)
    return quantities


def _tell_apart(names: Sequence[str]) -> list[str]:
    told: list[str] = []
    for place, name in enumerate(names, start=1):
        told.append(name if name not in told else f"{name} ({place})")
    return told


def write_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 that spreadsheets open without running any cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([make_safe(name) for name in columns])
    writer.writerows([make_safe(cell) for cell in row] for row in rows)
    # the mark tells Excel that it is UTF-8
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def write_workbook(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], unread: tuple[Sequence[str], Sequence[Sequence[Any]]]
) -> bytes:
    """An Excel workbook (`write_excel`); a sheet of its own has the columns and rows of which nothing can be said."""
    out = io.BytesIO()
    write_excel(columns, rows, out, {"Not read": unread})
    return out.getvalue()
