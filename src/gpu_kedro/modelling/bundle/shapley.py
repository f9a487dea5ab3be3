"""Why an answer is what it is: the share of each input, in the answer's own unit, adding up exactly.

The inputs of a GPU are its name, its memory, its chip and so on (`INPUTS`): groups of features that people know
together. Each input is credited with its Shapley value, computed over all coalitions of inputs and not sampled: the
blend answers for the GPU with the inputs outside of the coalition replaced by those of a typical GPU (the median of
the training table; the mean of its names' embeddings). An input of which nothing is known takes no part: the typical
GPU lacks it too. So the method needs no knowledge of the blend's members, and any blend can be explained with it.

Shapley values of a figure add up in logarithms; the logarithmic mean turns them into points, dollars or watts whose sum
is exact: typical + contributions = predicted. Probabilities add up as they are.

Sources: Shapley (1953), A value for n-person games; Lundberg and Lee (2017), A unified approach to interpreting model
predictions; Ang (2005), The LMDI approach to decomposition analysis: a practical guide.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, factorial, log
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES, FEATURES

Matrix = NDArray[np.float64]
#: Answers for (n, all features) and (n, dims): (n,) logarithms, or (n, classes) probabilities.
AnswerFunction = Callable[[Matrix, Matrix], Matrix]
#: Files of a bundle: what its explanations compare with, and how much its answers rest on each input in general.
TYPICAL_GPU, IMPORTANCE = "typical_gpu.json", "importance.json"


@dataclass(frozen=True, slots=True)
class Input:
    """What people know of a GPU in one piece.

    Args:
        name: for programs.
        title: words for it.
        features: names of its features, or what the names start with.
        columns: fields of a GPU's row (`gpu_kedro.domain.identify`) that show what is known of it.
    """

    name: str
    title: str
    features: tuple[str, ...]
    columns: tuple[str, ...]


def _sheet(*fields: str) -> tuple[str, ...]:
    return tuple(f"spec_{field}" for field in fields)


INPUTS: tuple[Input, ...] = (
    Input(
        "name",
        "name and series",
        (
            "is_nvidia", "is_amd", "is_intel", "is_matrox", "series_", "kind_", "model_number", "log_model_number",
            "generation", "tier", "log_tier", "suffix_", "is_workstation", "compute_cores", "match_confidence",
            "is_strict_match",
        ),
        ("vendor", "series", "model", "suffix", "kind", "match_kind"),
    ),
    Input(
        "compute",
        "shaders, units and clocks",
        (
            "log_base_clock_mhz", "log_boost_clock_mhz", "log_shading_units", "log_tmus", "log_rops",
            "log_pixel_rate_gpixel_s", "log_texture_rate_gtexel_s", "log_tensor_cores", "log_rt_cores",
            "log_effective_fp32_gflops", "log_fp64_per_fp32",
        ),
        _sheet("shading_units", "tmus", "rops", "base_clock_mhz", "boost_clock_mhz", "fp32_gflops"),
    ),
    Input(
        "memory",
        "memory and cache",
        (
            "log_name_memory_gb", "log_l2_cache_mb", "log_memory_size_gb", "log_memory_bus_bits",
            "log_memory_clock_mhz", "log_memory_bandwidth_gb_s", "memory_rank", "shares_memory",
        ),
        (
            "memory_gb",
            *_sheet("memory_size_gb", "memory_bandwidth_gb_s", "memory_bus_bits", "l2_cache_mb", "memory_type"),
        ),
    ),
    Input(
        "chip",
        "chip and architecture",
        (
            "log_process_nm", "log_transistor_count_m", "log_die_size_mm2", "log_transistors_per_mm2", "architecture_",
            "directx_major",
        ),
        _sheet("architecture", "process_nm", "transistor_count_m", "die_size_mm2"),
    ),
    Input("release_year", "year of release", ("release_year",), _sheet("release_year")),
    Input("sheet_power", "power of the sheet", ("log_sheet_tdp_w",), _sheet("tdp_w")),
    Input(
        "form",
        "laptop, board and bus",
        ("is_mobile", "is_max_q", "is_igp", "is_mxm", "spec_says_mobile", "pcie_generation", "pcie_lanes"),
        ("is_mobile", "is_max_q", *_sheet("bus_interface", "slot_width")),
    ),
    Input("g3d_mark", "the 3D mark given", ("log_g3d_mark",), ("g3d_mark",)),
    Input("g2d_mark", "the 2D mark given", ("log_g2d_mark",), ("g2d_mark",)),
    Input("price_usd", "the price given", ("log_price_usd",), ("price_usd",)),
    Input("tdp_w", "the power given", ("log_tdp_w",), ("tdp_w",)),
    Input("test_year", "the year of the test", ("test_year",), ("test_year",)),
)  # fmt: skip
#: Differences of features of two inputs: each part follows its own input.
_DIFFERENCES: dict[str, tuple[str, str]] = {
    "log_fp32_per_bandwidth": ("log_effective_fp32_gflops", "log_memory_bandwidth_gb_s"),
    "log_fp32_per_watt": ("log_effective_fp32_gflops", "log_sheet_tdp_w"),
    "years_since_release": ("test_year", "release_year"),
}
INPUT_NAMES: tuple[str, ...] = tuple(one.name for one in INPUTS)
_NAME = INPUT_NAMES.index("name")


def find_input(feature: str) -> int | None:
    """Position in `INPUTS` of the input that a feature belongs to, None for a difference of two.

    Raises:
        ValueError: the feature belongs to none, or to several.
    """
    if feature in _DIFFERENCES:
        return None
    owners = [
        place
        for place, one in enumerate(INPUTS)
        if any(feature == name or (name.endswith("_") and feature.startswith(name)) for name in one.features)
    ]
    if len(owners) != 1:
        told = ", ".join(INPUTS[owner].name for owner in owners) or "none"
        raise ValueError(f"the feature {feature!r} must belong to one of INPUTS, not to {told}")
    return owners[0]


_OWNERS = np.array([-1 if (owner := find_input(name)) is None else owner for name in FEATURE_NAMES])
_PARTS = [
    (FEATURE_NAMES.index(name), FEATURE_NAMES.index(minuend), FEATURE_NAMES.index(subtrahend))
    for name, (minuend, subtrahend) in _DIFFERENCES.items()
]


@dataclass(frozen=True)
class TypicalGpu:
    """What explanations compare with: the middle of the training table.

    Args:
        values: (features,) medians, NaN for a feature that no GPU has.
        vector: (dims,) mean of the names' embeddings.
    """

    values: Matrix
    vector: Matrix

    @classmethod
    def of(cls, values: Matrix, vectors: Matrix) -> Self:
        """The middle of n GPUs: (n, all features) with NaN where missing, and (n, dims)."""
        medians = np.array(
            [np.median(known) if (known := column[np.isfinite(column)]).size else np.nan for column in values.T]
        )
        rounded = medians.astype(np.float32).astype(np.float64)
        for place, minuend, subtrahend in _PARTS:
            # the difference of two medians is not the median of the differences
            rounded[place] = _subtract(rounded[minuend], rounded[subtrahend])
        return cls(rounded, vectors.mean(axis=0))

    def to_file(self) -> bytes:
        """As JSON."""
        known = {
            name: None if value != value else value
            for name, value in zip(FEATURE_NAMES, self.values.tolist(), strict=True)
        }
        return json.dumps({"features": known, "embedding": self.vector.tolist()}, allow_nan=False, indent=1).encode()

    @classmethod
    def from_file(cls, content: bytes) -> Self:
        """Read back what `to_file` wrote."""
        read = json.loads(content)
        values = [np.nan if read["features"][name] is None else read["features"][name] for name in FEATURE_NAMES]
        return cls(np.array(values), np.array(read["embedding"]))


@dataclass(frozen=True)
class Shares:
    """What each input adds to an answer.

    Args:
        typical: (m,) answers for the typical GPU of which the same inputs are known.
        answer: (m,) answers for the GPU.
        contributions: input → (m,); with `typical` they add up to `answer`.
    """

    typical: Matrix
    answer: Matrix
    contributions: dict[str, Matrix]


def share_out(
    answer: AnswerFunction,
    values: Matrix,
    vector: Matrix,
    typical: TypicalGpu,
    columns: Sequence[int],
    known_answer: Matrix | None = None,
) -> Shares:
    """Shapley values of the inputs for one answer, over all their coalitions.

    Args:
        answer: the blend, as it answers for this GPU.
        values: (features,) of the GPU.
        vector: (dims,) its name's embedding.
        typical: what it is compared with.
        columns: positions of the features that the blend may read.
        known_answer: (m,) what the blend has answered for the GPU itself, when that is known to the last digit.

    Returns:
        Shares of the inputs that are known, used by the blend and different from the typical GPU's; the others add
        nothing.
    """
    players = find_players(values, vector, typical, columns)
    rows, vectors = mix_rows(values, vector, typical, players)
    worths = np.asarray(answer(rows, vectors), dtype=float).reshape(len(rows), -1)
    if known_answer is not None:
        worths[-1] = known_answer
    shares = shapley_values(worths)
    return Shares(worths[0], worths[-1], {INPUT_NAMES[one]: share for one, share in zip(players, shares, strict=True)})


def find_players(values: Matrix, vector: Matrix, typical: TypicalGpu, columns: Sequence[int]) -> list[int]:
    """Positions in `INPUTS` of those that are known, may be read, and differ from the typical GPU's."""
    readable = np.zeros(len(FEATURE_NAMES), dtype=bool)
    readable[list(columns)] = True
    players = []
    for place in range(len(INPUTS)):
        own = np.equal(_OWNERS, place) & readable
        ours, theirs = values[own], typical.values[own]
        differs = bool(((ours != theirs) & ~(np.isnan(ours) & np.isnan(theirs))).any())
        if place == _NAME:
            differs = differs or not np.array_equal(vector, typical.vector)
        if differs and (place == _NAME or np.isfinite(ours).any()):
            players.append(place)
    return players


