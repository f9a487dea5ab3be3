"""Rows of a user's file: reads their cells as queries, sets answers beside them, makes cells safe for a spreadsheet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gpu_kedro.contracts.refusals import find_faults
from gpu_kedro.contracts.v1 import GpuQuery, GpuSpecs, PredictionColumns

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
#: More digits than any figure has.
_LONGEST_NUMBER = 400
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "<na>"})
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
#: What a spreadsheet takes for the start of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEXT_FIELDS = frozenset(
    {"name"} | {f"spec_{name}" for name, field in GpuSpecs.model_fields.items() if "str" in str(field.annotation)}
)
_QUERY_FIELDS = frozenset(GpuQuery.model_fields) - {"specs"}
ERROR = "error"
PREDICTED = tuple(name for name in PredictionColumns.model_fields if name not in ("rows", "name"))
#: Columns that scoring adds.
ADDED = (*PREDICTED, ERROR)


def disarm(cell: Any) -> Any:
    """An apostrophe in front of a text that a spreadsheet would run as a formula; numbers stay as they are."""
    if isinstance(cell, str) and cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def find_header_fault(header: Sequence[str]) -> str | None:
    """Why a table with these columns cannot be scored, None when it can."""
    if not any(name == "name" or _is_spec(name) for name in header):
        return "has neither a column `name` nor one `spec_…`"
    if len(set(header)) < len(header):
        return "has two columns of one name"
    taken = [name for name in ADDED if name in header]
    if taken:
        return f"has a column `{taken[0]}` already, which the answer adds: rename or drop it"
    return None


def is_asked(column: str) -> bool:
    """Whether a column of a table says something about its GPUs; the others are the user's own."""
    return column in _QUERY_FIELDS or _is_spec(column)


def read_rows(rows: Iterable[Mapping[str, Any] | None]) -> tuple[list[dict[str, Any]], list[str | None]]:
    """Queries of the rows that can be taken, and for each row why it cannot, None where it can.

    Args:
        rows: cells by column; None is a row of the wrong length.
    """
    queries: list[dict[str, Any]] = []
    errors: list[str | None] = []
    for row in rows:
        try:
            queries.append(read_query(row))
        except ValueError as err:
            errors.append(str(err))
        else:
            errors.append(None)
    return queries, errors


def set_beside(answers: Mapping[str, Sequence[Any]], errors: Sequence[str | None]) -> dict[str, list[Any]]:
    """The columns that scoring adds: answers in the rows without an error, None in the others.

    Args:
        answers: flat columns, one entry for each row without an error.
        errors: one entry a row, as of `read_rows`.
    """
    places = [place for place, error in enumerate(errors) if error is None]
    columns: dict[str, list[Any]] = {name: [None] * len(errors) for name in PREDICTED}
    for name, values in columns.items():
        for place, value in zip(places, answers.get(name, ()), strict=True):
            values[place] = value
    return {**columns, ERROR: list(errors)}


def read_query(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """One row as the run time takes it.

    Raises:
        ValueError: says which cells cannot be taken, and why.
    """
    if row is None:
        raise ValueError("has another number of cells than the header")
    query: dict[str, Any] = {}
    specs: dict[str, Any] = {}
    for column, cell in row.items():
        if column in _QUERY_FIELDS:
            query[column] = _read_cell(column, cell)
        elif _is_spec(column):
            specs[column.removeprefix("spec_")] = _read_cell(column, cell)
    given = {name: value for name, value in specs.items() if value is not None}
    if query.get("name") is None and not given:
        raise ValueError("has neither a name nor a specification")
    if faults := find_faults({**query, "specs": given or None}):
        raise ValueError("; ".join(f"{'_'.join(_column(entry['loc']))}: {entry['msg']}" for entry in faults))
    return {**query, "specs": given or None}


def _column(loc: Sequence[Any]) -> list[str]:
    return ["spec" if part == "specs" else str(part) for part in loc]


def _read_cell(column: str, cell: Any) -> Any:
    if cell is None or cell != cell:
        return None
    if column in _TEXT_FIELDS:
        text = cell if isinstance(cell, str) else str(cell)
        return text.strip(" ") or None
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str):
        text = cell.strip(" ").lower()
        if text in _MISSING:
            return None
        if column == "spec_is_mobile" and text in _FLAGS:
            return _FLAGS[text]
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise ValueError(f"{column}: not a number")
        return float(text)
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError) as err:
        raise ValueError(f"{column}: not a number") from err


def _is_spec(column: str) -> bool:
    """Whether a column holds a field of a specification sheet."""
    return column.startswith("spec_") and column.removeprefix("spec_") in GpuSpecs.model_fields
