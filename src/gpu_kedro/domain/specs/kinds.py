"""The ladder of joins between a name and the specification table, surest first.

Each rung says how far to trust it and which fields it must not hand down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class MatchKind:
    """One rung of the ladder of joins.

    Args:
        name: as `SpecMatch.kind` gives it.
        confidence: how far such a join is trusted, in [0, 1]; an ordering by judgement, not a measured rate.
        description: what the join rests on.
        is_strict: whether it claims the very same model.
        withheld: specification fields that such a join does not hand down.
    """

    name: str
    confidence: float
    description: str
    is_strict: bool = False
    withheld: frozenset[str] = frozenset()


# The power and memory of a whole processor, or of a card that is shared, are not the GPU's own.
_SHARED = frozenset(
    {"tdp_w", "memory_size_gb", "memory_bus_bits", "memory_bandwidth_gb_s", "memory_clock_mhz", "memory_type"}
)
_UNIT_COUNTS = frozenset(
    {
        "shading_units", "tmus", "rops", "base_clock_mhz", "boost_clock_mhz", "pixel_rate_gpixel_s",
        "texture_rate_gtexel_s", "fp32_gflops", "fp64_gflops", "transistor_count_m", "die_size_mm2", "release_year",
    }
)  # fmt: skip
_LADDER = (
    MatchKind(
        "direct", 0.99, "series, number, suffix and form agree, only a shop's words are left over", is_strict=True
    ),
    MatchKind("alias", 0.97, "another spelling of the row's product, from a hand-written table", is_strict=True),
    MatchKind("close", 0.9, "as direct, with an edition or a board maker's words left over", is_strict=True),
    MatchKind("apu_compute_units", 0.8, "a Ryzen by its compute units", withheld=_SHARED | _UNIT_COUNTS),
    MatchKind("combined", 0.75, "the name lists several products; the first one with a row"),
    MatchKind("rebrand", 0.75, "the same or the nearest chip under another name, from a hand-written table"),
    MatchKind("chipset", 0.7, "graphics of a named chipset", withheld=_SHARED),
    MatchKind("dual", 0.6, "two GPUs working together; the first one with a row", withheld=_SHARED),
    MatchKind("a_series_apu", 0.6, "an A-series APU by its Radeon class", withheld=_SHARED | _UNIT_COUNTS),
    MatchKind("vgpu", 0.55, "a slice of the card", withheld=_SHARED),
    MatchKind("loose", 0.5, "same line, number and form, another suffix or edition"),
    MatchKind("family", 0.35, "a family's name; its middle member"),
    MatchKind("intel_generic", 0.25, "a generic Intel label; a typical member", withheld=_SHARED),
    MatchKind("none", 0.0, "nothing to inherit"),
)
KINDS: Mapping[str, MatchKind] = MappingProxyType({kind.name: kind for kind in _LADDER})
