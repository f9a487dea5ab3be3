"""Reading the benchmark table: bytes in some encoding and dialect → text cells under the project's column names.

Nothing is interpreted here: every cell stays text, so that cleaning can say what it changed. The one exception
is the file's own decimal mark: in a file that writes 1.299,00 the numbers are rewritten as 1299.00.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process, utils

from gpu_kedro.domain.errors import RawDataError
from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.intake.formats.excel import Workbook
from gpu_kedro.intake.formats.parquet import ParquetTable
from gpu_kedro.intake.formats.text import BYTE_ORDER_MARKS
from gpu_kedro.intake.source import OWN_FILE, Source

REQUIRED_COLUMNS: dict[str, str] = {
    "gpuName": "name",
    "G3Dmark": "g3d_mark",
    "G2Dmark": "g2d_mark",
    "price": "price_usd",
    "TDP": "tdp_w",
    "testDate": "test_year",
    "category": "category",
}
OPTIONAL_COLUMNS: dict[str, str] = {
    "gpuValue": "reported_g3d_per_dollar",
    "powerPerformance": "reported_g3d_per_watt",
}
KNOWN_COLUMNS: dict[str, str] = REQUIRED_COLUMNS | OPTIONAL_COLUMNS
SOURCE_COLUMNS: dict[str, str] = {name: source for source, name in KNOWN_COLUMNS.items()}
_COLUMNS_BY_ANY_CASE = {name.casefold(): name for name in KNOWN_COLUMNS}

_DECIMAL_COLUMNS = ("G3Dmark", "G2Dmark", "price", "TDP", "gpuValue", "powerPerformance")
_SEPARATORS = (",", ";", "\t", "|")
_NEAR_NAME_SCORE = 75
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "export the sheet as CSV"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"%PDF", "a PDF document", "give the CSV file"),
)
_EXCEL = b"PK\x03\x04"
_PARQUET = b"PAR1"
_BATCH_ROWS = 10_000
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*(<!doctype|<html|<\?xml|[{\[])", re.IGNORECASE)
# With two digits after it a mark can only be the decimal one; with three it may separate thousands.
_COMMA_IS_DECIMAL = re.compile(r"[0-9],(?:[0-9]{1,2}|[0-9]{4,})(?![0-9,.])")
_POINT_IS_DECIMAL = re.compile(r"[0-9]\.(?:[0-9]{1,2}|[0-9]{4,})(?![0-9,.])")


@dataclass(frozen=True, slots=True)
class RawTable:
    """The benchmark table as text.

    Args:
        rows: one row a GPU: `source_row` (line in the file, header = 1) and text columns under the project's
            names; an empty cell is missing, anything else is verbatim.
        ignored_columns: columns of the file that the project does not use.
        encoding: how the bytes of a CSV file were decoded; empty for Excel and Parquet.
        separator: what separates the cells of a CSV file; empty for Excel and Parquet.
        decimal_mark: how the file wrote decimals; in `rows` it is always a point.
    """

    rows: pd.DataFrame
    ignored_columns: tuple[str, ...]
    encoding: str
    separator: str
    decimal_mark: str


def read_gpu_table(source: str | os.PathLike[str] | bytes, *, file: str | None = None) -> RawTable:
    """Read the benchmark table from a path or from its bytes: CSV, Excel (.xlsx) or Parquet.

    CSV in UTF-8, UTF-16 and UTF-32 with a byte order mark, UTF-8 without, and Windows-1252; separated by comma,
    semicolon, tab or bar. Of a workbook, the sheet whose first row is this table's header. Columns in any order, their
    names in capitals or not.

    Args:
        source: a path, or the bytes of an upload.
        file: what error messages call the file; the path itself unless given.

    Raises:
        RawDataError: there is no such file, it is not this table, or a line does not fit the header.
    """
    label = file or ("uploaded table" if isinstance(source, bytes) else os.fspath(source))
    content = source if isinstance(source, bytes) else _read_bytes(Path(source), label)
    lines, encoding, separator = _read_lines(content, label)
    header_row, header = lines[0]
    positions, ignored = _find_columns(_name_columns(header), header_row, label)
    body = lines[1:]
    if not body:
        raise RawDataError(label, "only a header, no rows", "give the complete table")
    _require_even_lines(body, len(header), label)
    cells = {source: [row[position] for _, row in body] for source, position in positions.items()}
    row_numbers = [number for number, _ in body]
    decimal_mark = "." if separator in ("", ",") else _find_decimal_mark(cells, row_numbers, label)
    if decimal_mark == ",":
        cells = {
            source: [cell.replace(".", "").replace(",", ".") for cell in values]
            if source in _DECIMAL_COLUMNS
            else values
            for source, values in cells.items()
        }
    columns = {
        name: pd.Series([cell or None for cell in cells[source]], dtype="str")
        for source, name in KNOWN_COLUMNS.items()
        if source in cells
    }
    rows = pd.DataFrame({"source_row": pd.Series(row_numbers, dtype="int64"), **columns})
    return RawTable(rows, ignored, encoding, separator, decimal_mark)


def _read_bytes(path: Path, file: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as err:
        raise RawDataError(file, "no such file", "check the path in the catalog, or put the table there") from err
    except IsADirectoryError as err:
        raise RawDataError(file, "is a folder", "give the path of the file inside it") from err
    except OSError as err:
        problem = f"cannot be read ({err.strerror})"
        raise RawDataError(file, problem, "check that the path is a file you may read") from err


def _read_lines(content: bytes, file: str) -> tuple[list[tuple[int, list[str]]], str, str]:
    """The rows that hold something, with their numbers, the header first; the encoding and the separator of a CSV."""
    try:
        if content.startswith(_EXCEL):
            return _read_sheet(Workbook(Source(content), OWN_FILE), file), "", ""
        if content.startswith(_PARQUET):
            table = ParquetTable(Source(content), OWN_FILE)
            return _read_parquet(table, file), "", ""
    except TableFileError as err:
        place = f" (column '{err.column}')" if err.column else ""
        raise RawDataError(file, f"{err.problem}{place}", err.remedy, row=err.row) from err
    text, encoding = _decode(content, file)
    separator = _find_separator(text, file)
    return _split_lines(text, separator, file), encoding, separator


def _read_sheet(book: Workbook, file: str) -> list[tuple[int, list[str]]]:
    sheets = [[(row, [*map(_write, cells)]) for row, cells in book.rows(part)] for _, part in book.sheets]
    lines = max((sheet for sheet in sheets if sheet), key=lambda sheet: _recognise(sheet[0][1]), default=[])
    if not lines:
        raise RawDataError(file, "the workbook is empty", "give the complete table")
    _require_known(lines[0][1], file)
    width = len(lines[0][1])  # a sheet leaves out the empty cells at the end of a row
    return [(row, cells + [""] * (width - len(cells))) for row, cells in lines]


def _read_parquet(table: ParquetTable, file: str) -> list[tuple[int, list[str]]]:
    names = list(table.schema.names)
    _require_known(names, file)
    batches = table.batches(_BATCH_ROWS)
    rows = (row for batch in batches for row in zip(*(table.cells(batch, at) for at in range(len(names))), strict=True))
    return [(1, names), *((number, [*map(_write, row)]) for number, row in enumerate(rows, 2))]


def _write(cell: Any) -> str:
    """A cell as a CSV file has it; dates as YYYY-MM-DD."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _decode(content: bytes, file: str) -> tuple[str, str]:
    for signature, what, remedy in _SIGNATURES:
        if content.startswith(signature):
            raise RawDataError(file, f"not a CSV but {what}", remedy)
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise RawDataError(file, f"not readable as {marked or 'text'}", "save the table as 'CSV UTF-8'")
    if control := _CONTROL_CHARACTER.search(text):
        row = text.count("\n", 0, control.start()) + 1
        problem = f"binary content (character {control.group()!r}), not a CSV"
        raise RawDataError(file, problem, "save the table as 'CSV UTF-8'", row=row)
    if not text.strip():
        raise RawDataError(file, "the file is empty", "give the complete table")
    if _MARKUP.match(text):
        problem = f"not a CSV: it starts with {_shorten(text)}"
        raise RawDataError(file, problem, "download the CSV itself, not the web page about it")
    return text, encoding


