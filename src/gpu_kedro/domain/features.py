"""The features of one GPU: a pure function of its row, the same in training and in inference.

Nothing here is learned from data and no row knows its neighbours. Missing stays missing (NaN) until the
estimator. Every feature is listed in `FEATURES` with its unit, its source and the level of knowledge it needs.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.feature_functions import (
    Row,
    flag,
    has_word,
    is_one_of,
    log_effective_fp32,
    log_fp32_per,
    log_of,
    log_ratio,
    memory_rank,
    number,
    pcie_generation,
    pcie_lanes,
    text_has,
    years_since_release,
)
from gpu_kedro.domain.identify import KNOWN_FIELDS, PARSED_FIELDS
from gpu_kedro.domain.names.parser import complete_name
from gpu_kedro.domain.specs.sheets import COLUMN_BY_FIELD

#: What a feature needs to be known: the name alone, the specification sheet, or figures of the benchmark table.
FeatureGroup = Literal["name", "specs", "known"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about a GPU.

    Args:
        group: what must be known for it.
        name: unique name, with its unit; a natural logarithm starts with `log_`.
        unit: what the number counts.
        source: which fields it is computed from.
        compute: row → float, NaN when it cannot be known.
    """

    group: FeatureGroup
    name: str
    unit: str
    source: str
    compute: Callable[[Row], float]


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """Features of n GPUs.

    Args:
        texts: n names in full, for the name embedding.
        values: (n, len(FEATURES)) float64, rounded to float32 precision, NaN where missing.
    """

    texts: list[str]
    values: NDArray[np.float64]


_name = partial(Feature, "name")
_spec = partial(Feature, "specs")
_known = partial(Feature, "known")
_FLAG = "0 or 1"
#: Parts of the sheet's architecture; a later edition of one ("Fermi 2.0") carries both flags.
_ARCHITECTURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("rage", ("rage",)),
    ("r300", ("r300", "r400")),
    ("ultra_threaded", ("ultra-threaded",)),
    ("terascale", ("terascale",)),
    ("terascale_2", ("terascale 2",)),
    ("terascale_3", ("terascale 3",)),
    ("gcn", ("gcn",)),
    ("gcn_2", ("gcn 2",)),
    ("gcn_3", ("gcn 3",)),
    ("gcn_4", ("gcn 4",)),
    ("gcn_5", ("gcn 5",)),
    ("rdna", ("rdna",)),
    ("rdna_2", ("rdna 2",)),
    ("rdna_3", ("rdna 3", "rdna 4")),
    ("celsius", ("celsius", "kelvin", "fahrenheit")),
    ("rankine", ("rankine",)),
    ("curie", ("curie",)),
    ("tesla", ("tesla",)),
    ("tesla_2", ("tesla 2",)),
    ("fermi", ("fermi",)),
    ("fermi_2", ("fermi 2",)),
    ("kepler", ("kepler",)),
    ("maxwell", ("maxwell",)),
    ("maxwell_2", ("maxwell 2",)),
    ("pascal", ("pascal",)),
    ("turing", ("turing", "volta")),
    ("ampere", ("ampere",)),
    ("ada", ("ada lovelace", "blackwell", "hopper")),
    ("intel_gen", ("generation",)),
    ("intel_gen_9", ("generation 8", "generation 9")),
    ("intel_xe", ("xe", "generation 11", "generation 12")),
)

