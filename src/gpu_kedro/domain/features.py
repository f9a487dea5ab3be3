"""The features of one GPU: a pure function of its row, the same in training and in inference.

Nothing here is learned from data and no row knows its neighbours. Missing stays missing (NaN) until the
estimator. Every feature is listed in `FEATURES` with its unit, its source and the level of knowledge it needs.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log, nan
from operator import itemgetter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.identify import KNOWN_FIELDS, PARSED_FIELDS
from gpu_kedro.domain.names.parser import complete_name
from gpu_kedro.domain.specs.sheets import COLUMN_BY_FIELD

Row = Mapping[str, Any]
#: What a feature needs to be known: the name alone, the specification sheet, or figures of the benchmark table.
FeatureGroup = Literal["name", "specs", "known"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about a GPU.

    Args:
        name: unique name, with its unit; a natural logarithm starts with `log_`.
        unit: what the number counts.
        source: which fields it is computed from.
        group: what must be known for it.
        compute: row → float, NaN when it cannot be known.
    """

    name: str
    unit: str
    source: str
    group: FeatureGroup
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


def _number(field: str) -> Callable[[Row], float]:
    def compute(row: Row) -> float:
        value = row[field]
        return nan if value is None else float(value)

    return compute


def _log(field: str) -> Callable[[Row], float]:
    def compute(row: Row) -> float:
        value = row[field]
        return nan if value is None or value <= 0 else log(value)

    return compute


def _log_ratio(above: str, below: str) -> Callable[[Row], float]:
    def compute(row: Row) -> float:
        a, b = row[above], row[below]
        # the ratio itself could underflow to zero
        return nan if a is None or b is None or a <= 0 or b <= 0 else log(a) - log(b)

    return compute


def _is(field: str, *values: str) -> Callable[[Row], float]:
    allowed = frozenset(values)

    def compute(row: Row) -> float:
        return 1.0 if row[field] in allowed else 0.0

    return compute


def _flag(field: str) -> Callable[[Row], float]:
    def compute(row: Row) -> float:
        return 1.0 if row[field] else 0.0

    return compute


@lru_cache(maxsize=4096)
def _words(text: str | None) -> frozenset[str]:
    return frozenset((text or "").split())


def _has_suffix(*words: str) -> Callable[[Row], float]:
    wanted = frozenset(words)

    def compute(row: Row) -> float:
        return 0.0 if wanted.isdisjoint(_words(row["suffix"])) else 1.0

    return compute


def _series_has(*words: str) -> Callable[[Row], float]:
    wanted = frozenset(words)

    def compute(row: Row) -> float:
        return 0.0 if wanted.isdisjoint(_words(row["series"])) else 1.0

    return compute


def _text_has(field: str, *parts: str) -> Callable[[Row], float]:
    @lru_cache(maxsize=1024)
    def look(text: str | None) -> float:
        if text is None:
            return nan
        folded = text.lower()
        return 1.0 if any(part in folded for part in parts) else 0.0

    def compute(row: Row) -> float:
        return look(row[field])

    return compute


#: Shaders that can issue two FP32 operations a clock reach about 2**-0.55 of the doubled figure in games.
#: Source: fitted on the Ampere and RDNA 3 cards of the benchmark table in the project's study.
DUAL_ISSUE_DISCOUNT = 2**-0.55
_DUAL_ISSUE = ("ampere", "ada lovelace", "blackwell", "rdna 3", "rdna 4")


def fp32_gflops(row: Row) -> float | None:
    """Single-precision GFLOP/s: the sheet's figure, else two operations per shader and clock."""
    reported = row["spec_fp32_gflops"]
    if reported is not None:
        return float(reported)
    shaders, clock = row["spec_shading_units"], row["spec_boost_clock_mhz"]
    return None if shaders is None or clock is None else 2 * shaders * clock / 1000


def effective_fp32_gflops(row: Row) -> float | None:
    """FP32 GFLOP/s with the second issue slot of dual-issue architectures counted at its worth in games."""
    gflops = fp32_gflops(row)
    if gflops is not None and _issues_twice(row["spec_architecture"]):
        return gflops * DUAL_ISSUE_DISCOUNT
    return gflops


@lru_cache(maxsize=1024)
def _issues_twice(architecture: str | None) -> bool:
    return (architecture or "").lower().startswith(_DUAL_ISSUE)


