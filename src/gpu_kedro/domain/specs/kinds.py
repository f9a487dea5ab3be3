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
        description: what the row is to the name, in words that the app, the cards and the API's page show.
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
    MatchKind("direct", 0.99, "this very model", is_strict=True),
    MatchKind("alias", 0.97, "this very model under another spelling", is_strict=True),
    MatchKind("close", 0.9, "this model; words of an edition or a board's maker were left over", is_strict=True),
    MatchKind("other_line", 0.8, "the one model of this number; the name calls it by another line's word"),
    MatchKind(
        "apu_compute_units", 0.8, "a processor's graphics, by its compute units", withheld=_SHARED | _UNIT_COUNTS
    ),
    MatchKind("combined", 0.7, "the first known of several products in the name"),
    MatchKind("rebrand", 0.75, "the same or the nearest chip under another name"),
    MatchKind("chipset", 0.7, "the graphics of a chipset", withheld=_SHARED),
    MatchKind("dual", 0.6, "the first of two GPUs that work together", withheld=_SHARED),
    MatchKind("a_series_apu", 0.6, "a processor's graphics, by its class", withheld=_SHARED | _UNIT_COUNTS),
    MatchKind("vgpu", 0.55, "the card that this is a slice of", withheld=_SHARED),
    MatchKind("code_name", 0.5, "the plainest card of the chip that is named by its code name"),
    MatchKind("loose", 0.5, "the same number with another suffix or edition"),
    MatchKind("family", 0.35, "the middle member of this family"),
    MatchKind("intel_generic", 0.25, "a typical member of a generic Intel label", withheld=_SHARED),
    MatchKind("none", 0.0, "no known model"),
)
KINDS: Mapping[str, MatchKind] = MappingProxyType({kind.name: kind for kind in _LADDER})


def describe_kinds() -> str:
    """Every kind of join with what it means, surest first, for people who read the answers."""
    return "; ".join(f"`{kind.name}`: {kind.description}" for kind in _LADDER)
