"""Scores rows of a table: predictions beside each row, and the reason where one cannot be scored.

PyArrow is imported for Arrow's batches only.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from gpu_kedro.serving.contracts import PredictionColumns
from gpu_kedro.serving.rows import QUERY_FIELDS, is_spec, read_query
from gpu_kedro.serving.runtime import Runtime

if TYPE_CHECKING:
    import pyarrow as pa

ERROR = "error"
_PREDICTED = tuple(name for name in PredictionColumns.model_fields if name not in ("rows", "name"))
#: Columns that scoring adds.
ADDED = (*_PREDICTED, ERROR)


def find_header_fault(header: Sequence[str]) -> str | None:
    """Why a table with these columns cannot be scored, None when it can."""
    if not any(name == "name" or is_spec(name) for name in header):
        return "has neither a column `name` nor one `spec_…`"
    if len(set(header)) < len(header):
        return "has two columns of one name"
    taken = [name for name in ADDED if name in header]
    if taken:
        return f"has a column `{taken[0]}` already, which the answer adds: rename or drop it"
    return None


def score_rows(rows: Sequence[Mapping[str, Any] | None], runtime: Runtime) -> dict[str, list[Any]]:
    """Columns of predictions and of errors.

    Args:
        rows: cells by column; None is a row of the wrong length.
        runtime: answers.
    """
    queries: list[dict[str, Any]] = []
    places: list[int] = []
    errors: list[str | None] = []
    for place, row in enumerate(rows):
        try:
            queries.append(read_query(row))
        except ValueError as err:
            errors.append(str(err))
        else:
            places.append(place)
            errors.append(None)
    answers = runtime.predict_columns(queries) if queries else {}
    columns: dict[str, list[Any]] = {name: [None] * len(rows) for name in _PREDICTED}
    for name, values in columns.items():
        for place, value in zip(places, answers.get(name, ()), strict=True):
            values[place] = value
    return {**columns, ERROR: errors}


def score_batch(batch: "pa.RecordBatch", runtime: Runtime) -> "pa.RecordBatch":
    """The batch as it came, with the columns of predictions and of errors behind its own."""
    import pyarrow as pa

    asked = [name for name in batch.schema.names if name in QUERY_FIELDS or is_spec(name)]
    columns = [batch.column(name).to_pylist() for name in asked]
    cells = score_rows([dict(zip(asked, row, strict=True)) for row in zip(*columns, strict=True)], runtime)
    arrays = [pa.array(cells[field.name], field.type) for field in added_fields()]
    return pa.RecordBatch.from_arrays([*batch.columns, *arrays], schema=extend_schema(batch.schema))


def extend_schema(schema: "pa.Schema") -> "pa.Schema":
    """A table's columns with those of scoring behind them."""
    import pyarrow as pa

    return pa.schema([*schema, *added_fields()], metadata=schema.metadata)


@cache
def added_fields() -> "tuple[pa.Field, ...]":
    """Names and types of the columns that scoring adds."""
    import pyarrow as pa

    return tuple(pa.field(name, pa.string() if is_text(name) else pa.float64()) for name in ADDED)


def is_text(added: str) -> bool:
    """Whether a column that scoring adds holds text."""
    return added == ERROR or "float" not in str(PredictionColumns.model_fields[added].annotation)
