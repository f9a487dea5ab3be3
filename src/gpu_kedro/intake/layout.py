"""Finds where a table begins in a sheet, and which of its columns holds what: by headers, failing that by the cells."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median, mode
from types import MappingProxyType
from typing import Any, NamedTuple

from gpu_kedro.intake.errors import NoNameColumnError, TableFileError
from gpu_kedro.intake.headers import HeaderTable, fold
from gpu_kedro.intake.numbers import read_text

#: How sure it is that a text is what the name column holds, 0 to 1, for each of some texts.
Recognise = Callable[[Sequence[str]], Sequence[float]]
Row = tuple[int, Sequence[Any]]

#: A header stands among the first rows that hold something.
_HEADER_ROWS = 30
#: Cells of a column that are looked at, and columns of which they are.
_LOOKED_AT, _LOOKED_COLUMNS = 40, 60
#: How much of a column must be recognised: under a header that may mean it, and under any other.
_SOME, _MOST = 0.2, 0.5
_FILLED = 0.5
_LONGEST_HEADER, _LONGEST_TEXT, _SHOWN_COLUMNS = 100, 300, 12


class Layout(NamedTuple):
    """Where a table lies in its sheet.

    Args:
        header_row: number of the row that names the columns; 0 where none does.
        first_row: number of the first row under it.
        columns: headers as the file spells them; "column 3" where there is none.
        places: for each field that was found, its column.
        evidence: how much speaks for this reading, to choose between sheets.
    """

    header_row: int
    first_row: int
    columns: tuple[str, ...]
    places: Mapping[str, int]
    evidence: float


class NameSearch(NamedTuple):
    """The one field that may be found by its cells.

    Args:
        field: its name.
        recognise: how sure it is that texts are what the field holds; None leaves it to the headers.
        column: the header of its column, or the column's number counted from 1, where a person has chosen.
    """

    field: str
    recognise: Recognise | None = None
    column: str | None = None


class Choices(NamedTuple):
    """What a person has said of a table; what is None or absent is found.

    Args:
        sheet: of a workbook, by its name.
        header_row: number of the row that names the columns, as the file counts them; 0 where none does.
        columns: for fields other than the names', the number of the column, counted from 1; 0 for none.
        mark: the decimal mark of all numbers.
    """

    sheet: str | None = None
    header_row: int | None = None
    columns: Mapping[str, int] = MappingProxyType({})
    mark: str | None = None


NO_CHOICES = Choices()


def find_layout(
    head: Sequence[Row],
    headers: HeaderTable,
    search: NameSearch,
    start: int | None = None,
    choices: Choices = NO_CHOICES,
) -> Layout:
    """Find header and columns in the first rows of a sheet.

    Args:
        head: rows that hold something, with their numbers; at least one.
        headers: which headers mean which field.
        search: what is known of the column that holds the names.
        start: which of the rows is the header, where that is known.
        choices: what a person has said.

    Raises:
        NoNameColumnError: the chosen column is not there.
        TableFileError: two columns have the name of one field, or the chosen header or column is not there.
    """
    if choices.header_row is not None and start is None:
        start, first = _take_header(head, choices.header_row)
    else:
        start, first = _find_header(head, headers, search, start)
    header = [read_text(cell) or "" for cell in head[start][1]] if start is not None else []
    body = head[first:]
    columns = _name_columns(header, len(header) or mode(len(cells) for _, cells in body))
    cells = _Cells(body, search.recognise)
    places = _find_fields(columns, headers, cells)
    name, share = _find_name(columns, headers, cells, search)
    places = {field: place for field, place in places.items() if field != search.field and place != name}
    if name is not None:
        places[search.field] = name
    places = _take_columns(places, choices.columns, len(columns))
    return Layout(
        header_row=0 if start is None else head[start][0],
        first_row=head[first][0] if body else head[-1][0] + 1,
        columns=columns,
        places=places,
        evidence=len(places) + share if body else 0,
    )


def _find_header(
    head: Sequence[Row], headers: HeaderTable, search: NameSearch, start: int | None
) -> tuple[int | None, int]:
    """The header's place among the rows, None where there is none, and that of the first row of the table."""
    if start is None:
        start = _find_known_header(head, headers)
    if start is None and search.column is not None and not search.column.strip().isdigit():
        start = next((place for place, (_, cells) in enumerate(head) if _find_chosen(search.column, cells)), None)
    if start is None:
        return _find_header_by_cells(_Cells(head, search.recognise))
    return start, start + 1


