"""The ladder of joins between a name and the specification table, surest first.

Each rung says how far to trust it and which fields it must not hand down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, sqrt
from types import MappingProxyType
from typing import NamedTuple

#: Under this a match is doubtful: people are told so, and offered near names.
DOUBTFUL_BELOW = 0.7
_Z_95 = 1.645  # one-sided


class Judged(NamedTuple):
    """Matches of a kind whose row somebody looked up: how many, and how many were right."""

    right: int
    matches: int


@dataclass(frozen=True, slots=True)
class MatchKind:
    """One rung of the ladder of joins.

    Args:
        name: as `SpecMatch.kind` gives it.
        confidence: the share of such joins that is right, in [0, 1].
        description: what the row is to the name, in words that the app, the cards and the API's page show.
        is_strict: whether it claims the very same model.
        withheld: specification fields that such a join does not hand down.
        judged: the matches that the share was measured on; None where the name covers several products, of which the
            row is one: there the share is that of a guess among them.
    """

    name: str
    confidence: float
    description: str
    is_strict: bool = False
    withheld: frozenset[str] = frozenset()
    judged: Judged | None = None


def measure_share(judged: Judged) -> float:
    """The least share of right matches that the judged ones leave likely, to two digits.

    Source: Wilson (1927), the lower bound of the score interval, here one-sided at 95 %.
    """
    share, count, z = judged.right / judged.matches, judged.matches, _Z_95
    centre = share + z * z / (2 * count)
    spread = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return floor(100 * (centre - spread) / (1 + z * z / count)) / 100


def _measured(
    name: str,
    right: int,
    matches: int,
    description: str,
    *,
    is_strict: bool = False,
    withheld: frozenset[str] = frozenset(),
) -> MatchKind:
    judged = Judged(right, matches)
    return MatchKind(name, measure_share(judged), description, is_strict, withheld, judged)


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
#: Counted on the audited and judged names of the table and on the made-up ones (`tests/domain`), which a test repeats.
_LADDER = (
    _measured("direct", 731, 731, "this very model", is_strict=True),
    _measured("alias", 38, 38, "this very model under another spelling", is_strict=True),
    _measured("close", 83, 84, "this model; words of an edition or a board's maker were left over", is_strict=True),
    _measured("other_line", 32, 32, "the one model of this number; the name has another line's word", is_strict=True),
    _measured(
        "apu_compute_units", 28, 28, "a processor's graphics, by its compute units", withheld=_SHARED | _UNIT_COUNTS
    ),
    _measured("vgpu", 29, 29, "the card that this is a slice of", withheld=_SHARED),
    _measured("dual", 25, 25, "the first of two GPUs that work together", withheld=_SHARED),
    _measured("a_series_apu", 25, 25, "a processor's graphics, by its class", withheld=_SHARED | _UNIT_COUNTS),
    _measured("rebrand", 34, 36, "the same or the nearest chip under another name"),
    _measured("chipset", 20, 25, "the graphics of a chipset", withheld=_SHARED),
    _measured("loose", 27, 35, "the same number with another suffix or edition"),
    MatchKind("combined", 0.5, "the first known of several products in the name"),
    MatchKind("code_name", 0.5, "the plainest card of the chip that is named by its code name"),
    MatchKind("family", 0.35, "the middle member of this family"),
    MatchKind("intel_generic", 0.25, "a typical member of a generic Intel label", withheld=_SHARED),
    MatchKind("none", 0.0, "no known model"),
)
KINDS: Mapping[str, MatchKind] = MappingProxyType({kind.name: kind for kind in _LADDER})


def describe_kinds() -> str:
    """Every kind of join with what it means, surest first, for people who read the answers."""
    return "; ".join(f"`{kind.name}`: {kind.description}" for kind in _LADDER)
