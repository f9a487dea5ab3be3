"""A specification row as the join sees it: its name parsed, its form, and which edition of a model it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gpu_kedro.domain.names.parser import ParsedName, canonicalise, parse_listed
from gpu_kedro.domain.names.vocabulary import MEMORY_TYPES

_MOBILE_GENERATION = re.compile(
    r"Mobile|Mobility|-M[(W]|-M$|-WM\(|\bM\d+x\(|Gem System|London|Vancouver|Manhattan|Solar System|Go\b|-T\(|-MW"
)
# Which memory size a bare name means, where rows differ by it: the one sold most.
_USUAL_MEMORY_GB: dict[tuple[str, str], float] = {
    ("geforce gtx", "1060"): 6,
    ("geforce rtx", "3050"): 8,
    ("geforce rtx", "3060"): 12,
    ("geforce rtx", "4060"): 8,
    ("geforce rtx", "5060"): 16,
    ("radeon rx", "9060"): 16,
    ("radeon rx", "6750"): 12,
    ("tesla", "h100"): 80,
}
_SAME_MEMORY = 0.05  # sizes as close as this are one: makers count in 1000 or 1024
# Words that an edition may have or lack and still be the same card.
_PLAIN_EDITIONS = frozenset({"igp", "oem", "ddr", "pcie", "pci", "agp", "edition", "nforce"})
_ANY_SXM = frozenset({"sxm"})  # whichever generation of it the card has
_UNUSUAL_EDITION: dict[str, int] = {"rebrand": 4, "mac": 4, "fake": 9, "engineering": 9, "rev": 2, "oem": 1, "es": 9}


@dataclass(frozen=True, slots=True)
class SpecRow:
    """One row of the table; `oddity` counts what makes it an unusual edition of its model."""

    spec_name: str
    parsed: ParsedName
    is_mobile: bool
    is_workstation: bool
    values: Mapping[str, Any]
    oddity: int


def is_mobile_spec(row: Mapping[str, Any]) -> bool:
    """Tell whether a specification row is a notebook part, from its name and generation."""
    generation = row.get("generation")
    if "Embedded" in row["spec_name"]:
        return False
    if isinstance(generation, str) and _MOBILE_GENERATION.search(generation):
        return True
    return _parse_row_name(row).is_mobile


def is_workstation_spec(row: Mapping[str, Any]) -> bool:
    """Tell whether a specification row is a professional or data-centre part, from its name."""
    return _parse_row_name(row).is_workstation


def read_spec_row(row: Mapping[str, Any]) -> SpecRow:
    """Prepare a specification row; its missing values (None or NaN) are left out of `values`."""
    parsed = _parse_row_name(row)
    values = {
        field: value for field, value in row.items() if field != "spec_name" and value is not None and value == value
    }
    words = (*parsed.qualifiers, *parsed.leftovers)
    return SpecRow(
        spec_name=str(row["spec_name"]),
        parsed=parsed,
        is_mobile=is_mobile_spec(row),
        is_workstation=parsed.is_workstation,
        values=values,
        oddity=len(words) + sum(_UNUSUAL_EDITION.get(word, 0) for word in words),
    )


def choose_edition(parsed: ParsedName, candidates: Sequence[SpecRow]) -> SpecRow:
    """Choose among rows of one model: same text, no edition that was not asked for, memory as stated, the plainest.

    A stated size that no row has is not the card's (a laptop's title tells the computer's memory too).
    """
    if len(candidates) == 1:
        return candidates[0]
    wanted = {*parsed.qualifiers, *parsed.leftovers}
    stated = {word for word in wanted if word in MEMORY_TYPES}
    usual = _USUAL_MEMORY_GB.get((candidates[0].parsed.series or "", parsed.model or ""))
    memory_gb = parsed.memory_gb
    if memory_gb is None or not any(_has_size(row, memory_gb) for row in candidates):
        memory_gb = usual
    is_built_in = parsed.kind in ("apu", "integrated")

    def rank(row: SpecRow) -> tuple[bool, bool, bool, bool, bool, int, int, str]:
        known = {*row.parsed.qualifiers, *row.parsed.leftovers}
        if any(word.startswith("sxm") for word in known):
            known |= {"sxm"}
        has_type = str(row.values.get("memory_type", "")).lower() in stated
        return (
            is_built_in and "igp" not in row.parsed.qualifiers,
            row.parsed.canonical != parsed.canonical,
            any(word in _UNUSUAL_EDITION or word.endswith("sp") for word in known - wanted),
            memory_gb is not None and not _has_size(row, memory_gb),
            bool(stated) and not has_type,
            len(wanted - known - (stated if has_type else set())),
            row.oddity + bool(row.parsed.memory_gb),
            row.spec_name,
        )

    return min(candidates, key=rank)


def _has_size(row: SpecRow, memory_gb: float) -> bool:
    """Whether the row has this memory; one whose memory is not known may have it."""
    size = row.parsed.memory_gb or row.values.get("memory_size_gb")
    return size is None or bool(abs(size - memory_gb) <= _SAME_MEMORY * memory_gb)


def is_other_edition(parsed: ParsedName, of_row: ParsedName) -> bool:
    """Tell whether name and row each state an edition the other lacks, or the name a number the row lacks."""
    stated = set(parsed.qualifiers) - set(of_row.qualifiers) - _PLAIN_EDITIONS - _ANY_SXM
    expected = set(of_row.qualifiers) - set(parsed.qualifiers) - _PLAIN_EDITIONS
    return bool(stated and expected) or any(word.isdecimal() for word in stated)


def _parse_row_name(row: Mapping[str, Any]) -> ParsedName:
    maker = row.get("manufacturer")
    prefix = f"{maker} " if maker in ("Intel", "Matrox") else ""
    return parse_listed(canonicalise(f"{prefix}{row['spec_name']}"))
