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
from gpu_kedro.domain.specs.processors.graphics import find_class, find_processor_graphics
from gpu_kedro.domain.specs.rows import SpecRow, choose_edition, is_other_edition
from gpu_kedro.domain.specs.spec_table import SpecTable, key_of

Found = tuple[SpecRow, str] | None
_Rule = Callable[[SpecTable, ParsedName], Found]

_SPELLINGS = ((ALIASES, "alias"), (REBRANDS, "rebrand"))  # whole names whose row is known


def is_spelled(canonical: str) -> bool:
    """Whether the row of this very spelling is known by hand."""
    return any(canonical in table for table, _ in _SPELLINGS)


def find_row(table: SpecTable, parsed: ParsedName) -> tuple[SpecRow | None, str]:
    """The row of a name and the kind of join; no row and "none" where nothing fits."""
    rules = _LISTED if parsed.listing_of is not None else _RULES_BY_KIND.get(parsed.kind, _RULES)
    for rule in rules:
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
    row, kind = find_row(table, parse_listed(str(parsed.listing_of)))
    return (row, "close" if kind == "direct" else kind) if row is not None else None


def _find_sliced_card(table: SpecTable, parsed: ParsedName) -> Found:
    row = table.by_canonical.get(parsed.canonical)
    if row is not None:
        return row, "direct"
    base = parsed.components[0]
    card = table.by_name.get(VIRTUAL_GPU_CARDS.get(base, "")) or find_row(table, parse_name(base))[0]
    return (card, "vgpu") if card else None


def _find_first_component(table: SpecTable, parsed: ParsedName) -> Found:
    """Of several GPUs the first that is certain, of two that work together the first; else the first that is known."""
    parts = [find_row(table, parse_name(component)) for component in parsed.components]
    if parsed.kind == "dual" and parts[0][0] is not None:
        return parts[0][0], "dual"
    known = [(row, kind) for row, kind in parts if row is not None]
    strict = next((row for row, kind in known if KINDS[kind].is_strict), None)
    if strict is not None:
        return strict, parsed.kind
    return known[0] if known and parsed.kind == "combined" else (known[0][0], "dual") if known else None


def _find_processor(table: SpecTable, parsed: ParsedName) -> Found:
    if parsed.cpu_model is None:
        return None
    row = table.by_canonical.get(parsed.canonical)
    return (row, "direct") if row is not None else find_processor_graphics(table, parsed)


def _find_by_key(table: SpecTable, parsed: ParsedName) -> Found:
    if parsed.series is None or parsed.model_token is None:
        return None
    rows = table.by_key.get(key_of(parsed, parsed.is_mobile))
    if rows:
        return _judge(parsed, choose_edition(parsed, rows), is_respelled=False)
    model = _model_in_laptops(parsed) if parsed.is_mobile else None
    rows = table.by_key.get((parsed.series, model, parsed.suffix, 1))
    if model is None or not rows:
        return None
    row = choose_edition(parsed, rows)
    return (row, "loose") if parsed.is_max_q else _judge(parsed, row, is_respelled=True)


def _model_in_laptops(parsed: ParsedName) -> str | None:
    """How else the number of the same laptop card is written: without the M, or with it."""
    if parsed.is_max_q or (parsed.model != parsed.model_token and parsed.vendor == "nvidia"):
        return parsed.model  # "RTX 3060M" is sellers' shorthand; some Max-Qs have no row of their own
    # "GTX 960" of a laptop is the GTX 960M
    return f"{parsed.model}m" if parsed.model == parsed.model_token else None


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
    _find_processor,
    _find_by_key,
    _find_by_text,
    _as("a_series_apu", find_class),
    _as("chipset", find_chipset),
    find_by_number,
    _as("loose", find_other_suffix),
    _as("family", find_family),
    _as("rebrand", find_device),
    _as("intel_generic", find_intel_generic),
    _as("code_name", find_by_chip),
)
_LISTED: tuple[_Rule, ...] = (_find_spelled, _find_listed)
_SEVERAL: tuple[_Rule, ...] = (_find_spelled, _find_first_component)
_RULES_BY_KIND: dict[str, tuple[_Rule, ...]] = {
    "virtual": (),
    "vgpu": (_find_spelled, _find_sliced_card),
    "dual": _SEVERAL,
    "combined": _SEVERAL,
}
