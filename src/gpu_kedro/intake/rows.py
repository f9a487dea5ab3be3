"""Rows of a table in chunks, from sheets of cells and from Parquet, with the numbers that the file gives them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from gpu_kedro.intake.formats.parquet import ParquetTable
from gpu_kedro.intake.layout import Layout, Row
from gpu_kedro.intake.numbers import Convention
from gpu_kedro.intake.source import Limits

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_ROWS = 2000


@dataclass
class Chunk:
    """Some rows of a table.

    Args:
        numbers: of each row: its line in a CSV file, its number in Excel, counted from 1 in Parquet.
        values: what was read, by field: one entry a row, None where nothing is known.
        cells: the file's own cells, one list a row, all of the header's width; empty for Parquet.
        batch: the rows of a Parquet file.
        notes: by the row's place in the chunk: what could not be read of it, each with its field.
        faults: by the row's place: why nothing of it can be read.
    """

    numbers: Sequence[int]
    values: dict[str, list[Any]] = field(default_factory=dict)
    cells: list[list[Any]] = field(default_factory=list)
    batch: "pa.RecordBatch | None" = None
    notes: dict[int, list[str]] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)


class SheetRows:
    """Rows of cells below the header, as CSV and Excel have them, from the beginning each time they are asked for.

    Args:
        rows: gives all that hold something, with their numbers.
        layout: where the table lies.
        held_bytes: what giving them keeps in memory beside the file.
        is_text: whether a short row is one that was cut off; a workbook leaves out empty cells at a row's end.
    """

    def __init__(
        self, rows: Callable[[], Iterable[Row]], layout: Layout, held_bytes: int = 0, *, is_text: bool = False
    ) -> None:
        self.held_bytes = held_bytes
        self._is_text = is_text
        self._all = rows
        self._first = layout.first_row
        self._width = len(layout.columns)

    def survey(self, limits: Limits, convention: Convention) -> int:
        """Read to the end: how many rows there are, and how their numbers are written.

        Raises:
            TableFileError: there are too many, or the file is damaged.
        """
        count = 0
        rows = self._below_header()
        while part := list(islice(rows, CHUNK_ROWS)):
            count += len(part)
            limits.check_rows(count, self._width)
            for place in convention.columns:
                convention.look_at(place, (cells[place] for _, cells in part if place < len(cells)))
        return count

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """So many rows at a time."""
        numbered = self._below_header()
        while part := list(islice(numbered, rows)):
            chunk = Chunk([number for number, _ in part])
            chunk.cells = [self._fit(cells, place, chunk) for place, (_, cells) in enumerate(part)]
            yield chunk

    def column(self, chunk: Chunk, place: int) -> Sequence[Any]:
        """One column's cells."""
        return [row[place] for row in chunk.cells]

    def _below_header(self) -> Iterator[Row]:
        return ((number, cells) for number, cells in self._all() if number >= self._first and any(map(_holds, cells)))

    def _fit(self, cells: Sequence[Any], place: int, chunk: Chunk) -> list[Any]:
        """A row of the header's width: a short one is filled up, and empty cells behind its end are left out."""
        width, fitted = len(cells), list(cells[: self._width])
        if width < self._width:
            if self._is_text:
                chunk.notes[place] = [f"the row has {width} of {self._width} cells"]
            return fitted + [None] * (self._width - width)
        if any(map(_holds, cells[self._width :])):
            chunk.faults[place] = f"has {width} cells, but the header has {self._width}"
        return fitted


def _holds(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


class ParquetRows:
    """Rows of a Parquet file, in the manner of `SheetRows`."""

    def __init__(self, table: ParquetTable) -> None:
        self.held_bytes = table.held_bytes
        self._table = table

    def survey(self, limits: Limits, convention: Convention) -> int:
        """Read what numbers are written as texts; the index knows how many rows there are."""
        import pyarrow as pa

        limits.check_rows(self._table.row_count, len(self._table.schema.names))
        types = self._table.schema.types
        texts = [place for place in convention.columns if not pa.types.is_primitive(types[place])]
        for batch in self._table.batches(CHUNK_ROWS) if texts else ():
            for place in texts:
                convention.look_at(place, self._table.cells(batch, place))
        return self._table.row_count

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """So many rows at a time."""
        number = 1
        for batch in self._table.batches(rows):
            yield Chunk(range(number, number + len(batch)), batch=batch)
            number += len(batch)

    def column(self, chunk: Chunk, place: int) -> Sequence[Any]:
        """One column's cells."""
        return self._table.cells(chunk.batch, place)


Rows = SheetRows | ParquetRows
