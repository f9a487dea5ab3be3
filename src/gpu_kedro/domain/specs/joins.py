"""The ladder of joins between a name and the specification table, as rules in the order of their trust.

A rule looks for a row by one kind of evidence; the first that finds one decides.
"""

from collections.abc import Callable

from gpu_kedro.domain.names.parser import ParsedName, complete_name, parse_listed, parse_name
from gpu_kedro.domain.specs.kinds import KINDS
from gpu_kedro.domain.specs.lineage import ALIASES, REBRANDS, VIRTUAL_GPU_CARDS
from gpu_kedro.domain.specs.nearest import (
    find_by_chip,
    find_by_number,
    find_chipset,
    find_device,
    find_family,
    find_intel_generic,
    find_other_suffix,
)
from gpu_kedro.domain.specs.processors import find_class, find_processor_graphics
from gpu_kedro.domain.specs.rows import SpecRow, choose_edition, is_other_edition
from gpu_kedro.domain.specs.spec_table import Key, SpecTable, key_of

Found = tuple[SpecRow, str] | None
_Rule = Callable[[SpecTable, ParsedName], Found]

_SPELLINGS = ((ALIASES, "alias"), (REBRANDS, "rebrand"))  # whole names whose row is known


def is_spelled(canonical: str) -> bool:
    """Whether the row of this very spelling is known by hand."""
    return any(canonical in table for table, _ in _SPELLINGS)


def find_row(table: SpecTable, parsed: ParsedName) -> tuple[SpecRow | None, str]:
    """The row of a name and the kind of join; no row and "none" where nothing fits."""
    for rule in _RULES_BY_KIND.get(parsed.kind, _RULES):
        found = rule(table, parsed)
        if found is not None:
            return found
    return None, "none"


def _find_spelled(table: SpecTable, parsed: ParsedName) -> Found:
    for text in (parsed.canonical, complete_name(parsed.canonical, parsed.series, parsed.kind)):
        for names, kind in _SPELLINGS:
            row = table.by_name.get(names.get(text, ""))
            if row is not None:
                is_same_model = row.parsed.number == parsed.number and row.is_mobile == parsed.is_mobile
                return row, kind if is_same_model else "rebrand"
    return None


def _find_listed(table: SpecTable, parsed: ParsedName) -> Found:
    """The row of the GPU that a longer text names."""
    if parsed.listing_of is None:
        return None
    row, kind = find_row(table, parse_listed(parsed.listing_of))
    return (row, "close" if kind == "direct" else kind) if row is not None else None


def _find_sliced_card(table: SpecTable, parsed: ParsedName) -> Found:
    row = table.by_canonical.get(parsed.canonical)
    if row is not None:
        return row, "direct"
    card = table.by_name.get(VIRTUAL_GPU_CARDS.get(parsed.components[0], ""))
    return (card, "vgpu") if card else None


def _find_first_component(table: SpecTable, parsed: ParsedName) -> Found:
    parts = [find_row(table, parse_name(component)) for component in parsed.components]
    strict = next((row for row, kind in parts if row is not None and KINDS[kind].is_strict), None)
    first = parts[0][0] if parsed.kind == "dual" else None
    row = first or strict or next((row for row, _ in parts if row is not None), None)
    return (row, parsed.kind) if row is not None else None


def _find_processor(table: SpecTable, parsed: ParsedName) -> Found:
    if parsed.cpu_model is None:
        return None
    row = table.by_canonical.get(parsed.canonical)
    return (row, "direct") if row is not None else find_processor_graphics(table, parsed)


def _find_by_key(table: SpecTable, parsed: ParsedName) -> Found:
    if parsed.series is None or parsed.model_token is None:
        return None
    for place, key in enumerate(_keys_of(parsed)):
        rows = table.by_key.get(key)
        if rows:
            row = choose_edition(parsed, rows)
            is_other_form = parsed.is_max_q and not row.parsed.is_max_q
            return (row, "loose") if is_other_form else _judge(parsed, row, is_respelled=place > 0)
    return None


def _keys_of(parsed: ParsedName) -> list[Key]:
    """The name's own key; behind it those under which its maker sold the same card to laptops."""
    series, token, model, suffix = parsed.series, parsed.model_token, parsed.model, parsed.suffix
    keys: list[Key] = [key_of(parsed, parsed.is_mobile)]
    if parsed.is_mobile and model != token and parsed.vendor == "nvidia":
        keys.append((series, model, suffix, 1))  # "RTX 3060M": sellers' shorthand for the laptop GPU
    elif parsed.is_mobile and model == token and str(token).isdecimal():
        keys.append((series, f"{token}m", suffix, 1))  # "GTX 960" of a laptop is the GTX 960M
    if parsed.is_max_q:
        keys.append((series, model, suffix, 1))  # a Max-Q that has no row of its own
    return keys


def _judge(parsed: ParsedName, row: SpecRow, *, is_respelled: bool) -> Found:
    """How far the row of the name's own number and suffix is the very product."""
    if row.is_workstation != parsed.is_workstation or (
        "igp" in parsed.qualifiers and "igp" not in row.parsed.qualifiers
    ):
        return None
    if is_other_edition(parsed, row.parsed):
        return row, "loose"
    is_exact = not parsed.leftovers and not is_respelled and not parsed.is_family
    return row, "direct" if is_exact and set(parsed.qualifiers) <= {*row.parsed.qualifiers, "igp"} else "close"


def _find_by_text(table: SpecTable, parsed: ParsedName) -> Found:
    row = table.by_canonical.get(parsed.canonical)
    return (row, "direct") if row is not None else None


def _as(kind: str, find: Callable[[SpecTable, ParsedName], SpecRow | None]) -> _Rule:
    """A rule of a finder whose joins are all of one kind."""

    def find_kind(table: SpecTable, parsed: ParsedName) -> Found:
        row = find(table, parsed)
        return (row, kind) if row is not None else None

    return find_kind


_RULES: tuple[_Rule, ...] = (
    _find_spelled,
    _find_listed,
    _find_processor,
    _find_by_key,
    _find_by_text,
    _as("a_series_apu", find_class),
    _as("chipset", find_chipset),
    _as("loose", find_other_suffix),
    find_by_number,
    _as("family", find_family),
    _as("rebrand", find_device),
    _as("intel_generic", find_intel_generic),
    _as("code_name", find_by_chip),
)
_SEVERAL: tuple[_Rule, ...] = (_find_spelled, _find_listed, _find_first_component)
_RULES_BY_KIND: dict[str, tuple[_Rule, ...]] = {
    "virtual": (),
    "vgpu": (_find_spelled, _find_sliced_card),
    "dual": _SEVERAL,
    "combined": _SEVERAL,
}