def _log_effective_fp32(row: Row) -> float:
    gflops = effective_fp32_gflops(row)
    return nan if gflops is None or gflops <= 0 else log(gflops)


def _log_fp32_per_bandwidth(row: Row) -> float:
    gflops, bandwidth = effective_fp32_gflops(row), row["spec_memory_bandwidth_gb_s"]
    return nan if not gflops or not bandwidth or gflops <= 0 or bandwidth <= 0 else log(gflops) - log(bandwidth)


def _log_fp32_per_watt(row: Row) -> float:
    gflops, power = effective_fp32_gflops(row), row["spec_tdp_w"]
    return nan if not gflops or not power or gflops <= 0 or power <= 0 else log(gflops) - log(power)


#: Rank of a memory technology by the order in which the industry moved to it (the unit is "generations").
_MEMORY_RANK = {
    "SDR": 0, "SGR": 0, "SGRAM": 0, "EDO": 0, "DRAM": 0, "DDR": 1, "DDR2": 2, "GDDR2": 2, "DDR3": 3, "GDDR3": 3,
    "LPDDR3": 3, "DDR3L": 3, "GDDR4": 4, "DDR4": 4, "LPDDR4": 4, "LPDDR4X": 4, "GDDR5": 5, "LPDDR5": 5, "LPDDR5X": 5,
    "GDDR5X": 5.5, "HBM": 5.5, "HBM2": 6, "HBM2e": 6, "GDDR6": 6, "GDDR6X": 6.5, "GDDR7": 7, "HBM3": 7, "HBM3e": 7,
}  # fmt: skip


def _memory_rank(row: Row) -> float:
    return _MEMORY_RANK.get(row["spec_memory_type"], nan)


def _pcie_generation(row: Row) -> float:
    interface = row["spec_bus_interface"] or ""
    return float(interface[5:8]) if interface.startswith("PCIe ") and interface[5:8].replace(".", "").isdigit() else nan


def _pcie_lanes(row: Row) -> float:
    _, _, lanes = (row["spec_bus_interface"] or "").rpartition(" x")
    return float(lanes) if lanes.isdigit() else nan


def _years_since_release(row: Row) -> float:
    tested, released = row["test_year"], row["spec_release_year"]
    return nan if tested is None or released is None else float(tested - released)


def _name(name: str, unit: str, source: str, compute: Callable[[Row], float]) -> Feature:
    return Feature(name, unit, source, "name", compute)


def _spec(name: str, unit: str, source: str, compute: Callable[[Row], float]) -> Feature:
    return Feature(name, unit, source, "specs", compute)


