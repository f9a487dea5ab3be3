"""How an uploaded list is read: sheet, header, columns and numbers, each guessed, shown, and changeable."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from gpu_kedro.intake.errors import NoNameColumnError, TableFileError
from gpu_kedro.intake.layout import Choices
from gpu_kedro.intake.numbers import find_units, read_number, read_text
from streamlit_app.backends.cached import BY_VERSION, Asker
from streamlit_app.fleet.files import FleetTable, read_fleet
from streamlit_app.fleet.scoring import recognise_names
from streamlit_app.widgets.wording import escape_markdown, start_sentence

#: Columns that may be chosen beside that of the names: field → words.
_FIELDS = {"quantity": "How many", "price_usd": "Price ($)"}
_MARKS = {None: "as each column shows", ".": "1,299.50", ",": "1.299,50"}
_NONE = "none"
_LOOKED_AT = 40
#: Reads one file by its column of names and all else that has been chosen.
_Reader = Callable[[str | None, Choices], FleetTable]


class _Said(NamedTuple):
    """What has been chosen: the column of names, where it had to be, and all else."""

    column: str | None
    choices: Choices


def read_upload(asker: Asker, content: bytes) -> tuple[FleetTable, str] | None:
    """The list as it is read, and a key of that reading.

    None where it cannot be read, which is told, or where its column of GPUs has to be chosen first.
    """
    digest = hashlib.sha256(content).hexdigest()
    settings = asker.settings
    reader = partial(_read, asker, digest, settings.max_file_rows, settings.max_file_mb, content)
    try:
        guess = _read_or_ask(reader, Choices(), digest[:12])
        if guess is None:
            return None
        table, said = guess
        with st.expander(f"How it is read: {_describe(table)}", icon=":material/table_view:", key="reading"):
            return _change(reader, digest, table, said)
    except TableFileError as err:
        st.error(escape_markdown(start_sentence(str(err))), icon=":material/upload_file:")
        return None


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={**BY_VERSION, Choices: str})
def _read(
    asker: Asker,
    digest: str,  # noqa: ARG001
    max_rows: int,
    max_mb: int,
    _content: bytes,
    column: str | None,
    choices: Choices,
) -> FleetTable:
    """The file, read as somebody has chosen; each way once."""
    recognise = partial(recognise_names, backend=asker.backend)
    return read_fleet(
        _content, recognise, max_rows=max_rows, max_bytes=max_mb * 1_000_000, column=column, choices=choices
    )


def _read_or_ask(reader: _Reader, said: Choices, key: str) -> tuple[FleetTable, _Said] | None:
    """The list read as somebody has chosen, or by a column of GPUs that is asked for; None until it is chosen.

    A list without a header has its counts in its one column of numbers.
    """
    try:
        column, table = None, reader(None, said)
    except NoNameColumnError as err:
        st.info("No column reads as GPUs: choose the one that holds them.", icon=":material/view_column:")
        chosen = _choose_column("Column with the GPUs", err.columns, None, f"unnamed/{key}")
        if chosen is None:
            return None
        column = str(chosen + 1)
        table = reader(column, said)
    numbers = [] if table.header_row or "quantity" in table.places else _find_numbers(table)
    if len(numbers) == 1:
        said = said._replace(columns={"quantity": numbers[0]})
        table = reader(column, said)
    return table, _Said(column, said)


def _find_numbers(table: FleetTable) -> list[int]:
    """Columns, counted from 1, whose first cells are numbers."""
    return [
        place + 1
        for place in range(len(table.columns))
        if place != table.name_place and all(_is_number(row.cells[place]) for row in table.rows[:_LOOKED_AT])
    ]


def _is_number(cell: Any) -> bool:
    try:
        return read_number(cell, ".", find_units("quantity")) is not None
    except ValueError:
        return False


def _describe(table: FleetTable) -> str:
    """The gist of a reading, in one line."""
    name = "no column of names" if table.name_place is None else f"GPUs from “{table.columns[table.name_place]}”"
    others = [
        f"{words.lower()} from “{table.columns[table.places[field]]}”"
        for field, words in _FIELDS.items()
        if field in table.places
    ]
    sheet = [f"sheet “{table.sheet}”"] if len(table.sheets) > 1 else []
    header = f"header in row {table.header_row}" if table.header_row else "no header"
    return escape_markdown(", ".join([*sheet, header, name, *others]))


def _change(reader: _Reader, digest: str, guess: FleetTable, said: _Said) -> tuple[FleetTable, str] | None:
    key = digest[:12]
    left, middle, right = st.columns(3)
    sheet = guess.sheet
    if len(guess.sheets) > 1:
        sheet = left.selectbox("Sheet", guess.sheets, index=guess.sheets.index(guess.sheet), key=f"sheet/{key}")
    if sheet != guess.sheet:
        again = _read_or_ask(reader, Choices(sheet), f"{key}/{sheet}")
        if again is None:
            return None
        guess, said = again
    rows = [0, *(number for number, _ in guess.head)]
    header = middle.selectbox(
        "Header", rows, index=rows.index(guess.header_row) if guess.header_row in rows else 0,
        format_func=lambda row: f"row {row}" if row else "no header", key=f"header/{key}/{sheet}",
    )  # fmt: skip
    table = guess
    if header != guess.header_row:
        again = _read_or_ask(reader, Choices(sheet, header), f"{key}/{sheet}/{header}")
        if again is None:
            return None
        table, said = again
    mark = right.selectbox(
        "Numbers", list(_MARKS), format_func=_MARKS.__getitem__, key=f"mark/{key}",
        help="how the file writes thousands and decimals",
    )  # fmt: skip
    name, columns = _choose_columns(table, f"{key}/{sheet}/{header}")
    choices = said.choices._replace(mark=mark, columns={**said.choices.columns, **columns})
    table = reader(name or said.column, choices)
    _preview(guess, table)
    return table, f"{digest}/{name or said.column}/{choices}"


def _choose_columns(table: FleetTable, key: str) -> tuple[str | None, Mapping[str, int]]:
    """The chosen columns where they are other than those found: that of the names, and those of other fields."""
    places = st.columns(1 + len(_FIELDS))
    with places[0]:
        name = _choose_column("Column with the GPUs", table.columns, table.name_place, f"column/{key}")
    chosen: dict[str, int] = {}
    for place, (field, words) in zip(places[1:], _FIELDS.items(), strict=True):
        options = [_NONE, *table.columns]
        found = table.places[field] + 1 if field in table.places else 0
        number = place.selectbox(
            words, range(len(options)), index=found, format_func=options.__getitem__, key=f"{field}/{key}"
        )
        if number != found:
            chosen[field] = number
    return None if name is None or name == table.name_place else str(name + 1), chosen


def _choose_column(words: str, columns: Sequence[str], found: int | None, key: str) -> int | None:
    return st.selectbox(words, range(len(columns)), index=found, format_func=columns.__getitem__, key=key)


def _preview(guess: FleetTable, table: FleetTable) -> None:
    st.caption(f"The first rows as they stand in the file; the list has {len(table.rows):,} rows below its header.")
    width = max((len(cells) for _, cells in guess.head), default=0)
    rows = [
        {"Row": number, **{str(place + 1): (read_text(cell) or "") for place, cell in enumerate(cells[:width])}}
        for number, cells in guess.head
    ]
    st.dataframe(pd.DataFrame(rows).fillna(""), hide_index=True, key="preview")
