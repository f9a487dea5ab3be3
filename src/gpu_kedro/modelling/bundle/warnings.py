"""What somebody should know before trusting an answer; each warning names the field it is about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.feature_functions import effective_fp32_gflops, fp32_gflops
from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.domain.specs.kinds import DOUBTFUL_BELOW
from gpu_kedro.domain.specs.matching import SpecMatch
from gpu_kedro.domain.specs.sheets import NUMERIC_SPEC_FIELDS
from gpu_kedro.modelling.bundle.ladder import Known
from gpu_kedro.modelling.targets import REGRESSION_TARGETS

#: Features whose range in training is worth a warning, and the field of the query or sheet behind each.
_WATCHED: dict[str, str] = {
    "log_g3d_mark": "g3d_mark",
    "log_g2d_mark": "g2d_mark",
    "log_price_usd": "price_usd",
    "log_tdp_w": "tdp_w",
    "test_year": "test_year",
    "release_year": "release_year",
    "log_process_nm": "process_nm",
    "log_transistor_count_m": "transistor_count_m",
    "log_boost_clock_mhz": "boost_clock_mhz",
    "log_shading_units": "shading_units",
    "log_tmus": "tmus",
    "log_rops": "rops",
    "log_l2_cache_mb": "l2_cache_mb",
    "log_memory_size_gb": "memory_size_gb",
    "log_memory_bus_bits": "memory_bus_bits",
    "log_memory_bandwidth_gb_s": "memory_bandwidth_gb_s",
    "log_effective_fp32_gflops": "fp32_gflops",
    "log_sheet_tdp_w": "tdp_w",
}
_FEATURES = tuple(_WATCHED)
_FP32 = FEATURE_NAMES.index("log_effective_fp32_gflops")
_FP32_WATCHED = _FEATURES.index("log_effective_fp32_gflops")
_PLACES = np.array([FEATURE_NAMES.index(name) for name in _FEATURES])
#: A given figure and the matched sheet's contradict each other when one is more than this multiple of the other.
_CONTRADICTION = 1.5
#: Kinds of device that a maker may have too few of in training.
_DEVICES = {"discrete": "graphics cards", "integrated": "integrated graphics", "apu": "processors' graphics"}
#: GPUs of a maker and kind that the models must have seen to know it.
LEAST_SEEN = 5
#: From then on makers sell one name with power limits of their own choice (80 to 150 W for a GeForce RTX 3080 of
#: laptops); before, the slow ones were called Max-Q.
_OWN_LIMITS_SINCE = 2021


class TrainingRange:
    """The smallest and largest value of each watched feature in training."""

    def __init__(self, ranges: Mapping[str, tuple[float, float]]) -> None:
        open_range = (-np.inf, np.inf)
        self.bounds = [ranges.get(name, open_range) for name in _FEATURES]
        self.lowest = np.array([low for low, _ in self.bounds])
        self.highest = np.array([high for _, high in self.bounds])

    def outside(self, values: NDArray[np.float64]) -> list[list[int]]:
        """For each of n rows of features, the positions among the watched ones of values beyond the range.

        NaN lies nowhere.
        """
        watched = values.take(_PLACES, axis=1)
        rows, places = np.nonzero((watched < self.lowest) | (watched > self.highest))
        found: list[list[int]] = [[] for _ in values]
        for row, place in zip(rows.tolist(), places.tolist(), strict=True):
            found[row].append(place)
        return found


def find_warnings(
    query: Mapping[str, Any],
    row: Mapping[str, Any],
    values: NDArray[np.float64],
    outside: Sequence[int],
    match: SpecMatch,
    estimated: tuple[str, ...],
    known: Known,
    served: Any,
) -> list[dict[str, str]]:
    """Warnings about one answer, as `code`, `field` and `detail`; none where the models say nothing of the GPU.

    `outside` is what `TrainingRange.outside` found, `estimated` are fields of a given sheet that similar sheets gave,
    and of `served`, the bound bundle, `training_range`, `architectures` and `makers` are read.
    """
    found: list[dict[str, str]] = []
    if known.refusal is not None:
        return found
    if row["match_kind"] == "none":
        found.append(
            make_warning(
                "no_specification", "name", "no specification matches this name: predicted from the name alone"
            )
        )
    elif row["match_confidence"] < DOUBTFUL_BELOW:
        found.append(make_warning("uncertain_match", "name", f"taken for {match.spec_name}, which is a guess"))
    if estimated:
        found.append(
            make_warning("estimated_sheet", "specs", f"not given, taken from similar sheets: {', '.join(estimated)}")
        )
    found.extend(_describe_strangers(row, served))
    found.extend(_describe_surroundings(row))
    if values[_FP32] > served.training_range.highest[_FP32_WATCHED]:
        found.append(
            make_warning(
                "saturation", "g3d_mark", "faster than all in training: up there the 3D mark grows ever slower"
            )
        )
    found.extend(_describe_range(place, values, served.training_range) for place in outside)
    found.extend(_find_contradictions(query, match, known))
    return found


def _describe_strangers(row: Mapping[str, Any], served: Any) -> Iterator[dict[str, str]]:
    """Warnings about makers and architectures that the models have not seen."""
    kind, vendor = row["kind"], row["vendor"]
    if served.makers is not None and vendor is not None and kind in _DEVICES and (vendor, kind) not in served.makers:
        told = f"fewer than {LEAST_SEEN} {_DEVICES[kind]} of this maker ({vendor}) are in the training table"
        yield make_warning("unseen_maker", "manufacturer", told)
    architecture = row["spec_architecture"]
    if architecture is not None and architecture not in served.architectures:
        told = f"no GPU of the architecture {architecture} is in the training table"
        yield make_warning("unseen_architecture", "architecture", told)
        plain, effective = fp32_gflops(row), effective_fp32_gflops(row)
        if plain and effective and effective < plain:
            told = (
                f"it issues two FP32 operations at once, which games use in part: counted at {effective / plain:.0%}, "
                "as older chips of that design have it"
            )
            yield make_warning("dual_issue", "fp32_gflops", told)


def _describe_surroundings(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Warnings about what the GPU is built into, which no name tells."""
    if row["kind"] in ("integrated", "apu"):
        told = "shares the memory of the computer: with one module instead of two it is far slower"
        return [make_warning("shared_memory", "memory_bandwidth_gb_s", told)]
    if row["is_mobile"] and row["kind"] == "discrete" and (row["spec_release_year"] or 0) >= _OWN_LIMITS_SINCE:
        told = "makers of laptops set its power limit, so that cards of this name differ in speed and power"
        return [make_warning("laptop_power_limit", "tdp_w", told)]
    return []


