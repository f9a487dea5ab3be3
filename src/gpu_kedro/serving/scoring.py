"""Scores rows of a table: predictions beside each row, and the reason where one cannot be scored.

PyArrow is imported for Arrow's batches only.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from gpu_kedro.contracts.rows import ADDED, ERROR, is_asked, read_rows, set_beside
from gpu_kedro.contracts.v1 import PredictionColumns
from gpu_kedro.serving.runtime import Runtime

if TYPE_CHECKING:
    import pyarrow as pa


def score_rows(rows: Sequence[Mapping[str, Any] | None], runtime: Runtime) -> dict[str, list[Any]]:
    """Columns of predictions and of errors.

    Args:
        rows: cells by column; None is a row of the wrong length.
        runtime: answers.
    """
    queries, errors = read_rows(rows)
    return set_beside(runtime.predict_columns(queries) if queries else {}, errors)


def score_batch(batch: "pa.RecordBatch", runtime: Runtime) -> "pa.RecordBatch":
    """The batch as it came, with the columns of predictions and of errors behind its own."""
    import pyarrow as pa

    asked = [name for name in batch.schema.names if is_asked(name)]
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