def mix_rows(values: Matrix, vector: Matrix, typical: TypicalGpu, players: Sequence[int]) -> tuple[Matrix, Matrix]:
    """Features and embeddings of every coalition: (2^players, features) and (2^players, dims).

    In row `i` the player `p` is present when bit `p` of `i` is set; the last row is the GPU itself.
    """
    coalitions = np.arange(2 ** len(players))
    present = (coalitions[:, None] >> np.arange(len(players)) & 1).astype(bool)
    rows = np.repeat(values[None, :], len(coalitions), axis=0)
    vectors = np.repeat(vector[None, :], len(coalitions), axis=0)
    for player, is_there in zip(players, present.T, strict=True):
        own = np.flatnonzero(np.equal(_OWNERS, player))
        rows[np.ix_(~is_there, own)] = typical.values[own]
        if player == _NAME:
            vectors[~is_there] = typical.vector
    for place, minuend, subtrahend in _PARTS:
        mixed = (rows[:, minuend] != values[minuend]) | (rows[:, subtrahend] != values[subtrahend])
        rows[mixed, place] = _subtract(rows[mixed, minuend], rows[mixed, subtrahend])
    return rows, vectors


def _subtract(minuends: Matrix, subtrahends: Matrix) -> Matrix:
    """Differences, rounded as features are."""
    return (minuends - subtrahends).astype(np.float32).astype(np.float64)


