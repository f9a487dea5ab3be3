"""Rows of a user's table: reads them as queries, and sets answers beside them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gpu_kedro.contracts.refusals import find_faults
from gpu_kedro.contracts.v1.columns import PredictionColumns
from gpu_kedro.contracts.v1.queries import GpuQuery, GpuSpecs
from gpu_kedro.intake.layout import NO_CHOICES, Choices, NameSearch, Recognise
from gpu_kedro.intake.rows import Chunk
from gpu_kedro.intake.source import Kind, Limits, Opener
from gpu_kedro.intake.table import Field, FieldKind, Table, open_table

ROW, NOTES, ERROR = "row", "notes", "error"
#: What an answer says of every row; what it says with a market only is no column of a file.
PREDICTED = tuple(
    name
    for name, field in PredictionColumns.model_fields.items()
    if field.is_required() and name not in ("rows", "name")
)
#: Columns that scoring adds: the row's number in the file, its answer, what of it was not read, why it has no answer.
ADDED = (ROW, *PREDICTED, NOTES, ERROR)
_SPEC = "spec_"


def _find_kind(name: str, annotation: str) -> FieldKind:
    if "str" in annotation:
        return "text"
    return "flag" if "bool" in annotation else "year" if name.endswith("_year") else "number"


#: What is read of a table; the fields of a specification sheet have columns of their own.
FIELDS: tuple[Field, ...] = tuple(
    Field(prefix + name, _find_kind(name, str(field.annotation)), tells=name == "name" or prefix == _SPEC)
    for prefix, model in (("", GpuQuery), (_SPEC, GpuSpecs))
    for name, field in model.model_fields.items()
    if name != "specs"
)


def open_queries(
    content: bytes | Path | Opener,
    recognise: Recognise | None,
    *,
    column: str | None = None,
    kind: Kind | None = None,
    limits: Limits | None = None,
    file: str = "the file",
    choices: Choices = NO_CHOICES,
    more: Sequence[Field] = (),
) -> Table:
    """Open a table of GPUs.

    Args:
        recognise: how sure it is that texts are names of GPUs.
        column: which column holds the names, where a person has chosen.
        kind: what the file has to be; its content tells when left out.
        limits: what the file may cost.
        file: what errors call it.
        choices: what a person has said of its sheet, header, columns and numbers.
        more: fields that are read beside those of a query.

    Raises:
        TableFileError: it cannot be read, or has no column of GPUs.
    """
    search = NameSearch("name", recognise, column)
    return open_table(content, (*FIELDS, *more), search, kind=kind, limits=limits, file=file, choices=choices)


class Scored(NamedTuple):
    """Some rows of a table with the columns that scoring adds (`ADDED`), one entry a row."""

    chunk: Chunk
    added: dict[str, list[Any]]


class ReadRows(NamedTuple):
    """What became of the rows of a chunk.

    Args:
        queries: of the rows that can be answered.
        notes: for each row, which of its cells could not be taken; None where all could.
        errors: for each row, why it cannot be answered; None where it can.
    """

    queries: list[dict[str, Any]]
    notes: list[str | None]
    errors: list[str | None]


def read_rows(chunk: Chunk) -> ReadRows:
    """Queries of the rows that can be answered; a cell that cannot be taken costs that cell and not its row."""
    rows = ReadRows([], [], [])
    for place, cells in enumerate(zip(*chunk.values.values(), strict=True)):
        notes, error = list(chunk.notes.get(place, ())), chunk.faults.get(place)
        if error is None:
            try:
                rows.queries.append(_read_query(dict(zip(chunk.values, cells, strict=True)), notes))
            except ValueError as err:
                error = str(err)
        rows.notes.append("; ".join(notes) or None)
        rows.errors.append(error)
    return rows


def _read_query(row: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """One row as the run time takes it; fields that the contract does not take are left out and noted.

    Raises:
        ValueError: it tells nothing of a GPU, or its name cannot be taken.
    """
    query = _nest(row)
    for fault in find_faults(query) if query.get("name") is not None or query["specs"] else ():
        column = "_".join("spec" if part == "specs" else str(part) for part in fault["loc"])
        if column not in row or column == "name":
            raise ValueError(f"{column}: {fault['msg']}")
        row[column] = None
        notes.append(f"{column}: {fault['msg']}")
        query = _nest(row)
    if query.get("name") is None and not query["specs"]:
        raise ValueError("has neither a name nor a specification")
    return query


def _nest(row: Mapping[str, Any]) -> dict[str, Any]:
    query = {name: cell for name, cell in row.items() if not name.startswith(_SPEC)}
    specs = {
        name.removeprefix(_SPEC): cell for name, cell in row.items() if cell is not None and name.startswith(_SPEC)
    }
    return {**query, "specs": specs or None}


def set_beside(answers: Mapping[str, Sequence[Any]], chunk: Chunk, rows: ReadRows) -> Scored:
    """The rows of a chunk with their answers: None in those that have none.

    Args:
        answers: flat columns, one entry for each query.
    """
    places = [place for place, error in enumerate(rows.errors) if error is None]
    columns: dict[str, list[Any]] = {name: [None] * len(rows.errors) for name in PREDICTED}
    for name, values in columns.items():
        for place, value in zip(places, answers.get(name, ()), strict=True):
            values[place] = value
    return Scored(chunk, {ROW: list(chunk.numbers), **columns, NOTES: rows.notes, ERROR: rows.errors})


class QueryFile(NamedTuple):
    """A file of queries that is not read yet.

    Args:
        column: that holds the names, where a person has chosen.
    """

    path: Path
    column: str | None = None


class OpenedQueries(NamedTuple):
    """A table of queries with all of its rows."""

    table: Table
    chunks: list[tuple[Chunk, ReadRows]]


class ScoredTable(NamedTuple):
    """A table with all of its rows scored."""

    table: Table
    scored: list[Scored]


def name_added(columns: Sequence[str], added: Sequence[str] = ADDED) -> dict[str, str]:
    """What each added column is called beside a table's own: `gpu_` stands in front where that name is taken."""
    taken = set(columns)
    names = {}
    for name in added:
        free = name
        while free in taken:
            free = f"gpu_{free}"
        names[name] = free
        taken.add(free)
    return names


def is_text(added: str) -> bool:
    """Whether a column that scoring adds holds text."""
    if added in (ROW, NOTES, ERROR):
        return added != ROW
    return "float" not in str(PredictionColumns.model_fields[added].annotation)
