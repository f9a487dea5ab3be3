"""Writes scored tables as CSV, Parquet and Excel: a table's own columns, then those that scoring adds."""

import csv
import io
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson

from gpu_kedro.contracts.rows import ADDED, ROW, Scored, is_text, name_added
from gpu_kedro.contracts.spreadsheets import disarm
from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.intake.table import Table

if TYPE_CHECKING:
    import pyarrow as pa

_PART_LETTERS = 1_000_000
#: What a cell of Excel holds.
_MAX_CELL = 32_000
#: What XML, and so Excel, cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write_csv(table: Table, scored: Iterable[Scored], delimiter: str | None = None) -> Iterator[bytes]:
    """CSV in UTF-8, part by part, with the decimal mark of the table.

    Cells of text that a spreadsheet would run as a formula get an apostrophe in front; numbers stay as they are.

    Args:
        delimiter: to put between cells; that of the table when left out.
    """
    out = io.StringIO()
    # lines end as RFC 4180 has it: with "\n" alone, a "\r" in a cell would stay unquoted, and begin a row of its own
    writer = csv.writer(out, delimiter=delimiter or table.delimiter)
    writer.writerow([disarm(name) for name in (*table.columns, *name_added(table.columns).values())])
    for part in scored:
        added = [_write_cells(name, cells, table.decimal_mark) for name, cells in part.added.items()]
        for own, answer in zip(_list_own(table, part), zip(*added, strict=True), strict=True):
            writer.writerow([*map(disarm, own), *answer])
            if out.tell() > _PART_LETTERS:
                yield _take(out)
        if out.tell():
            yield _take(out)


def _take(out: io.StringIO) -> bytes:
    part = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return part


def _write_cells(name: str, cells: Sequence[Any], decimal_mark: str) -> Sequence[Any]:
    """A column of the answer as cells: texts without formulas, numbers as JSON has them, in their shortest form."""
    if is_text(name):
        return [disarm(cell) for cell in cells]
    written = ["" if cell == "null" else cell for cell in orjson.dumps(cells)[1:-1].decode().split(",")]
    return written if decimal_mark == "." else [cell.replace(".", decimal_mark) for cell in written]


def _list_own(table: Table, part: Scored) -> Iterable[Sequence[Any]]:
    """The table's own cells, row by row, as texts or None."""
    if table.kind == "csv":
        return part.chunk.cells
    return ([_write_own(cell, table.decimal_mark) for cell in row] for row in table.list_cells(part.chunk))


def _write_own(cell: Any, decimal_mark: str) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return "" if cell != cell else repr(cell).removesuffix(".0").replace(".", decimal_mark)
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


def write_parquet(table: Table, scored: Iterable[Scored], sink: Any, *, most_bytes: int | None = None) -> None:
    """Parquet; columns that come from Parquet keep values and types, others are texts.

    Args:
        most_bytes: that it may have.

    Raises:
        TableFileError: it would be larger.
    """
    import pyarrow.parquet as pq

    schema = extend_schema(table)
    with pq.ParquetWriter(sink, schema) as writer:
        for part in scored:
            writer.write_batch(make_batch(part, schema))
            if most_bytes is not None and sink.tell() > most_bytes:
                raise TableFileError(f"would be answered by more than {most_bytes / 1e6:,.0f} MB", "split it")


def extend_schema(table: Table) -> "pa.Schema":
    """A table's columns as Parquet has them, with those of scoring behind."""
    import pyarrow as pa

    own = list(table.schema) if table.schema is not None else [pa.field(name, pa.string()) for name in table.columns]
    names = name_added(table.columns)
    added = [pa.field(names[name], kind) for name, kind in _added_types().items()]
    return pa.schema([*own, *added], metadata=table.schema.metadata if table.schema is not None else None)


@cache
def _added_types() -> "dict[str, pa.DataType]":
    import pyarrow as pa

    return {name: pa.string() if is_text(name) else pa.int64() if name == ROW else pa.float64() for name in ADDED}


def make_batch(part: Scored, schema: "pa.Schema") -> "pa.RecordBatch":
    """Some scored rows as Arrow has them.

    Args:
        schema: as of `extend_schema`.
    """
    import pyarrow as pa

    if part.chunk.batch is not None:
        own = list(part.chunk.batch.columns)
    else:
        rows = [[_write_own(cell, ".") or None for cell in row] for row in part.chunk.cells]
        own = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
    added = [pa.array(part.added[name], kind) for name, kind in _added_types().items()]
    return pa.RecordBatch.from_arrays([*own, *added], schema=schema)


def write_scored_excel(table: Table, scored: Iterable[Scored], sink: IO[bytes]) -> None:
    """An Excel workbook (`write_excel`)."""
    rows = (
        [*own, *answer]
        for part in scored
        for own, answer in zip(table.list_cells(part.chunk), zip(*part.added.values(), strict=True), strict=True)
    )
    write_excel([*table.columns, *name_added(table.columns).values()], rows, sink)


def write_excel(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    sink: IO[bytes],
    more: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] | None = None,
) -> None:
    """An Excel workbook in which every text is a text, never a formula.

    Args:
        columns: of the sheet `GPUs`.
        more: further sheets by their name, each with its columns and rows.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)

    def write(sheet: Any, cell: Any, *, bold: bool = False) -> Any:
        safe = make_safe(cell)
        written = WriteOnlyCell(sheet, value=safe)
        if isinstance(safe, str):
            written.data_type = "s"
        if bold:
            written.font = Font(bold=True)
        return written

    for title, (heads, body) in {"GPUs": (columns, rows), **(more or {})}.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "B2"
        for place, name in enumerate(heads, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = max(12, min(42, len(name) + 4))
        sheet.append([write(sheet, name, bold=True) for name in heads])
        for row in body:
            sheet.append([write(sheet, cell) for cell in row])
    book.save(sink)


def make_safe(cell: Any) -> Any:
    """A cell that no spreadsheet runs, and that Excel can hold."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool | int | float | date):
        return cell
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
    return disarm(_CONTROL.sub("", text))[:_MAX_CELL]


Writer = Callable[[Table, Iterable[Scored], IO[bytes]], None]


def _write_csv_to(delimiter: str) -> Writer:
    def write(table: Table, scored: Iterable[Scored], sink: IO[bytes]) -> None:
        for part in write_csv(table, scored, delimiter if delimiter == "\t" or table.delimiter == "\t" else None):
            sink.write(part)

    return write


#: How a file of answers is written, by its ending.
WRITERS: dict[str, Writer] = {
    ".csv": _write_csv_to(","),
    ".tsv": _write_csv_to("\t"),
    ".parquet": write_parquet,
    ".xlsx": write_scored_excel,
}


def choose_writer(path: Path) -> Writer:
    """The writer of a file of answers.

    Raises:
        ValueError: its ending is of no kind that is written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ValueError(f"{path}: give a file that ends with {', '.join(WRITERS)}")
    return writer


@contextmanager
def replace_file(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose content becomes that of a file, whole or not at all.

    A file that is there keeps its mode; a link is followed, and stays.

    Raises:
        OSError: it cannot be written there.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            if target.is_file():
                shutil.copymode(target, part)
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
