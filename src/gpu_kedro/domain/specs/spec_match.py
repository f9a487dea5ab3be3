"""The row that a name joins, and what it hands down."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gpu_kedro.domain.specs.kinds import KINDS
from gpu_kedro.domain.specs.rows import SpecRow
from gpu_kedro.domain.specs.sheets import COLUMN_BY_FIELD


@dataclass(frozen=True, slots=True)
class SpecMatch:
    """The row a name joins, and what it inherits from it.

    Args:
        spec_name: the row, None without a join.
        kind: one of `KINDS`.
        confidence: in [0, 1], of the kind.
        is_strict: the very same model: number, suffix, form and line agree.
        specs: inherited values by specification field; a missing one is absent.
        field_sources: for each of `specs`, `spec` (from the row) or `derived` (worked out from the processor).
        columns: the same values by column of a GPU's row (`spec_…`), None where missing; a plain dictionary, which
            copies faster than a read-only one, and not to be changed.
    """

    spec_name: str | None
    kind: str
    confidence: float
    is_strict: bool
    specs: Mapping[str, Any]
    field_sources: Mapping[str, str]
    columns: Mapping[str, Any]


def inherit(row: SpecRow, kind: str, derived: Mapping[str, Any]) -> SpecMatch:
    """What a name inherits from its row by a join of this kind; `derived` values win."""
    rung = KINDS[kind]
    inherited = {field: value for field, value in row.values.items() if field not in rung.withheld}
    sources = {**dict.fromkeys(inherited, "spec"), **dict.fromkeys(derived, "derived")}
    specs = {**inherited, **derived}
    return SpecMatch(
        spec_name=row.spec_name,
        kind=kind,
        confidence=rung.confidence,
        is_strict=rung.is_strict,
        specs=MappingProxyType(specs),
        field_sources=MappingProxyType(sources),
        columns={column: specs.get(field) for field, column in COLUMN_BY_FIELD.items()},
    )


NO_MATCH = SpecMatch(
    spec_name=None,
    kind="none",
    confidence=KINDS["none"].confidence,
    is_strict=False,
    specs=MappingProxyType({}),
    field_sources=MappingProxyType({}),
    columns=dict.fromkeys(COLUMN_BY_FIELD.values()),
)