def _take_header(head: Sequence[Row], row: int) -> tuple[int | None, int]:
    if row == 0:
        return None, 0
    place = next((place for place, (number, _) in enumerate(head) if number == row), None)
    if place is None:
        rows = ", ".join(str(number) for number, _ in head[:_SHOWN_COLUMNS])
        raise TableFileError(f"has nothing in row {row} to name its columns", f"choose one of {rows}")
    return place, place + 1


def _take_columns(places: Mapping[str, int], chosen: Mapping[str, int], width: int) -> dict[str, int]:
    taken = {field: place for field, place in places.items() if field not in chosen}
    for field, number in chosen.items():
        if not 0 <= number <= width:
            raise TableFileError(f"has no column {number} for `{field}`", f"choose one of 1 to {width}")
        if number:
            taken[field] = number - 1
    return taken


class _Cells:
    """The first cells of each column of a table: how full it is, and how many of them are recognised."""

    def __init__(self, rows: Sequence[Row], recognise: Recognise | None) -> None:
        self.rows = rows
        self._recognise = recognise
        self.width = max((len(cells) for _, cells in rows), default=0)

    def texts(self, place: int) -> list[str | None]:
        """A column's cells as texts."""
        return [read_text(cells[place]) if place < len(cells) else None for _, cells in self.rows]

    def is_filled(self, place: int) -> bool:
        """Whether most of the rows have a cell there."""
        texts = self.texts(place)
        return sum(text is not None for text in texts) >= _FILLED * len(texts)

    def recognise(self, place: int) -> list[float]:
        """How sure it is of each of the column's first cells that hold something; bare numbers say nothing."""
        texts = [text for text in self.texts(place) if text is not None][:_LOOKED_AT]
        told = [text for text in dict.fromkeys(texts) if len(text) <= _LONGEST_TEXT and any(map(str.isalpha, text))]
        if self._recognise is None or not told:
            return [0.0] * len(texts)
        sure = dict(zip(told, self._recognise(told), strict=True))
        return [sure.get(text, 0.0) for text in texts]

    def share(self, place: int) -> float:
        """How much of a column is recognised."""
        sure = self.recognise(place)
        return sum(sure) / len(sure) if sure else 0.0


def _find_known_header(head: Sequence[Row], headers: HeaderTable) -> int | None:
    """The row that has the most known headers; of equals the fullest, then the first."""
    best, found = (0, 0), None
    for place, (_, cells) in enumerate(head[:_HEADER_ROWS]):
        known = [column for column, cell in enumerate(cells) if headers.knows(cell)]
        # "GPU" may be a cell like any other, which says of each row what it is about
        known = [column for column in known if not _repeats(head[place + 1 :], column, cells[column])]
        if len(known) == 1 and any(map(_is_number, cells)):
            continue
        filled = sum(read_text(cell) is not None for cell in cells)
        if known and (len(known), filled) > best:
            best, found = (len(known), filled), place
    return found


def _repeats(rows: Sequence[Row], place: int, cell: Any) -> bool:
    return any(place < len(cells) and cells[place] == cell for _, cells in rows)


def _is_number(cell: Any) -> bool:
    text = read_text(cell)
    return text is not None and not any(map(str.isalpha, text)) and any(map(str.isdigit, text))


def _find_header_by_cells(cells: _Cells) -> tuple[int | None, int]:
    """The header's row, None where there is none, and the first row of the table, when no header is known.

    The header stands above the first recognised name, and is as wide as the rows below it.
    """
    rows = cells.rows
    best, name, first = 0.0, 0, 0
    for place in range(min(cells.width, _LOOKED_COLUMNS)):
        sure = cells.recognise(place)
        begin = next((number for number, one in enumerate(sure) if one >= _MOST), None)
        share = sum(sure[begin:]) / len(sure[begin:]) if begin is not None else 0.0
        if begin is not None and share >= _MOST and share > best:
            filled = [number for number, text in enumerate(cells.texts(place)) if text is not None]
            best, name, first = share, place, filled[begin]
    widths = [sum(read_text(cell) is not None for cell in row) for _, row in rows]
    typical = median(widths[first:])
    whole = [
        number
        for number in range(first + 1)
        if 2 * widths[number] >= typical and (not best or cells.texts(name)[number] is not None)
    ]
    if not best:
        place = whole[0] if whole else 0
        return (None, place) if any(map(_is_number, rows[place][1])) else (place, place + 1)
    above = [number for number in whole if number < first]
    for number in above:
        text = cells.texts(name)[number] or ""
        if not any(map(str.isdigit, text)) and not any(map(_is_number, rows[number][1])):
            return number, number + 1
    return None, above[0] if above else first


