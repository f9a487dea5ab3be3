"""Rows of a user's file: reads their cells as queries, and makes cells safe for a spreadsheet."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from gpu_kedro.serving.contracts import GpuQuery, GpuSpecs
from gpu_kedro.serving.refusals import list_errors

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
QUERY_FIELDS = frozenset(GpuQuery.model_fields) - {"specs"}


def disarm(cell: Any) -> Any:
    """An apostrophe in front of a text that a spreadsheet would run as a formula; numbers stay as they are."""
    if isinstance(cell, str) and cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


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
        if column in QUERY_FIELDS:
            query[column] = _read_cell(column, cell)
        elif is_spec(column):
            specs[column.removeprefix("spec_")] = _read_cell(column, cell)
    given = {name: value for name, value in specs.items() if value is not None}
    if query.get("name") is None and not given:
        raise ValueError("has neither a name nor a specification")
    try:
        GpuQuery.model_validate({**query, "specs": given or None})
    except ValidationError as err:
        told = list_errors(err.errors(include_input=False, include_url=False))
        raise ValueError("; ".join(f"{'_'.join(_column(entry['loc']))}: {entry['msg']}" for entry in told)) from err
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


def is_spec(column: str) -> bool:
    """Whether a column holds a field of a specification sheet."""
    return column.startswith("spec_") and column.removeprefix("spec_") in GpuSpecs.model_fields
