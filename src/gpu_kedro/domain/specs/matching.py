"""Join a GPU's name to its row of the specification table, with how sure that is.

A dictionary look-up on what the name says (series, model number, suffix, form) decides; fuzzy search only suggests.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from rapidfuzz import fuzz, process

from gpu_kedro.domain.names.parser import ParsedName, canonicalise, complete_name, forget_memory, parse_name
from gpu_kedro.domain.names.vocabulary import MEMORY_TYPES
from gpu_kedro.domain.specs.kinds import KINDS, MatchKind
from gpu_kedro.domain.specs.lineage import (
    A_SERIES,
    A_SERIES_ROWS,
    ALIASES,
    CHIPSETS,
    INTEL_GENERICS,
    REBRANDS,
    RYZEN_EDITIONS,
    RYZEN_NAMED_GRAPHICS,
    RYZEN_VEGA,
    SHADING_UNITS_PER_COMPUTE_UNIT,
    TMUS_PER_COMPUTE_UNIT,
    VIRTUAL_GPU_CARDS,
    ProcessorGraphics,
)
from gpu_kedro.domain.specs.rows import (
    SpecRow,
    choose_edition,
    is_mobile_spec,
    is_other_edition,
    is_workstation_spec,
    read_spec_row,
)
from gpu_kedro.domain.specs.sheets import COLUMN_BY_FIELD

__all__ = ["KINDS", "MatchKind", "SpecIndex", "SpecMatch", "is_mobile_spec", "is_workstation_spec"]


SUGGEST_BELOW = 0.55  # confidence under which near names are offered
SUGGESTION_LIMIT = 3
_SUGGESTION_CUTOFF = 72.0
_CACHE_SIZE = 8192  # every name of the table and of the specifications
_SAME_MEMORY = 0.05  # sizes as close as this are one: makers count in 1000 or 1024
_SPELLINGS = ((ALIASES, "alias"), (REBRANDS, "rebrand"))  # whole names whose row is known
_FIRST_RENOIR_YEAR = 2020  # from then on the graphics carry no Vega number


_Key = tuple[str | None, str | None, str | None, int]


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


class SpecIndex:
    """The specification table, indexed for joins by name; immutable, so threads may share one."""

    def __init__(self, rows: Sequence[SpecRow]) -> None:
        self._rows = {row.spec_name: row for row in rows}
        self._by_key: dict[_Key, list[SpecRow]] = defaultdict(list)
        self._by_canonical: dict[str, SpecRow] = {}
        self._by_line: dict[tuple[str, bool], list[SpecRow]] = defaultdict(list)
        for row in rows:
            self._by_canonical.setdefault(row.parsed.canonical, row)
            self._by_canonical.setdefault(canonicalise(row.spec_name), row)
            if row.parsed.kind == "vgpu":
                continue
            self._by_key[_key_of(row.parsed, row.is_mobile)].append(row)
            if row.parsed.series:
                self._by_line[row.parsed.series, row.is_mobile].append(row)
        plainest = (min(editions, key=lambda row: (row.oddity, row.spec_name)) for editions in self._by_key.values())
        self._suggestions = {row.spec_name: _suggestion_text(row.parsed, row.is_mobile) for row in plainest}
        self._match_cached: Callable[[ParsedName], SpecMatch] = lru_cache(maxsize=_CACHE_SIZE)(self._match)
        self._suggest_cached: Callable[[ParsedName], tuple[str, ...]] = lru_cache(maxsize=_CACHE_SIZE)(self._suggest)
        # names that inherit the same from one row have one match
        self._matches: dict[tuple[Any, ...], SpecMatch] = {}

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> "SpecIndex":
        """Index specification rows: dicts with the keys `SPEC_COLUMNS`, missing values None or NaN."""
        return cls([read_spec_row(row) for row in rows])

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    def match(self, name: str | ParsedName) -> SpecMatch:
        """Find the row of a GPU's name; any string gives an answer, `kind` "none" when there is no row."""
        return self._match_cached(name if isinstance(name, ParsedName) else parse_name(name))

    def simplify(self, parsed: ParsedName) -> ParsedName:
        """The same GPU by the plainest name that joins the same row.

        A shop's words are dropped, and memory that makes no other GPU: "ASUS Dual GeForce RTX 3060 OC 12GB" and
        "GeForce RTX 3060" are one GPU, "GeForce RTX 3060 8GB" is another.
        """
        if parsed.listing_of is not None and not any(parsed.canonical in table for table, _ in _SPELLINGS):
            parsed = parse_name(parsed.listing_of)
        types = MEMORY_TYPES.intersection(parsed.qualifiers)
        if parsed.kind == "discrete" and (types or parsed.memory_gb is not None):
            plain = forget_memory(parsed)
            match, found = self.match(parsed), self.match(plain)
            is_same_row = found.is_strict and found.spec_name == match.spec_name
            if is_same_row if match.is_strict else _has_memory(found, parsed.memory_gb, types):
                return plain
        return parsed

    def suggest(self, parsed: ParsedName, match: SpecMatch) -> tuple[str, ...]:
        """Name up to three near rows when there is no join or a doubtful one, best first; nothing otherwise.

        Apart from the join because it compares with every row, which those who ask for thousands of GPUs do not need.
        """
        is_sure = match.confidence >= SUGGEST_BELOW
        return () if is_sure or parsed.kind == "virtual" else self._suggest_cached(parsed)

    def _match(self, parsed: ParsedName) -> SpecMatch:
        row, kind = (None, "none") if parsed.kind == "virtual" else self._find(parsed)
        if row is None:
            return _NO_MATCH
        derived = _derive_processor_values(parsed) if kind in ("apu_compute_units", "a_series_apu") else {}
        key = (row.spec_name, kind, *derived.items())
        match = self._matches.get(key)
        if match is None:
            match = self._matches[key] = _inherit(row, kind, derived)
        return match

    def _find(self, parsed: ParsedName) -> tuple[SpecRow | None, str]:
        """Climb down the ladder, surest join first."""
        for text in (parsed.canonical, complete_name(parsed.canonical, parsed.series, parsed.kind)):
            for table, kind in _SPELLINGS:
                row = self._rows.get(table.get(text, ""))
                if row is not None:
                    is_same_model = row.parsed.number == parsed.number and row.is_mobile == parsed.is_mobile
                    return row, kind if is_same_model else "rebrand"
        if parsed.listing_of is not None:
            row, kind = self._find(parse_name(parsed.listing_of))
            return row, "close" if kind == "direct" else kind
        if parsed.kind == "vgpu":
            return self._find_sliced_card(parsed)
        if parsed.kind in ("dual", "combined"):
            return self._find_first_component(parsed)
        if parsed.cpu_model is not None:
            return self._find_processor_graphics(parsed)
        found = self._find_by_key(parsed)
        if found is not None:
            return found
        row = self._by_canonical.get(parsed.canonical)
        if row is not None:
            return row, "direct"
        return self._find_by_knowledge(parsed) or (None, "none")

    def _find_by_key(self, parsed: ParsedName) -> tuple[SpecRow, str] | None:
        if parsed.series is None or parsed.model_token is None:
            return None
        candidates = self._by_key.get(_key_of(parsed, parsed.is_mobile))
        is_respelled = False
        if not candidates and parsed.is_mobile and parsed.model != parsed.model_token and parsed.vendor == "nvidia":
            # "RTX 3060M": sellers' shorthand for the laptop GPU.
            candidates = self._by_key.get((parsed.series, parsed.model, parsed.suffix, 1))
            is_respelled = True
        if not candidates:
            return None
        row = choose_edition(parsed, candidates)
        if row.is_workstation != parsed.is_workstation:
            return None
        if "igp" in parsed.qualifiers and "igp" not in row.parsed.qualifiers:
            return None
        if parsed.is_family or is_other_edition(parsed, row.parsed):
            return row, "loose"
        is_exact = (
            not parsed.leftovers and not is_respelled and set(parsed.qualifiers) <= {*row.parsed.qualifiers, "igp"}
        )
        return row, "direct" if is_exact else "close"

    def _find_by_knowledge(self, parsed: ParsedName) -> tuple[SpecRow, str] | None:
        for find, kind in (
            (self._find_class, "a_series_apu"),
            (self._find_chipset, "chipset"),
            (self._find_other_suffix, "loose"),
            (self._find_family, "family"),
            (self._find_intel_generic, "intel_generic"),
        ):
            row = find(parsed)
            if row is not None:
                return row, kind
        return None

    def _find_sliced_card(self, parsed: ParsedName) -> tuple[SpecRow | None, str]:
        row = self._by_canonical.get(parsed.canonical)
        if row is not None:
            return row, "direct"
        row_name = VIRTUAL_GPU_CARDS.get(parsed.components[0], "")
        found = self._rows.get(row_name)
        return (found, "vgpu") if found else (None, "none")

    def _find_first_component(self, parsed: ParsedName) -> tuple[SpecRow | None, str]:
        parts = [self._find(parse_name(component)) for component in parsed.components]
        strict = next((row for row, kind in parts if row is not None and KINDS[kind].is_strict), None)
        first = parts[0][0] if parsed.kind == "dual" else None
        row = first or strict or next((row for row, _ in parts if row is not None), None)
        return (row, parsed.kind) if row is not None else (None, "none")

    def _find_processor_graphics(self, parsed: ParsedName) -> tuple[SpecRow | None, str]:
        model = RYZEN_EDITIONS.get(parsed.cpu_model or "", parsed.model or "")
        if parsed.series == "ryzen apu":
            named = self._rows.get(RYZEN_NAMED_GRAPHICS.get(model, ""))
            if named is not None:
                return named, "rebrand"
            graphics = RYZEN_VEGA.get(model)
            if graphics is None:
                return None, "none"
            units = graphics.compute_units * SHADING_UNITS_PER_COMPUTE_UNIT
            form = " Mobile" if parsed.is_mobile else ""
            vega = f"Radeon Vega {graphics.compute_units}{form}"
            later = f"Radeon Graphics {units}SP{form}"
            order = (vega, later) if graphics.release_year < _FIRST_RENOIR_YEAR else (later, vega)
            rows = (self._rows.get(spec_name) for spec_name in (*order, f"Radeon Vega 8{form}"))
            found = next((row for row in rows if row is not None), None)
            return (found, "apu_compute_units") if found else (None, "none")
        desktop, mobile = A_SERIES_ROWS.get(parsed.series or "radeon", A_SERIES_ROWS["radeon"])
        row = self._rows.get(mobile if parsed.is_mobile else desktop)
        return (row, "a_series_apu") if row else (None, "none")

    def _find_class(self, parsed: ParsedName) -> SpecRow | None:
        if parsed.model is not None or parsed.series not in A_SERIES_ROWS or parsed.series == "radeon":
            return None
        return self._rows.get(A_SERIES_ROWS[parsed.series][1 if parsed.is_mobile else 0])

    def _find_chipset(self, parsed: ParsedName) -> SpecRow | None:
        if parsed.kind != "integrated" and parsed.vendor != "matrox":
            return None
        words = parsed.canonical.split()
        for word in words:
            rows = CHIPSETS.get(word)
            if rows and (parsed.series is None or parsed.vendor != "intel"):
                return self._rows.get(rows["mobile" in words])
        return None

    def _find_other_suffix(self, parsed: ParsedName) -> SpecRow | None:
        """Find a row of the same line, number and form whose suffix or letters differ."""
        if parsed.number is None or parsed.series is None:
            return None
        candidates = [
            row
            for series in _related_series(parsed)
            for row in self._by_line.get((series, parsed.is_mobile), ())
            if row.parsed.number == parsed.number and row.is_workstation == parsed.is_workstation
        ]
        letters = _letters_of(parsed.model)
        candidates = [row for row in candidates if _letters_of(row.parsed.model) in (letters, "")] or (
            [] if letters else candidates
        )
        if not candidates:
            return None
        wanted = set((parsed.suffix or "").split())
        return min(
            candidates,
            key=lambda row: (
                _letters_of(row.parsed.model) != letters,
                len(wanted ^ set((row.parsed.suffix or "").split())),
                row.oddity,
                row.spec_name,
            ),
        )

    def _find_family(self, parsed: ParsedName) -> SpecRow | None:
        """Find the middle member of "Radeon HD 7800": same line and form, same leading digits."""
        number = parsed.number
        if number is None or parsed.series is None or parsed.suffix or number < 100 or number % 100:
            return None
        letters = _letters_of(parsed.model_token)
        if letters not in ("", "m", "v", "w"):
            return None
        span = 1000 if number >= 1000 and number % 1000 == 0 else 100
        candidates = [
            row
            for series in _related_series(parsed)
            for row in self._by_line.get((series, parsed.is_mobile), ())
            if row.parsed.number is not None
            and row.parsed.number // span == number // span
            and (number >= 1000) == (row.parsed.number >= 1000)
            and row.oddity < 4
            and (not letters or _letters_of(row.parsed.model_token) == letters)
        ]
        candidates = [row for row in candidates if row.parsed.suffix is None] or candidates
        if not candidates:
            return None
        candidates.sort(key=lambda row: (row.values.get("fp32_gflops", 0.0), row.spec_name))
        return candidates[len(candidates) // 2]

    def _find_intel_generic(self, parsed: ParsedName) -> SpecRow | None:
        if parsed.vendor != "intel" or parsed.number is not None:
            return None
        words = set(parsed.canonical.split())
        for label, rows in INTEL_GENERICS:
            if words.issuperset(label.split()):
                return self._rows.get(rows["mobile" in words])
        return None

    def _suggest(self, parsed: ParsedName) -> tuple[str, ...]:
        text = _suggestion_text(parsed, parsed.is_mobile)
        near = process.extract(
            text, self._suggestions, scorer=fuzz.ratio, limit=SUGGESTION_LIMIT, score_cutoff=_SUGGESTION_CUTOFF
        )
        return tuple(str(spec_name) for _, _, spec_name in near)


def _inherit(row: SpecRow, kind: str, derived: Mapping[str, Any]) -> SpecMatch:
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


_NO_MATCH = SpecMatch(
    spec_name=None,
    kind="none",
    confidence=KINDS["none"].confidence,
    is_strict=False,
    specs=MappingProxyType({}),
    field_sources=MappingProxyType({}),
    columns=dict.fromkeys(COLUMN_BY_FIELD.values()),
)


def _has_memory(match: SpecMatch, memory_gb: float | None, types: Set[str]) -> bool:
    """Whether the very row of a name, or that of the same chip under another name, has memory of this size and type."""
    size, of_type = match.specs.get("memory_size_gb"), str(match.specs.get("memory_type", "")).lower()
    is_size = memory_gb is None or (size is not None and abs(size - memory_gb) <= _SAME_MEMORY * memory_gb)
    return (match.is_strict or match.kind == "rebrand") and is_size and types <= {of_type}


def _key_of(parsed: ParsedName, is_mobile: bool) -> _Key:
    form = 2 if parsed.is_max_q else int(is_mobile)
    return parsed.series, parsed.model_token, parsed.suffix, form


def _related_series(parsed: ParsedName) -> tuple[str, ...]:
    """Name the lines a missing word can hide: `GeForce 620` may be a GT, a bare `Radeon 6750M` an HD, never an RX."""
    series = parsed.series or ""
    if series.startswith("geforce") and series.split()[0] == "geforce":
        return tuple(dict.fromkeys((series, "geforce", "geforce gt", "geforce gts", "geforce gtx")))
    if series == "radeon":
        return ("radeon", "radeon hd")
    if series in ("intel iris", "intel hd"):
        return (series, "intel iris plus" if series == "intel iris" else "intel uhd")
    if series in ("radeon vega", "radeon rx vega"):
        return (series, "radeon rx vega", "radeon vega")
    return (series,)


def _letters_of(model: str | None) -> str:
    return "".join(letter for letter in model or "" if letter.isalpha())


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


def _derive_processor_values(parsed: ParsedName) -> dict[str, Any]:
    """Work out an APU's graphics from its compute units: 64 shading units and 4 texture units each, 2 FLOP a clock."""
    graphics = _look_up_processor(parsed)
    units = parsed.compute_cores or (graphics.compute_units if graphics else None)
    if units is None:
        return {}
    shading_units = float(units * SHADING_UNITS_PER_COMPUTE_UNIT)
    values: dict[str, Any] = {"shading_units": shading_units, "tmus": float(units * TMUS_PER_COMPUTE_UNIT), "rops": 8.0}
    if graphics is not None:
        values["release_year"] = float(graphics.release_year)
        if graphics.boost_clock_mhz is not None:
            clock = float(graphics.boost_clock_mhz)
            values["boost_clock_mhz"] = clock
            values["fp32_gflops"] = shading_units * 2 * clock / 1000
            values["texture_rate_gtexel_s"] = values["tmus"] * clock / 1000
            values["pixel_rate_gpixel_s"] = values["rops"] * clock / 1000
    return values


def _look_up_processor(parsed: ParsedName) -> ProcessorGraphics | None:
    if parsed.series == "ryzen apu":
        return RYZEN_VEGA.get(RYZEN_EDITIONS.get(parsed.cpu_model or "", parsed.model or ""))
    return A_SERIES.get(parsed.model or "")