def _name_columns(header: Sequence[str], width: int) -> tuple[str, ...]:
    names = [*header, *[""] * (width - len(header))]
    return tuple(name[:_LONGEST_HEADER] or f"column {number}" for number, name in enumerate(names, start=1))


def _find_fields(columns: Sequence[str], headers: HeaderTable, cells: _Cells) -> dict[str, int]:
    """The column of each field by its header: the field's own name first, then the fuller, then the better known one.

    Raises:
        TableFileError: two columns have the name of one field.
    """
    found: dict[str, list[tuple[bool, bool, int, int]]] = {}
    for place, column in enumerate(columns):
        meant = headers.find(column)
        if meant is not None:
            field, rank = meant
            found.setdefault(field, []).append((rank > 0, not cells.is_filled(place), rank, place))
    for field, claims in found.items():
        if sum(column == field for column in columns) > 1:
            raise TableFileError(f"has two columns `{field}`", "rename one of them")
        claims.sort()
    return {field: claims[0][-1] for field, claims in found.items()}


def _find_name(
    columns: Sequence[str], headers: HeaderTable, cells: _Cells, search: NameSearch
) -> tuple[int | None, float]:
    """The column that holds the names, None where nothing tells it, and how much of it is recognised."""
    if search.column is not None:
        chosen = _find_chosen(search.column, columns)
        if chosen is None:
            raise NoNameColumnError(
                "has no column of the name that was chosen", f"its columns are {list_columns(columns)}", tuple(columns)
            )
        return chosen - 1, 1.0
    meant = {place: headers.find(column) for place, column in enumerate(columns)}
    ranks = {place: found[1] for place, found in meant.items() if found is not None and found[0] == search.field}
    filled = [place for place in range(min(len(columns), _LOOKED_COLUMNS)) if cells.is_filled(place)]
    sure = [place for place in ranks if headers.is_sure(columns[place])]
    groups = (
        ([place for place in filled if place in sure], _SOME),
        ([place for place in filled if place in ranks and place not in sure], _SOME),
        ([place for place in filled if meant[place] is None], _MOST),
    )
    if search.recognise is not None:
        for places, least in groups:
            shares = {place: cells.share(place) for place in places}
            best = max(shares, key=lambda place: (shares[place], -ranks.get(place, 0)), default=None)
            if best is not None and shares[best] >= least:
                return best, shares[best]
    # nothing is recognised: the header is believed, though not one that says as little as "model"
    own = [place for place, rank in ranks.items() if rank == 0]
    believed = own or [place for place in sure if place in filled] or sure
    if not believed and search.recognise is None:
        believed = [place for place in ranks if place in filled]
    return min(believed, key=lambda place: ranks[place], default=None), 0.0


def _find_chosen(column: str, cells: Sequence[Any]) -> int | None:
    """The number, counted from 1, of the column that a person means: by its header, or by its number."""
    texts = [read_text(cell) or "" for cell in cells]
    for spell in (str.strip, fold):
        wanted = spell(column)
        if wanted and wanted in (spelled := [spell(text) for text in texts]):
            return spelled.index(wanted) + 1
    number = column.strip()
    return int(number) if number.isdigit() and len(number) < 6 and 1 <= int(number) <= len(texts) else None


def list_columns(columns: Sequence[str]) -> str:
    """A table's columns as an error tells them."""
    shown = ", ".join(f"`{column[:40]}`" for column in columns[:_SHOWN_COLUMNS])
    return shown if len(columns) <= _SHOWN_COLUMNS else f"{shown} and {len(columns) - _SHOWN_COLUMNS} more"
