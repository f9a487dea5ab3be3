"""Join a GPU's name to its row of the specification table, with how sure that is.

A dictionary look-up on what the name says (series, model number, suffix, form) decides; fuzzy search only suggests.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from gpu_kedro.domain.names.parser import ParsedName, forget_memory, parse_listed, parse_name
from gpu_kedro.domain.names.pci_ids import name_device
from gpu_kedro.domain.names.vocabulary import MEMORY_TYPES
from gpu_kedro.domain.specs.joins import find_row, is_spelled
from gpu_kedro.domain.specs.kinds import DOUBTFUL_BELOW, KINDS, MatchKind
from gpu_kedro.domain.specs.processors.graphics import derive_values
from gpu_kedro.domain.specs.rows import SpecRow, is_mobile_spec, is_workstation_spec, read_spec_row
from gpu_kedro.domain.specs.spec_match import NO_MATCH, SpecMatch, inherit
from gpu_kedro.domain.specs.spec_table import SpecTable

__all__ = ["KINDS", "MatchKind", "SpecIndex", "SpecMatch", "is_mobile_spec", "is_workstation_spec"]


SUGGESTION_LIMIT = 3
_SUGGESTION_CUTOFF = 72.0
_CACHE_SIZE = 8192  # every name of the table and of the specifications
_SAME_MEMORY = 0.05  # sizes as close as this are one: makers count in 1000 or 1024


class SpecIndex:
    """The specification table, indexed for joins by name; immutable, so threads may share one."""

    def __init__(self, rows: Sequence[SpecRow], device_names: Mapping[str, str] | None = None) -> None:
        self._device_names = device_names or {}
        self._table = SpecTable(rows)
        plainest = (
            min(editions, key=lambda row: (row.oddity, row.spec_name)) for editions in self._table.by_key.values()
        )
        self._suggestions = {row.spec_name: _suggestion_text(row.parsed, row.is_mobile) for row in plainest}
        self._match_cached: Callable[[ParsedName], SpecMatch] = lru_cache(maxsize=_CACHE_SIZE)(self._match)
        self._suggest_cached: Callable[[ParsedName], tuple[str, ...]] = lru_cache(maxsize=_CACHE_SIZE)(self._suggest)
        # names that inherit the same from one row have one match
        self._matches: dict[tuple[Any, ...], SpecMatch] = {}

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], device_names: Mapping[str, str] | None = None) -> "SpecIndex":
        """Index specification rows: dicts with the keys `SPEC_COLUMNS`, missing values None or NaN.

        Args:
            rows: the specification table.
            device_names: PCI id → what the registers call it (`pci_ids`); names are read without them too.
        """
        return cls([read_spec_row(row) for row in rows], device_names)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._table.by_name)

    def match(self, name: str | ParsedName) -> SpecMatch:
        """Find the row of a GPU's name; any string gives an answer, `kind` "none" when there is no row."""
        return self._match_cached(name if isinstance(name, ParsedName) else parse_name(name))

    def consult_device(self, parsed: ParsedName) -> ParsedName:
        """The name as its PCI id says it, where the id is known and the name says less or another form.

        A driver may call a laptop's card as the desktop's, or "AMD Radeon Graphics" whatever it is.
        """
        named = name_device(parsed.device, self._device_names)
        if named is None:
            return parsed
        own, other = self.match(self.simplify(parsed)), self.match(self.simplify(named))
        is_same_number = parsed.number is not None and parsed.number == named.number
        is_other_form = is_same_number and parsed.is_mobile != named.is_mobile and not named.components
        if other.spec_name is None or not (other.confidence > own.confidence or is_other_form):
            return parsed
        return named._replace(
            canonical=parsed.canonical, listing_of=named.listing_of or named.canonical, device=parsed.device
        )

    def simplify(self, parsed: ParsedName) -> ParsedName:
        """The same GPU by the plainest name that joins the same row.

        A shop's words are dropped, and memory that makes no other GPU: "ASUS Dual GeForce RTX 3060 OC 12GB" and
        "GeForce RTX 3060" are one GPU, "GeForce RTX 3060 8GB" is another.
        """
        if parsed.listing_of is not None and not is_spelled(parsed.canonical):
            parsed = parse_listed(parsed.listing_of)
        types = MEMORY_TYPES.intersection(parsed.qualifiers)
        if parsed.kind == "discrete" and (types or parsed.memory_gb is not None):
            match = self.match(parsed)
            for plain in (forget_memory(parsed), forget_memory(parsed, keeps_type=True)):
                found = self.match(plain)
                is_same_row = found.is_strict and found.spec_name == match.spec_name
                if is_same_row if match.is_strict else _has_memory(found, parsed.memory_gb, types):
                    return plain
        return parsed

    def rename(self, plain: ParsedName, match: SpecMatch) -> ParsedName:
        """The name by which the row itself goes, where a name calls it by another line's word ("GTX 3060")."""
        row = self._table.by_name[str(match.spec_name)]
        return parse_listed(row.parsed.canonical)._replace(memory_gb=plain.memory_gb)

    def suggest(self, parsed: ParsedName, match: SpecMatch) -> tuple[str, ...]:
        """Name up to three near rows when there is no join or a doubtful one, best first; nothing otherwise.

        Apart from the join because it compares with every row, which those who ask for thousands of GPUs do not need.
        """
        is_sure = match.confidence >= DOUBTFUL_BELOW
        return () if is_sure or parsed.kind == "virtual" else self._suggest_cached(parsed)

    def _match(self, parsed: ParsedName) -> SpecMatch:
        row, kind = find_row(self._table, parsed)
        if row is None:
            return NO_MATCH
        derived = derive_values(parsed) if kind in ("apu_compute_units", "a_series_apu") else {}
        key = (row.spec_name, kind, *derived.items())
        match = self._matches.get(key)
        if match is None:
            match = self._matches[key] = inherit(row, kind, derived)
        return match

    def _suggest(self, parsed: ParsedName) -> tuple[str, ...]:
        text = _suggestion_text(parsed, parsed.is_mobile)
        near = process.extract(
            text, self._suggestions, scorer=fuzz.ratio, limit=SUGGESTION_LIMIT, score_cutoff=_SUGGESTION_CUTOFF
        )
        return tuple(str(spec_name) for _, _, spec_name in near)


def _has_memory(match: SpecMatch, memory_gb: float | None, types: Set[str]) -> bool:
    """Whether the very row of a name, or that of the same chip under another name, has memory of this size and type."""
    size, of_type = match.specs.get("memory_size_gb"), str(match.specs.get("memory_type", "")).lower()
    is_size = memory_gb is None or (size is not None and abs(size - memory_gb) <= _SAME_MEMORY * memory_gb)
    return (match.is_strict or match.kind == "rebrand") and is_size and types <= {of_type}


def _suggestion_text(parsed: ParsedName, is_mobile: bool) -> str:
    if parsed.series is None or parsed.model_token is None:
        return parsed.canonical
    memory = f"{parsed.memory_gb:g}gb" if parsed.memory_gb else ""
    parts = (
        parsed.series,
        parsed.model_token,
        parsed.suffix,
        "mobile" if is_mobile else "",
        memory,
        *parsed.qualifiers,
    )
    return " ".join(part for part in parts if part)
