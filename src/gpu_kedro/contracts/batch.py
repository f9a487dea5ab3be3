"""A request about many GPUs, of which a row that cannot be taken costs that row only."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr, RootModel, ValidationError, model_validator

from gpu_kedro.contracts.refusals import list_errors
from gpu_kedro.contracts.v1.batches import BatchQuery, Columns
from gpu_kedro.contracts.v1.fields import MAX_LISTED_ROWS
from gpu_kedro.contracts.v1.observations import Market
from gpu_kedro.contracts.v1.queries import GpuQuery

_SAYS_NOTHING = "has neither a name nor a specification"
_Listed = Annotated[list[GpuQuery], Field(min_length=1, max_length=MAX_LISTED_ROWS)]


class Batch(RootModel[BatchQuery | _Listed]):  # type: ignore[valid-type]
    """Columns of queries, or a list of up to 1,000; a row that cannot be taken costs that row, unless all are such."""

    _queries: list[dict[str, Any]] = PrivateAttr()
    _errors: list[str | None] = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, asked: Any, _: Callable[[Any], Self]) -> Self:
        if isinstance(asked, list):
            return cls._read_list(asked)
        columns, errors = _read_columns(asked)
        return cls._make(columns, columns.queries(), errors)

    @classmethod
    def _read_list(cls, asked: list[Any]) -> Self:
        if not 0 < len(asked) <= MAX_LISTED_ROWS:
            raise ValueError(f"a list holds 1 to {MAX_LISTED_ROWS:,} GPUs; columns hold more")
        queries: list[GpuQuery] = []
        errors: list[str | None] = []
        for row in asked:
            try:
                queries.append(GpuQuery.model_validate(row))
                errors.append(None)
            except ValidationError as err:
                errors.append(_say_fault(err.errors(include_url=False, include_input=False)))
        if not queries:
            GpuQuery.model_validate(asked[0])
        return cls._make(queries, [query.model_dump() for query in queries], errors)

    @classmethod
    def _make(cls, root: Any, queries: list[dict[str, Any]], errors: list[str | None]) -> Self:
        batch = cls.model_construct(root)
        batch._queries, batch._errors = queries, errors
        return batch

    @property
    def queries(self) -> list[dict[str, Any]]:
        """The rows that can be answered, as the run time takes them."""
        return self._queries

    @property
    def errors(self) -> list[str | None]:
        """For each row why it cannot be taken; None where it can."""
        return self._errors

    @property
    def market(self) -> Market | None:
        """What the columns brought."""
        return self.root.market if isinstance(self.root, Columns) else None


def _read_columns(asked: Any) -> tuple[Columns, list[str | None]]:
    """The rows that can be taken, and for each row that was sent why it cannot be."""
    faults: dict[int, str] = {}
    try:
        columns = BatchQuery.model_validate(asked)
    except ValidationError as err:
        faults = _find_bad_rows(err)
        if not faults or len(faults) >= max(map(len, _lists(asked).values())):
            raise
        columns = BatchQuery.model_validate(_leave_out(asked, faults))
    count = max(map(len, _lists(asked).values()))
    left = [place for place in range(count) if place not in faults]
    silent = {left[place] for place in columns.find_silent()}
    if silent:
        faults |= dict.fromkeys(silent, _SAYS_NOTHING)
        columns = BatchQuery.model_validate(_leave_out(asked, faults))
    return columns, [faults.get(place) for place in range(count)]


def _find_bad_rows(err: ValidationError) -> dict[int, str]:
    """Rows with cells that cannot be taken; none where something else is wrong, too."""
    faults: dict[int, str] = {}
    for each in err.errors(include_url=False, include_context=False, include_input=False):
        match each["loc"]:
            case (str(column), int(row)) if column != "market":
                faults.setdefault(row, _say_fault([each]).replace(f".{row}:", ":", 1))
            case _:
                return {}
    return faults


def _lists(asked: Any) -> dict[str, list[Any]]:
    return {name: cells for name, cells in asked.items() if isinstance(cells, list)}


def _leave_out(asked: Mapping[str, Any], rows: Mapping[int, str]) -> dict[str, Any]:
    kept = {name: [cell for row, cell in enumerate(cells) if row not in rows] for name, cells in _lists(asked).items()}
    return {**asked, **kept}


def _say_fault(errors: list[Any]) -> str:
    (first, *_) = list_errors(errors)
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else str(first["msg"])