def _known(name: str, unit: str, source: str, compute: Callable[[Row], float]) -> Feature:
    return Feature(name, unit, source, "known", compute)


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
        _name(f"is_{vendor}", _FLAG, "vendor in the name", _is("vendor", vendor))
        for vendor in ("nvidia", "amd", "intel", "matrox")
    ),
    *(
        _name(f"series_{word}", _FLAG, "series in the name", _series_has(word))
        for word in (
            "geforce", "gtx", "rtx", "gt", "gts", "radeon", "rx", "hd", "r9", "r7", "r5", "pro", "wx", "vega", "quadro",
            "nvs", "tesla", "grid", "titan", "firepro", "firegl", "uhd", "iris", "ryzen", "fx",
        )
    ),
    *(
        _name(f"kind_{kind}", _FLAG, "kind of device in the name", _is("kind", kind))
        for kind in ("discrete", "integrated", "apu", "dual", "vgpu", "combined")
    ),
    _name("model_number", "number", "digits of the model", _number("number")),
    _name("log_model_number", "log number", "digits of the model", _log("number")),
    _name("generation", "number", "first digits of the model", _number("generation")),
    _name("tier", "number", "last digits of the model", _number("tier")),
    _name("log_tier", "log number", "last digits of the model", _log("tier")),
    _name("suffix_ti", _FLAG, "suffix in the name", _has_suffix("ti")),
    _name("suffix_super", _FLAG, "suffix in the name", _has_suffix("super")),
    _name("suffix_xt", _FLAG, "suffix in the name", _has_suffix("xt", "xtx")),
    _name("suffix_x", _FLAG, "suffix in the name", _has_suffix("x", "x2")),
    _name("suffix_le_se", _FLAG, "suffix in the name", _has_suffix("le", "se", "mx", "lp")),
    _name("is_mobile", _FLAG, "laptop words in the name", _flag("is_mobile")),
    _name("is_max_q", _FLAG, "Max-Q in the name", _flag("is_max_q")),
    _name("is_workstation", _FLAG, "workstation series in the name", _flag("is_workstation")),
    _name("log_name_memory_gb", "log GB", "memory size in the name", _log("memory_gb")),
    _name("compute_cores", "GPU compute cores", "compute cores in an APU's name", _number("compute_cores")),
    _spec("match_confidence", "0 to 1", "spec join", _number("match_confidence")),
    _spec("is_strict_match", _FLAG, "spec join", _flag("is_strict")),
    _spec("release_year", "year", "sheet", _number("spec_release_year")),
    *(
        _spec(f"log_{field}", f"log {unit}", "sheet", _log(f"spec_{field}"))
        for field, unit in (
            ("process_nm", "nm"), ("transistor_count_m", "million"), ("die_size_mm2", "mm²"), ("base_clock_mhz", "MHz"),
            ("boost_clock_mhz", "MHz"), ("shading_units", "units"), ("tmus", "units"), ("rops", "units"),
            ("l2_cache_mb", "MB"), ("memory_size_gb", "GB"), ("memory_bus_bits", "bit"), ("memory_clock_mhz", "MHz"),
            ("memory_bandwidth_gb_s", "GB/s"), ("pixel_rate_gpixel_s", "Gpixel/s"),
            ("texture_rate_gtexel_s", "Gtexel/s"), ("tensor_cores", "cores"), ("rt_cores", "cores"),
        )
    ),
    _spec("log_sheet_tdp_w", "log W", "sheet", _log("spec_tdp_w")),
    _spec("log_effective_fp32_gflops", "log GFLOP/s", "sheet, dual issue discounted", _log_effective_fp32),
    _spec("log_fp32_per_bandwidth", "log FLOP per byte", "sheet", _log_fp32_per_bandwidth),
    _spec("log_fp32_per_watt", "log GFLOP/s per W", "sheet", _log_fp32_per_watt),
    _spec("log_fp64_per_fp32", "log ratio", "sheet", _log_ratio("spec_fp64_gflops", "spec_fp32_gflops")),
    _spec("log_transistors_per_mm2", "log million/mm²", "sheet",
          _log_ratio("spec_transistor_count_m", "spec_die_size_mm2")),
    _spec("memory_rank", "generations", "sheet's memory type", _memory_rank),
    _spec("pcie_generation", "version", "sheet's bus interface", _pcie_generation),
    _spec("pcie_lanes", "lanes", "sheet's bus interface", _pcie_lanes),
    _spec("directx_major", "version", "sheet", _number("spec_directx_major")),
    _spec("is_igp", _FLAG, "sheet's slot width", _text_has("spec_slot_width", "igp")),
    _spec("is_mxm", _FLAG, "sheet's slot width and bus", _text_has("spec_bus_interface", "mxm")),
    _spec("shares_memory", _FLAG, "sheet's memory type", _text_has("spec_memory_type", "shared")),
    _spec("spec_says_mobile", _FLAG, "sheet's generation", _text_has("spec_generation", "mobile", "-m(", "mobility")),
    *(
        _spec(f"architecture_{name}", _FLAG, "sheet's architecture", _text_has("spec_architecture", *parts))
        for name, parts in _ARCHITECTURES
    ),
    _known("log_g3d_mark", "log points", "table or query", _log("g3d_mark")),
    _known("log_g2d_mark", "log points", "table or query", _log("g2d_mark")),
    _known("log_price_usd", "log USD", "table or query", _log("price_usd")),
    _known("log_tdp_w", "log W", "table or query", _log("tdp_w")),
    _known("test_year", "year", "table or query", _number("test_year")),
    _known("years_since_release", "years", "test year less the sheet's release year", _years_since_release),
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
    values = np.empty((len(rows), len(FEATURES)), dtype=np.float32)
    texts = []
    for place, row in enumerate(rows):
        texts.append(complete_name(row["canonical"], row["series"], row["kind"]))
        part = values[place]
        for places, compute in _COMPUTE:
            part[places] = compute(row)
    return FeatureTable(texts=texts, values=values.astype(np.float64))
