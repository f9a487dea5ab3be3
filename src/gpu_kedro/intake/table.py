"""Opens a table of any kind that is read, finds its header and columns, and reads its cells."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from gpu_kedro.intake.errors import NoNameColumnError, TableFileError
from gpu_kedro.intake.formats.excel import Workbook
from gpu_kedro.intake.formats.parquet import ParquetTable
from gpu_kedro.intake.formats.text import Dialect, TextRows
from gpu_kedro.intake.headers import HeaderTable, read_synonyms
from gpu_kedro.intake.layout import NO_CHOICES, Choices, Layout, NameSearch, Row, find_layout, list_columns
from gpu_kedro.intake.numbers import (
    Convention,
    convert_currencies,
    find_currency,
    find_units,
    read_currency,
    read_flag,
    read_number,
    read_text,
    read_year,
)
from gpu_kedro.intake.rows import CHUNK_ROWS, Chunk, ParquetRows, Rows, SheetRows
from gpu_kedro.intake.source import CSV, EXCEL, PARQUET, Kind, Limits, Opener, Source, find_kind

if TYPE_CHECKING:
    import pyarrow as pa

_HEAD_ROWS = 200
#: First rows of the sheet that stay with a table, to be looked at.
_SHOWN_ROWS = 12
#: A column beside the prices that says what they are in.
_CURRENCY = HeaderTable(["currency"], read_synonyms())
FieldKind = Literal["text", "number", "year", "flag", "cell"]
Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Field:
    """Something to be read from a table, one value a row.

    Args:
        name: its name, which is a header too; a number's unit is its end (`tdp_w`).
        kind: what it is; a `cell` stays what it is in the file.
        tells: whether it says what a row is about; a table needs one column that does.
        rates: of an amount of money: US dollars for one unit of another currency, by its code; without a rate, amounts
            in it are refused.
    """

    name: str
    kind: FieldKind
    tells: bool = False
    rates: Mapping[str, float] = field(default_factory=dict)


class _Opened(NamedTuple):
    """A file whose kind is known."""

    kind: Kind
    layout: Layout
    rows: Rows
    head: Sequence[Row]
    dialect: Dialect | None = None
    schema: "pa.Schema | None" = None
    sheets: tuple[str, ...] = ()
    sheet: str | None = None


class Table:
    """A table whose header and columns are known; its rows can be asked for any number of times (`open_table`)."""

    def __init__(
        self, opened: _Opened, fields: Sequence[Field], limits: Limits, file: str, mark: str | None = None
    ) -> None:
        self.kind = opened.kind
        self.columns = opened.layout.columns
        self.header_row = opened.layout.header_row
        self.places = opened.layout.places
        self.dialect = opened.dialect
        self.schema = opened.schema
        self.head, self.sheets, self.sheet = opened.head[:_SHOWN_ROWS], opened.sheets, opened.sheet
        self._rows = opened.rows
        self._file = file
        found = [one for one in fields if one.name in self.places]
        numbers = [self.places[one.name] for one in found if one.kind == "number"]
        self._convention = Convention(numbers, separated_by_comma=self.delimiter == "," and self.kind == CSV, mark=mark)
        self.row_count = self._rows.survey(limits, self._convention)
        if self.row_count < limits.fewest_rows:
            raise TableFileError("has no rows under its header", "give some")
        self._readers = {one.name: (self.places[one.name], self._choose_reader(one)) for one in found}
        self._currency = next((place for place, column in enumerate(self.columns) if _CURRENCY.knows(column)), None)
        #: Rates of the amounts of money that the column of currencies is about.
        self._rates = {
            one.name: convert_currencies(one.rates)
            for one in found
            if one.kind == "number"
            and "$" in find_units(one.name)
            and not find_currency(self.columns[self.places[one.name]])
        }

    @property
    def delimiter(self) -> str:
        """What stands between the cells of a text file; a comma for others."""
        return self.dialect.written_delimiter if self.dialect is not None else ","

    @property
    def decimal_mark(self) -> str:
        """How the file writes decimals; a point, unless it clearly has a comma."""
        marks = {self._convention.find_mark(place) for place in self._convention.columns}
        return "," if marks == {","} and self.delimiter != "," else "."

    @property
    def held_bytes(self) -> int:
        """What stays in memory beside the file itself, for as long as the table is open."""
        return self._rows.held_bytes

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """The rows in their order, so many in each chunk but the last.

        Raises:
            TableFileError: the file is damaged, or unpacks to too much.
        """
        with _naming(self._file):
            for chunk in self._rows.chunks(rows):
                for name, (place, read) in self._readers.items():
                    chunk.values[name] = self._read(chunk, name, place, read)
                yield chunk

    def list_cells(self, chunk: Chunk) -> Iterable[Sequence[Any]]:
        """The file's own cells of some rows, row by row."""
        if chunk.batch is None:
            return chunk.cells
        return zip(*(self._rows.column(chunk, place) for place in range(len(self.columns))), strict=True)

    def _choose_reader(self, one: Field) -> Reader:
        if one.kind != "number":
            return _READERS[one.kind]
        units, place = find_units(one.name), self.places[one.name]
        mark = self._convention.find_mark(place)
        if "$" not in units:
            return lambda cell: read_number(cell, mark, units)
        rates = convert_currencies(one.rates)
        header = find_currency(self.columns[place])
        if header is None:
            return lambda cell: read_number(cell, mark, {**units, **rates})
        if header not in rates:
            return _refuse_currency
        # bare numbers are in the header's currency
        of_header = {word: worth / rates[header] for word, worth in {**units, **rates}.items()}
        return lambda cell: _convert(read_number(cell, mark, of_header), rates[header])

    def _read(self, chunk: Chunk, name: str, place: int, read: Reader) -> list[Any]:
        values = []
        for row, cell in enumerate(self._rows.column(chunk, place)):
            try:
                values.append(read(cell))
            except ValueError as err:
                values.append(None)
                chunk.notes.setdefault(row, []).append(f"{name}: {err}")
        if self._currency is not None and name in self._rates:
            self._convert(chunk, name, values, self._rows.column(chunk, self._currency))
        return values

    def _convert(self, chunk: Chunk, name: str, values: list[Any], currencies: Iterable[Any]) -> None:
        """Turn amounts into US dollars by the column that says what they are in."""
        for row, currency in enumerate(currencies):
            if values[row] is not None:
                try:
                    values[row] *= read_currency(currency, self._rates[name])
                except ValueError as err:
                    values[row] = None
                    chunk.notes.setdefault(row, []).append(f"{name}: {err}")


