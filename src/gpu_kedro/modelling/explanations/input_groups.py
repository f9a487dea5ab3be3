"""The inputs of a GPU as people know them: groups of features, such as its memory or its chip."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a GPU: features that people know together.

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
_DIFFERENCES_BY_NAME: dict[str, tuple[str, str]] = {
    "log_fp32_per_bandwidth": ("log_effective_fp32_gflops", "log_memory_bandwidth_gb_s"),
    "log_fp32_per_watt": ("log_effective_fp32_gflops", "log_sheet_tdp_w"),
    "years_since_release": ("test_year", "release_year"),
}
INPUT_NAMES: tuple[str, ...] = tuple(one.name for one in INPUTS)
NAME = INPUT_NAMES.index("name")


def find_input(feature: str) -> int | None:
    """Position in `INPUTS` of the input that a feature belongs to, None for a difference of two.

    Raises:
        ValueError: the feature belongs to none, or to several.
    """
    if feature in _DIFFERENCES_BY_NAME:
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


#: Position in `INPUTS` for each feature, −1 for a difference of two.
OWNERS = np.array([-1 if (owner := find_input(name)) is None else owner for name in FEATURE_NAMES])
#: Positions of each difference, of what it subtracts from, and of what it subtracts.
DIFFERENCES = [
    (FEATURE_NAMES.index(name), FEATURE_NAMES.index(minuend), FEATURE_NAMES.index(subtrahend))
    for name, (minuend, subtrahend) in _DIFFERENCES_BY_NAME.items()
]


def subtract(minuends: Matrix, subtrahends: Matrix) -> Matrix:
    """Differences, rounded as features are."""
    return (minuends - subtrahends).astype(np.float32).astype(np.float64)