def _find_separator(text: str, file: str) -> str:
    first_line = next(line for line in text.splitlines() if line.strip())
    found = {separator: _recognise(_split(first_line, separator)) for separator in _SEPARATORS}
    separator, recognised = max(found.items(), key=lambda item: item[1])
    if recognised == (0, 0):
        raise _not_this_table(text, file)
    return separator


def _require_known(header: Sequence[str], file: str) -> None:
    if _recognise(header) == (0, 0):
        raise _not_this_table(",".join(header), file)


def _not_this_table(start: str, file: str) -> RawDataError:
    remedy = f"the first line must be the header, e.g. {','.join(REQUIRED_COLUMNS)}"
    return RawDataError(file, f"not the benchmark table: it starts with {_shorten(start)}", remedy, row=1)


def _split(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _recognise(header: Sequence[str]) -> tuple[int, int]:
    exact = sum(cell in KNOWN_COLUMNS for cell in _name_columns(header))
    near = sum(_nearest(cell, KNOWN_COLUMNS) is not None for cell in header)
    return exact, near


def _name_columns(header: Sequence[str]) -> list[str]:
    """The header's cells without blanks around them, those of this table in its own spelling."""
    stripped = [cell.strip() for cell in header]
    return [_COLUMNS_BY_ANY_CASE.get(cell.casefold(), cell) for cell in stripped]


def _nearest(name: str, candidates: Iterable[str]) -> str | None:
    match = process.extractOne(
        name, list(candidates), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR_NAME_SCORE
    )
    return match[0] if match else None


def _split_lines(text: str, separator: str, file: str) -> list[tuple[int, list[str]]]:
    """Split into cells; each line comes with the number of the line it starts on, blank lines are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                lines.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as err:
        raise RawDataError(file, f"broken quoting ({err})", "close or double the quotation mark", row=start) from err
    return lines


def _find_columns(header: Sequence[str], header_row: int, file: str) -> tuple[dict[str, int], tuple[str, ...]]:
    for name in KNOWN_COLUMNS:
        if header.count(name) > 1:
            problem = f"appears {header.count(name)} times in the header"
            raise RawDataError(file, problem, "keep one and rename the others", column=name, row=header_row)
    unknown = tuple(name for name in header if name not in KNOWN_COLUMNS)
    missing = [name for name in REQUIRED_COLUMNS if name not in header]
    if missing:
        first, *others = missing
        also = f" (and so are {', '.join(map(repr, others))})" if others else ""
        near = _nearest(first, unknown)
        remedy = (
            f"column '{near}' is there: did you mean '{first}'? Rename it"
            if near
            else f"add it (its cells may be empty); the header has {', '.join(map(repr, header))}"
        )
        raise RawDataError(file, f"the column is missing{also}", remedy, column=first, row=header_row)
    return {name: header.index(name) for name in KNOWN_COLUMNS if name in header}, unknown


def _require_even_lines(body: Sequence[tuple[int, list[str]]], width: int, file: str) -> None:
    uneven = [(number, len(cells)) for number, cells in body if len(cells) != width]
    if uneven:
        row, cells = uneven[0]
        others = f", and {len(uneven) - 1} other rows do not fit either" if len(uneven) > 1 else ""
        problem = f"{cells} cells, but the header has {width}{others}"
        raise RawDataError(file, problem, "quote cells that contain the separator, complete short rows", row=row)


def _find_decimal_mark(cells: dict[str, list[str]], row_numbers: Sequence[int], file: str) -> str:
    commas = _find_mark(_COMMA_IS_DECIMAL, cells, row_numbers)
    points = _find_mark(_POINT_IS_DECIMAL, cells, row_numbers)
    if commas and points:
        (comma_row, comma_column), (point_row, _) = commas, points
        problem = f"decimals are written with a comma here and with a point in row {point_row}"
        raise RawDataError(file, problem, "write them all in one way", column=comma_column, row=comma_row)
    return "," if commas else "."


def _find_mark(
    mark: re.Pattern[str], cells: dict[str, list[str]], row_numbers: Sequence[int]
) -> tuple[int, str] | None:
    """Find the first row, and its column, in which a number is written with this mark."""
    places = (
        (row, source)
        for source in _DECIMAL_COLUMNS
        for row, cell in zip(row_numbers, cells.get(source, ()), strict=False)
        if mark.search(cell)
    )
    return min(places, default=None)


def _shorten(text: str) -> str:
    first_line = text.strip().splitlines()[0]
    return repr(first_line if len(first_line) <= 60 else first_line[:57] + "...")
