"""Requests about many GPUs at once: a column for every field of a query."""

from typing import Annotated, Any, Self

from pydantic import Field, create_model, model_validator

from gpu_kedro.contracts.v1.fields import MAX_BATCH_ROWS, Request, optional
from gpu_kedro.contracts.v1.observations import Market
from gpu_kedro.contracts.v1.queries import GpuQuery, GpuSpecs


def _column_fields() -> dict[str, Any]:
    """A list for every field of a query; the fields of its sheet as `spec_<field>`."""
    fields: dict[str, Any] = {}
    for prefix, model in (("", GpuQuery), ("spec_", GpuSpecs)):
        for name, field in model.model_fields.items():
            if name == "specs":
                continue
            about = f"{field.description}; one entry a row, null where not known"
            rows = Annotated[list[field.annotation], Field(max_length=MAX_BATCH_ROWS)]  # type: ignore[name-defined]
            fields[prefix + name] = (rows | None, optional(about, list(field.examples or [])))
    return fields


class Columns(Request):
    """Columns of queries, all of one length up to 10,000 rows; a row needs a name or a specification."""

    market: Market | None = optional(
        "prices that somebody saw: prices are then of that market, not of 2022", {"as_of": "2026-03"}
    )

    @model_validator(mode="after")
    def _is_a_table(self) -> Self:
        columns = {name: values for name, values in self if values is not None and name != "market"}
        lengths = {len(values) for values in columns.values()}
        if not columns:
            raise ValueError("give at least the column `name` or one column `spec_…`")
        if len(lengths) > 1:
            raise ValueError("every column must have the same number of rows")
        (rows,) = lengths
        if rows == 0:
            raise ValueError("there are no rows")
        if len(self.find_silent()) == rows:
            raise ValueError("no row has a name or a specification")
        return self

    def find_silent(self) -> set[int]:
        """Rows, counted from 0, with neither a name nor a specification."""
        columns = {name: values for name, values in self if values is not None and name != "market"}
        telling = [values for name, values in columns.items() if name == "name" or name.startswith("spec_")]
        if not telling:
            return set(range(len(next(iter(columns.values())))))
        return {place for place, cells in enumerate(zip(*telling, strict=True)) if all(one is None for one in cells)}

    def queries(self) -> list[dict[str, Any]]:
        """One query a row, as the run time takes them."""
        columns = {name: values for name, values in self if values is not None and name != "market"}
        plain = {name: values for name, values in columns.items() if not name.startswith("spec_")}
        sheets = {name.removeprefix("spec_"): values for name, values in columns.items() if name.startswith("spec_")}
        queries = [dict(zip(plain, cells, strict=True)) for cells in zip(*plain.values(), strict=True)]
        if not sheets:
            return queries
        specs = [
            {name: cell for name, cell in zip(sheets, cells, strict=True) if cell is not None}
            for cells in zip(*sheets.values(), strict=True)
        ]
        if not plain:
            return [{"specs": sheet} for sheet in specs]
        return [{**query, "specs": sheet or None} for query, sheet in zip(queries, specs, strict=True)]


BatchQuery: type[Columns] = create_model("BatchQuery", __base__=Columns, __doc__=Columns.__doc__, **_column_fields())
