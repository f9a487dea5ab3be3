"""Files of every kind that is read, made of rows, and a stand-in for what knows names of GPUs: a list of words."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.intake.layout import NameSearch
from gpu_kedro.intake.source import Limits
from gpu_kedro.intake.table import Field, Table, open_table

FIELDS = (
    Field("name", "text", tells=True),
    Field("price_usd", "number"),
    Field("tdp_w", "number"),
    Field("g3d_mark", "number"),
    Field("test_year", "year"),
    Field("spec_is_mobile", "flag", tells=True),
)
_GPU = re.compile(r"\b(RTX|GTX|Radeon|Quadro|UHD)\b", re.IGNORECASE)


def recognise(texts: Sequence[str]) -> list[float]:
    return [0.9 if _GPU.search(text) else 0.0 for text in texts]


def open_gpus(content: bytes, column: str | None = None, limits: Limits | None = None) -> Table:
    return open_table(content, FIELDS, NameSearch("name", recognise, column), limits=limits)


def read_values(table: Table, field: str) -> list[Any]:
    return [value for chunk in table.chunks() for value in chunk.values[field]]


def read_numbers(table: Table) -> list[int]:
    return [number for chunk in table.chunks() for number in chunk.numbers]


def read_notes(table: Table) -> dict[int, list[str]]:
    """What could not be read, by the row's number in the file."""
    return {chunk.numbers[place]: notes for chunk in table.chunks() for place, notes in chunk.notes.items()}


def find_refusal(content: bytes, limits: Limits | None = None) -> str:
    """Read all of a file; why it is refused, empty where it is not."""
    try:
        table = open_gpus(content, limits=limits)
        rows = sum(len(list(table.list_cells(chunk))) for chunk in table.chunks())
    except TableFileError as err:
        return str(err)
    assert rows == table.row_count
    return ""


def to_excel(*sheets: Iterable[Sequence[Any]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for place, rows in enumerate(sheets):
        sheet = book.active if place == 0 else book.create_sheet()
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row, start=1):
                sheet.cell(number, column, cell)
    book.save(out)
    return out.getvalue()


def to_parquet(options: dict[str, Any] | None = None, **columns: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **(options or {}))
    return out.getvalue()


def replace_parts(book: bytes, **parts: str) -> bytes:
    """A workbook with parts put in place of its own, by the end of their names without the ending.

    Shared texts are added where the workbook has none.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            stem = name.rpartition("/")[2].removesuffix(".xml")
            target.writestr(name, parts.pop(stem) if stem in parts else source.read(name))
        for stem, content in parts.items():
            target.writestr(f"xl/{stem}.xml", content)
    return out.getvalue()
