"""What is wrong with a query, field by field, in words that repeat nothing of what was sent."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from gpu_kedro.contracts.v1.batches import BatchQuery
from gpu_kedro.contracts.v1.observations import Market, MarketObservation
from gpu_kedro.contracts.v1.queries import CompareQuery, FrontierQuery, GpuQuery, GpuSpecs, SearchQuery, ValueQuery

_MAX_ERRORS = 20
#: Looking for resembling names takes time, which nobody shall take with a body full of unknown ones.
_MAX_READ = 40
_MAX_TEXT = 300
#: Clearer than what Pydantic says, which quotes the pattern.
_MESSAGES = {
    "string_pattern_mismatch": "must hold a visible character and no control characters",
    "model_type": "must be an object",
}
_FIELDS = sorted(
    {
        name
        for model in (
            GpuSpecs,
            BatchQuery,
            GpuQuery,
            CompareQuery,
            SearchQuery,
            FrontierQuery,
            ValueQuery,
            Market,
            MarketObservation,
        )
        for name in model.model_fields
    }
)


def find_faults(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong with a query, as `list_errors` has it; empty when it can be answered."""
    try:
        GpuQuery.model_validate(query)
    except ValidationError as err:
        return list_errors(err.errors(include_input=False, include_url=False))
    return []


def list_errors(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """What is wrong, field by field: at most 20, without the values or unknown names that were sent."""
    listed: list[dict[str, Any]] = []
    for error in errors[:_MAX_READ]:
        loc, message = list(error["loc"]), _MESSAGES.get(error["type"], error["msg"])
        if error["type"] == "extra_forbidden":
            unknown = str(loc.pop())[:64]
            # a field that belongs elsewhere resembles itself
            close = [] if unknown in _FIELDS else difflib.get_close_matches(unknown, _FIELDS, 1, 0.7)
            message = f"unknown field{f'; did you mean `{close[0]}`?' if close else ''}"
        entry = {"loc": loc, "msg": message.removeprefix("Value error, ")[:_MAX_TEXT]}
        if entry not in listed:
            listed.append(entry)
    return listed[:_MAX_ERRORS]
