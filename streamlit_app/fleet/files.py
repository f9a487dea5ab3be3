"""Reads an uploaded list of GPUs, CSV, Excel or Parquet, and writes it back; bad files are refused in plain words."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gpu_kedro.contracts.rows import disarm

_MAX_COLUMNS = 200
#: Compressed files may unpack to many times their size.
_MAX_UNPACKED_BYTES = 300_000_000
_DELIMITERS = ",;\t|"
_MAX_CELL = 32_000
#: What XML, and so Excel, cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class FleetFileError(ValueError):
    """A file cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class FleetTable:
    """A list of GPUs as it was uploaded.

    Args:
        columns: names from the first row, without repeats.
        rows: one list of cells a row; shorter or longer than `columns` where the file is uneven.
    """

    columns: list[str]
    rows: list[list[Any]]

    def column(self, name: str) -> list[Any]:
        """Cells of one column, None where a row is too short."""
        place = self.columns.index(name)
        return [row[place] if place < len(row) else None for row in self.rows]


def read_fleet(filename: str, content: bytes, *, max_rows: int, max_bytes: int, has_header: bool = True) -> FleetTable:
    """Read a file by its ending.

    Args:
        filename: ends in .csv, .txt, .tsv, .xlsx or .parquet.
        content: its bytes.
        max_rows: more are refused.
        max_bytes: more are refused.
        has_header: whether the first row names the columns; without, they are called `column 1` and so on.

    Raises:
        FleetFileError: not readable, too large, too long or empty.
    """
    if len(content) > max_bytes:
        raise FleetFileError(
            f"The file has {len(content) / 1e6:,.1f} MB, at most {max_bytes / 1e6:,.0f} MB are taken: split it."
        )
    if not content.strip():
        raise FleetFileError("The file is empty.")
    ending = filename.rsplit(".", 1)[-1].lower()
    if ending == "parquet":
        return _read_parquet(content, max_rows)
    if ending not in ("csv", "txt", "tsv", "xlsx"):
        raise FleetFileError(f"A file of the kind .{ending} is not taken: save it as .csv, .xlsx or .parquet.")
    rows = _read_excel(content) if ending == "xlsx" else _read_csv(content)
    kept = []
    for row in rows:
        if any(cell is not None and str(cell).strip() for cell in row):
            kept.append(row)
        if len(kept) > max_rows + has_header:
            raise FleetFileError(f"The file has more than {max_rows:,} rows: split it.")
    if len(kept) < 1 + has_header:
        raise FleetFileError("The file has no rows under its header.")
    first = kept[0]
    names = [_plain(cell) or "" for cell in first] if has_header else [""] * max(map(len, kept))
    return FleetTable(_name_columns(names), kept[has_header:])


def _name_columns(names: Sequence[str]) -> list[str]:
    """Names without gaps and repeats."""
    if len(names) > _MAX_COLUMNS:
        raise FleetFileError(f"The file has {len(names):,} columns, at most {_MAX_COLUMNS:,} are taken.")
    told: list[str] = []
    for place, name in enumerate(names, start=1):
        plain = " ".join(name.split())[:100] or f"column {place}"
        told.append(plain if plain not in told else f"{plain} ({place})")
    return told


def _read_csv(content: bytes) -> Iterator[list[Any]]:
    text = _decode(content)
    sample = text[:20_000].splitlines()
    header = sample[0] if sample else ""
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter if delimiter in header else ",")
    except csv.Error as err:
        raise FleetFileError(f"The file is not CSV: {err}. Save it again as CSV in UTF-8.") from err


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        # spreadsheets on Windows save in its own code page
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FleetFileError("The file is not text: save it as CSV in UTF-8, as .xlsx or as .parquet.")


def _read_excel(content: bytes) -> Iterator[list[Any]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED_BYTES:
                raise FleetFileError("The Excel file unpacks to far more than its size: save it again.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = book.worksheets
        if not sheets:
            raise FleetFileError("The Excel file has no sheet.")
        for row in sheets[0].iter_rows(values_only=True):
            cells = list(row)
            while cells and cells[-1] is None:
                cells.pop()
            yield cells
    except FleetFileError:
        raise
    except Exception as err:
        # openpyxl raises whatever its parsers do: KeyError, TypeError, BadZipFile, ParseError
        raise FleetFileError("The file is not Excel (.xlsx), or damaged: save it again as .xlsx or .csv.") from err


def _read_parquet(content: bytes, max_rows: int) -> FleetTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = pq.ParquetFile(io.BytesIO(content))
        if source.metadata.num_rows > max_rows:
            raise FleetFileError(f"The file has {source.metadata.num_rows:,} rows, at most {max_rows:,} are taken.")
        if source.metadata.num_rows == 0:
            raise FleetFileError("The file has no rows.")
        schema = source.schema_arrow
        flat = [field.name for field in schema if not pa.types.is_nested(field.type)]
        groups = [source.metadata.row_group(place) for place in range(source.metadata.num_row_groups)]
        if sum(group.total_byte_size for group in groups) > _MAX_UNPACKED_BYTES:
            raise FleetFileError("The Parquet file unpacks to far more than its size: split it.")
        table = source.read(columns=flat)
    except (pa.ArrowException, OSError) as err:
        raise FleetFileError("The file is not Parquet, or damaged: write it again.") from err
    if not flat:
        raise FleetFileError("The Parquet file has only columns of lists or records: write a flat one.")
    cells = [column.to_pylist() for column in table.columns]
    return FleetTable(_name_columns(flat), [list(row) for row in zip(*cells, strict=True)])


def read_name(cell: Any) -> str | None:
    """A cell as a name: numbers without a decimal point, text on one line."""
    plain = _plain(cell)
    return plain or None


def _plain(cell: Any) -> str | None:
    if cell is None or cell != cell:
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bytes):
        cell = cell.decode("utf-8", "replace")
    return " ".join(_CONTROL.sub("", str(cell)).split())


def write_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 that spreadsheets open without running any cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(name) for name in columns])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    # the mark tells Excel that it is UTF-8
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def write_excel(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """An Excel workbook in which every text is a text, never a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("GPUs")
    sheet.freeze_panes = "B2"
    for place, name in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, min(42, len(name) + 4))

    def write(cell: Any, *, bold: bool = False) -> Any:
        safe = _safe(cell)
        written = WriteOnlyCell(sheet, value=safe)
        if isinstance(safe, str):
            written.data_type = "s"
        if bold:
            written.font = Font(bold=True)
        return written

    sheet.append([write(name, bold=True) for name in columns])
    for row in rows:
        sheet.append([write(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _safe(cell: Any) -> Any:
    """A cell that no spreadsheet runs, and that Excel can hold."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool | int | float):
        return cell
    text = cell if isinstance(cell, str) else str(cell)
    return disarm(_CONTROL.sub("", text))[:_MAX_CELL]