def shapley_values(worths: Matrix) -> Matrix:
    """Shapley values of k players: each one's mean marginal worth over all orders in which they may come.

    Args:
        worths: (2^k, m) worth of every coalition in m games; bit p of a row's number says whether player p is in.

    Returns:
        (k, m), adding up to the last row less the first.
    """
    players = len(worths).bit_length() - 1
    coalitions = np.arange(len(worths))
    sizes = (coalitions[:, None] >> np.arange(players) & 1).sum(axis=1)
    weights = np.array(
        [factorial(size) * factorial(players - size - 1) / factorial(players) for size in range(players)]
    )
    shares = np.empty((players, worths.shape[1]))
    for player in range(players):
        without = coalitions[coalitions >> player & 1 == 0]
        shares[player] = weights[sizes[without]] @ (worths[without | 1 << player] - worths[without])
    return shares


def logarithmic_mean(one: float, other: float) -> float:
    """(a − b) / (ln a − ln b) of two positive figures, a where both are equal."""
    if one == other:
        return one
    return (one - other) / (log(one) - log(other))


def in_units(shares: Shares) -> tuple[float, float, dict[str, float]]:
    """Shares of a figure in its own unit instead of logarithms.

    Returns:
        The typical GPU's figure, the GPU's, and for each input what it adds; with the first they make the second.
    """
    typical, predicted = exp(shares.typical[0]), exp(shares.answer[0])
    scale = logarithmic_mean(predicted, typical)
    return typical, predicted, {name: scale * float(share[0]) for name, share in shares.contributions.items()}


def describe_input(name: str, row: Mapping[str, Any], typical: TypicalGpu) -> dict[str, Any]:
    """What is known of one input of a GPU, and of the typical GPU's where that is a number.

    Args:
        name: of the input.
        row: of `gpu_kedro.domain.identify`.
        typical: what was compared with.

    Returns:
        `input`, `title`, `fields` and `typical_fields`.
    """
    one = INPUTS[INPUT_NAMES.index(name)]
    known = {column: row[column] for column in one.columns if row[column] is not None}
    middles = {column: middle for column in known if (middle := _read_middle(column, typical)) is not None}
    return {
        "input": name,
        "title": one.title,
        "fields": {column.removeprefix("spec_"): value for column, value in known.items()},
        "typical_fields": {column.removeprefix("spec_"): middle for column, middle in middles.items()},
    }


def _read_middle(column: str, typical: TypicalGpu) -> float | None:
    place = _MIDDLES.get(column)
    if place is None:
        return None
    value = float(typical.values[place])
    if value != value:
        return None
    return float(f"{exp(value):.4g}") if FEATURE_NAMES[place].startswith("log_") else value


def _place_middles() -> dict[str, int]:
    """For each shown field that is a number, the feature that holds its median."""
    places = {"spec_tdp_w": FEATURE_NAMES.index("log_sheet_tdp_w")}
    numbers = {feature.name for feature in FEATURES if feature.unit != "0 or 1"}
    for column in (column for one in INPUTS for column in one.columns if column not in places):
        bare = column.removeprefix("spec_")
        for feature in (f"log_{bare}", bare):
            if feature in numbers:
                places[column] = FEATURE_NAMES.index(feature)
                break
    return places


_MIDDLES = _place_middles()