def _refuse_currency(cell: Any) -> None:
    if read_text(cell) is not None:
        raise ValueError("in another currency than US dollars")


def _convert(amount: float | None, rate: float) -> float | None:
    return None if amount is None else amount * rate


def _keep(cell: Any) -> Any:
    return None if cell is None or cell != cell else cell


_READERS: dict[FieldKind, Reader] = {"text": read_text, "year": read_year, "flag": read_flag, "cell": _keep}


def open_table(
    content: bytes | Path | Opener,
    fields: Sequence[Field],
    search: NameSearch,
    *,
    kind: Kind | None = None,
    limits: Limits | None = None,
    file: str = "the file",
    choices: Choices = NO_CHOICES,
) -> Table:
    """Open a CSV, TSV, Excel or Parquet file.

    All of it is looked at once, so that what is wrong with the file shows here, and rows can be answered as they come.

    Args:
        content: the file's bytes, its path, or what opens it.
        fields: what is read of it; a header means one of them by its name or a synonym (`headers.yml`).
        search: which of them holds the names, how they look, and which column a person has chosen.
        kind: what the file has to be; its content tells when left out.
        limits: what the file may cost.
        file: what errors call it.
        choices: what a person has said of its sheet, header, columns and numbers.

    Raises:
        DamagedFileError: it is not of a kind that is read.
        NoNameColumnError: no column tells what a row is about, or the chosen one is not there.
        TableFileError: it is empty, too large, or cannot be used for another reason.
    """
    limits = limits or Limits()
    headers = HeaderTable((one.name for one in fields), read_synonyms())
    with _naming(file):
        opened = _open(Source(content), kind, headers, search, limits, choices)
        if not any(one.tells and one.name in opened.layout.places for one in fields):
            columns = opened.layout.columns
            problem = f"has neither a column `{search.field}` nor another that is one by its header or its cells"
            raise NoNameColumnError(problem, f"choose one with `column`, of {list_columns(columns)}", columns)
        return Table(opened, fields, limits, file, choices.mark)


@contextmanager
def _naming(file: str) -> Iterator[None]:
    try:
        yield
    except TableFileError as err:
        err.file = file
        raise


def _open(
    source: Source, kind: Kind | None, headers: HeaderTable, search: NameSearch, limits: Limits, choices: Choices
) -> _Opened:
    kind = kind or find_kind(source)
    if kind == PARQUET:
        return _open_parquet(ParquetTable(source, limits), headers, search, choices)
    if kind == EXCEL:
        return _open_excel(Workbook(source, limits), headers, search, choices)
    text = TextRows(source, headers.knows, limits)
    head = list(islice(text, _HEAD_ROWS))
    if not head:
        raise TableFileError("is empty", "give one with a header and rows")
    limits.check_columns(max(len(cells) for _, cells in head))
    layout = find_layout(head, headers, search, choices=choices)
    return _Opened(CSV, layout, SheetRows(lambda: text, layout, is_text=True), head, dialect=text.dialect)


def _open_excel(book: Workbook, headers: HeaderTable, search: NameSearch, choices: Choices) -> _Opened:
    """The sheet that has the most of a table; of equals the first: a cover has no names."""
    best: tuple[Layout, str, str, list[Row]] | None = None
    failed: TableFileError | None = None
    names = tuple(name for name, _ in book.sheets)
    if choices.sheet is not None and choices.sheet not in names:
        raise TableFileError(f"has no sheet `{choices.sheet}`", f"choose one of {list_columns(names)}")
    for name, part in book.sheets:
        if choices.sheet not in (None, name):
            continue
        try:
            head: list[Row] = list(islice(book.rows(part), _HEAD_ROWS))
            layout = find_layout(head, headers, search, choices=choices) if head else None
        except TableFileError as err:
            failed = failed or err
            continue
        if layout is not None and (best is None or layout.evidence > best[0].evidence):
            best = layout, name, part, head
    if best is None:
        raise failed or TableFileError("is empty", "give one with a header and rows")
    layout, chosen, part, top = best
    rows = SheetRows(lambda: book.rows(part), layout, book.held_bytes)
    return _Opened(EXCEL, layout, rows, top, sheets=names, sheet=chosen)


def _open_parquet(table: ParquetTable, headers: HeaderTable, search: NameSearch, choices: Choices) -> _Opened:
    names = tuple(table.schema.names)
    batch = next(table.batches(_HEAD_ROWS), None)
    columns = [table.cells(batch, place) for place in range(len(names))] if batch is not None else []
    head: list[Row] = [(0, names), *((number, cells) for number, cells in enumerate(zip(*columns, strict=True), 1))]
    layout = find_layout(head, headers, search, start=0, choices=choices)
    return _Opened(PARQUET, layout._replace(columns=names), ParquetRows(table), head[1:], schema=table.schema)
