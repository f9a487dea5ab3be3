"""What kind of thing each input of a model is, so that a Gaussian process can learn how much each kind matters.

One length scale for each of a hundred inputs could not be learned from two thousand GPUs; one for each kind can.
"""

from gpu_kedro.domain.features import FEATURES

_GROUP_BY_FEATURE = {feature.name: feature.group for feature in FEATURES}
_KIND_BY_FEATURE: dict[str, str] = {
    **dict.fromkeys(
        ("log_effective_fp32_gflops", "log_pixel_rate_gpixel_s", "log_texture_rate_gtexel_s"), "compute"
    ),
    **dict.fromkeys(
        ("log_memory_bandwidth_gb_s", "log_memory_bus_bits", "log_memory_clock_mhz", "memory_rank"), "memory"
    ),
    "log_memory_size_gb": "memory size",
    **dict.fromkeys(
        ("release_year", "log_process_nm", "directx_major", "pcie_generation", "pcie_lanes"), "era"
    ),
    "log_sheet_tdp_w": "power",
    **dict.fromkeys(("log_g3d_mark", "log_g2d_mark"), "score"),
    **dict.fromkeys(("test_year", "years_since_release"), "test"),
    **dict.fromkeys(("log_price_usd", "log_tdp_w"), "price and power"),
    **dict.fromkeys(
        ("match_confidence", "is_strict_match", "is_igp", "is_mxm", "shares_memory", "spec_says_mobile"), "board"
    ),
}  # fmt: skip
#: Dimensions of the name embedding, and flags of inputs that are missing.
EMBEDDING, GAP = "embedding", "gap"
#: Kinds whose logarithms a score, a price or a power may follow beyond everything seen so far.
TREND_KINDS = frozenset({"compute", "memory", "memory size", "era", "power", "score", "price and power"})


def name_kind(feature: str) -> str:
    """The kind of one feature."""
    if feature in _KIND_BY_FEATURE:
        return _KIND_BY_FEATURE[feature]
    if _GROUP_BY_FEATURE[feature] == "specs":
        return "architecture" if feature.startswith("architecture_") else "chip"
    is_flag = feature.startswith(("is_", "kind_", "series_", "suffix_"))
    return "name word" if is_flag else "name number"