def _describe_range(place: int, values: NDArray[np.float64], training_range: TrainingRange) -> dict[str, str]:
    feature, (low, high) = _FEATURES[place], training_range.bounds[place]
    field, value = _WATCHED[feature], float(values[_PLACES[place]])
    if field == "release_year" and value > high:
        return make_warning("extrapolation", field, f"newer than any GPU in the training table ({high:.0f})")
    if feature.startswith("log_"):
        low, high = float(np.exp(low)), float(np.exp(high))
    return make_warning("out_of_range", field, f"outside the training range ({low:,.6g} to {high:,.6g})")


def _find_contradictions(query: Mapping[str, Any], match: SpecMatch, known: Known) -> Iterator[dict[str, str]]:
    """Warnings about what was given and is otherwise on the sheet or in the table, and about labels and lines."""
    given: dict[str, Any] = {}
    if match.is_strict:
        given.update(query.get("specs") or {})
        if query.get("tdp_w") is not None:
            given["tdp_w"] = query["tdp_w"]
    for field, value in given.items():
        matched = match.specs.get(field)
        if field not in NUMERIC_SPEC_FIELDS or value is None or not matched:
            continue
        if abs(value - matched) > 1 if field == "release_year" else _differs(value, matched):
            yield make_warning("contradiction", field, f"{value:,g} is given, but {match.spec_name} has {matched:,g}")
    if known.measured:
        yield from _compare_with_table(query, known)


def _compare_with_table(query: Mapping[str, Any], known: Known) -> Iterator[dict[str, str]]:
    for field in REGRESSION_TARGETS:
        value, measured = query.get(field), known.measured.get(field)
        if value is not None and measured is not None and _differs(value, measured):
            yield make_warning("contradiction", field, f"{value:,g} is given, but the table has {measured:,g}")
    labels = known.measured.get("segment")
    if labels is not None and (others := [name for name in known.line if name not in labels]):
        told = f"the table has {labels}, but the maker's own line is {', '.join(others)}"
        yield make_warning("disputed_segment", "segment", told)


def _differs(one: float, other: float) -> bool:
    return not 1 / _CONTRADICTION <= one / other <= _CONTRADICTION


def make_warning(code: str, field: str, detail: str) -> dict[str, str]:
    """One warning of an answer."""
    return {"code": code, "field": field, "detail": detail}