FEATURES: tuple[Feature, ...] = (
    *(
        _name(f"is_{vendor}", _FLAG, "vendor in the name", is_one_of("vendor", vendor))
        for vendor in ("nvidia", "amd", "intel", "matrox")
    ),
    *(
        _name(f"series_{word}", _FLAG, "series in the name", has_word("series", word))
        for word in (
            "geforce", "gtx", "rtx", "gt", "gts", "radeon", "rx", "hd", "r9", "r7", "r5", "pro", "wx", "vega", "quadro",
            "nvs", "tesla", "grid", "titan", "firepro", "firegl", "uhd", "iris", "ryzen", "fx",
        )
    ),
    *(
        _name(f"kind_{kind}", _FLAG, "kind of device in the name", is_one_of("kind", kind))
        for kind in ("discrete", "integrated", "apu", "dual", "vgpu", "combined")
    ),
    _name("model_number", "number", "digits of the model", number("number")),
    _name("log_model_number", "log number", "digits of the model", log_of("number")),
    _name("generation", "number", "first digits of the model", number("generation")),
    _name("tier", "number", "last digits of the model", number("tier")),
    _name("log_tier", "log number", "last digits of the model", log_of("tier")),
    _name("suffix_ti", _FLAG, "suffix in the name", has_word("suffix", "ti")),
    _name("suffix_super", _FLAG, "suffix in the name", has_word("suffix", "super")),
    _name("suffix_xt", _FLAG, "suffix in the name", has_word("suffix", "xt", "xtx")),
    _name("suffix_x", _FLAG, "suffix in the name", has_word("suffix", "x", "x2")),
    _name("suffix_le_se", _FLAG, "suffix in the name", has_word("suffix", "le", "se", "mx", "lp")),
    _name("is_mobile", _FLAG, "laptop words in the name", flag("is_mobile")),
    _name("is_max_q", _FLAG, "Max-Q in the name", flag("is_max_q")),
    _name("is_workstation", _FLAG, "workstation series in the name", flag("is_workstation")),
    _name("log_name_memory_gb", "log GB", "memory size in the name", log_of("memory_gb")),
    _name("compute_cores", "GPU compute cores", "compute cores in an APU's name", number("compute_cores")),
    _spec("match_confidence", "0 to 1", "spec join", number("match_confidence")),
    _spec("is_strict_match", _FLAG, "spec join", flag("is_strict")),
    _spec("release_year", "year", "sheet", number("spec_release_year")),
    *(
        _spec(f"log_{field}", f"log {unit}", "sheet", log_of(f"spec_{field}"))
        for field, unit in (
            ("process_nm", "nm"), ("transistor_count_m", "million"), ("die_size_mm2", "mm²"), ("base_clock_mhz", "MHz"),
            ("boost_clock_mhz", "MHz"), ("shading_units", "units"), ("tmus", "units"), ("rops", "units"),
            ("l2_cache_mb", "MB"), ("memory_size_gb", "GB"), ("memory_bus_bits", "bit"), ("memory_clock_mhz", "MHz"),
            ("memory_bandwidth_gb_s", "GB/s"), ("pixel_rate_gpixel_s", "Gpixel/s"),
            ("texture_rate_gtexel_s", "Gtexel/s"), ("tensor_cores", "cores"), ("rt_cores", "cores"),
        )
    ),
    _spec("log_sheet_tdp_w", "log W", "sheet", log_of("spec_tdp_w")),
    _spec("log_effective_fp32_gflops", "log GFLOP/s", "sheet, dual issue discounted", log_effective_fp32),
    _spec("log_fp32_per_bandwidth", "log FLOP per byte", "sheet", log_fp32_per("spec_memory_bandwidth_gb_s")),
    _spec("log_fp32_per_watt", "log GFLOP/s per W", "sheet", log_fp32_per("spec_tdp_w")),
    _spec("log_fp64_per_fp32", "log ratio", "sheet", log_ratio("spec_fp64_gflops", "spec_fp32_gflops")),
    _spec("log_transistors_per_mm2", "log million/mm²", "sheet",
          log_ratio("spec_transistor_count_m", "spec_die_size_mm2")),
    _spec("memory_rank", "generations", "sheet's memory type", memory_rank),
    _spec("pcie_generation", "version", "sheet's bus interface", pcie_generation),
    _spec("pcie_lanes", "lanes", "sheet's bus interface", pcie_lanes),
    _spec("directx_major", "version", "sheet", number("spec_directx_major")),
    _spec("is_igp", _FLAG, "sheet's slot width", text_has("spec_slot_width", "igp")),
    _spec("is_mxm", _FLAG, "sheet's slot width and bus", text_has("spec_bus_interface", "mxm")),
    _spec("shares_memory", _FLAG, "sheet's memory type", text_has("spec_memory_type", "shared")),
    _spec("spec_says_mobile", _FLAG, "sheet's generation", text_has("spec_generation", "mobile", "-m(", "mobility")),
    *(
        _spec(f"architecture_{name}", _FLAG, "sheet's architecture", text_has("spec_architecture", *parts))
        for name, parts in _ARCHITECTURES
    ),
    _known("log_g3d_mark", "log points", "table or query", log_of("g3d_mark")),
    _known("log_g2d_mark", "log points", "table or query", log_of("g2d_mark")),
    _known("log_price_usd", "log USD", "table or query", log_of("price_usd")),
    _known("log_tdp_w", "log W", "table or query", log_of("tdp_w")),
    _known("test_year", "year", "table or query", number("test_year")),
    _known("years_since_release", "years", "test year less the sheet's release year", years_since_release),
)  # fmt: skip
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
#: What the features of a group may read of a row; those that ask for more raise a `KeyError`.
_READABLE: dict[FeatureGroup, tuple[str, ...]] = {
    "name": tuple(field for field in PARSED_FIELDS if field not in ("canonical", "chip_group")),
    "specs": ("match_confidence", "is_strict", *COLUMN_BY_FIELD.values()),
    "known": (*KNOWN_FIELDS, "spec_release_year"),
}
#: GPUs share their chips' sheets, and boards their chips' names.
_KEPT_PARTS = 4096


def _compute_group(group: FeatureGroup) -> tuple[slice, Callable[[Row], NDArray[np.float32]]]:
    """Places of a group's features, and the function that computes them, which remembers what it has seen."""
    places = [place for place, feature in enumerate(FEATURES) if feature.group == group]
    if places != list(range(places[0], places[-1] + 1)):
        raise ValueError(f"the features that need {group!r} must stand together in FEATURES")
    computations = [FEATURES[place].compute for place in places]
    fields = _READABLE[group]
    read = itemgetter(*fields)

    @lru_cache(maxsize=_KEPT_PARTS)
    def compute(parts: tuple[Any, ...]) -> NDArray[np.float32]:
        row = dict(zip(fields, parts, strict=True))
        return np.array([compute_one(row) for compute_one in computations], dtype=np.float32)

    return slice(places[0], places[-1] + 1), lambda row: compute(read(row))


_COMPUTE = tuple(_compute_group(group) for group in _READABLE)


def build_features(rows: Collection[Row]) -> FeatureTable:
    """Compute every feature of every row; rows are those of `gpu_kedro.domain.identify`.

    Values are rounded to float32, the precision in which tree libraries and ONNX compare them, so that a
    model answers alike before and after its export.
    """
    values = np.empty((len(rows), len(FEATURES)))
    texts = []
    for place, row in enumerate(rows):
        texts.append(complete_name(row["canonical"], row["series"], row["kind"]))
        part = values[place]
        for places, compute in _COMPUTE:
            part[places] = compute(row)
    return FeatureTable(texts=texts, values=values)
