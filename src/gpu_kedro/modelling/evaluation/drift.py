"""How far two samples of one quantity are apart, and which of many have moved too far.

Why not a drift library: Evidently 0.7.23 brings 79 packages (715 MB) for the same two numbers, and cannot be imported
beside pandas 3.1.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import ks_2samp

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.modelling.options import MonitoringOptions

#: Share that stands for an empty bin, so that its logarithm is finite.
_LEAST_SHARE = 1e-4
_OUT_OF_RANGE = ("out_of_range", "extrapolation")


class TooFewPredictionsError(GpuKedroError):
    """There is not enough in the prediction log to compare with."""


def population_stability(reference: NDArray[np.float64], current: NDArray[np.float64], bins: int) -> float:
    """PSI: sum over bins of (current share − reference share) × ln(current share / reference share).

    Bins are quantiles of the reference; a value that is a tenth of it or more gets a bin of its own.
    Neither sample holds NaN.

    Source: Siddiqi (2006), Credit risk scorecards.
    """
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, bins + 1)))[1:-1]
    if edges.size == 0:  # one value, or two: what is below, at and above
        edges = np.unique(reference)[:1]
    shares = [
        np.maximum(
            np.bincount(np.searchsorted(edges, sample, side="left"), minlength=edges.size + 1) / sample.size,
            _LEAST_SHARE,
        )
        for sample in (reference, current)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def compare_samples(reference: pd.Series, current: pd.Series, options: MonitoringOptions) -> dict[str, float] | None:
    """PSI, KS statistic and known rows of one quantity, None where one side knows too few values."""
    known, asked = reference.dropna().to_numpy(float), current.dropna().to_numpy(float)
    if min(known.size, asked.size) < options.min_rows:
        return None
    return {
        "psi": population_stability(known, asked, options.bins),
        "ks": float(ks_2samp(known, asked).statistic),
        "rows": float(asked.size),
    }


def measure_drift(
    training_inputs: pd.DataFrame,
    training_outputs: pd.DataFrame,
    asked_inputs: pd.DataFrame,
    asked_outputs: pd.DataFrame,
    options: MonitoringOptions,
) -> dict[str, Any]:
    """Compare what was asked and answered with the training data; outputs have `match_kind` and `warnings` too.

    Returns:
        `rows`; `unmatched_share` and `out_of_range_share`, each with that of the training data beside it; `inputs` and
        `outputs`: quantity → `psi`, `ks`, `rows`; `alarms`: what is above its threshold, in words.
    """
    results: dict[str, Any] = {
        "rows": float(len(asked_outputs)),
        "unmatched_share": _unmatched(asked_outputs),
        "unmatched_share_in_training": _unmatched(training_outputs),
        "out_of_range_share": _out_of_range(asked_outputs),
        "out_of_range_share_in_training": _out_of_range(training_outputs),
        "inputs": _compare_columns(training_inputs, asked_inputs, options),
        "outputs": _compare_columns(training_outputs, asked_outputs, options),
    }
    return {**results, "alarms": _find_alarms(results, options)}


def _compare_columns(reference: pd.DataFrame, current: pd.DataFrame, options: MonitoringOptions) -> dict[str, Any]:
    numeric = [name for name in reference.columns if name in current and pd.api.types.is_numeric_dtype(reference[name])]
    found = {name: compare_samples(reference[name], current[name], options) for name in numeric}
    return {name: comparison for name, comparison in found.items() if comparison is not None}


def _unmatched(outputs: pd.DataFrame) -> float:
    return float(outputs["match_kind"].eq("none").mean())


def _out_of_range(outputs: pd.DataFrame) -> float:
    return float(
        outputs["warnings"].fillna("").str.split().map(lambda codes: not set(codes).isdisjoint(_OUT_OF_RANGE)).mean()
    )


def _find_alarms(results: Mapping[str, Any], options: MonitoringOptions) -> list[str]:
    alarms = []
    for share, limit in (
        ("unmatched_share", options.max_unmatched_share),
        ("out_of_range_share", options.max_out_of_range_share),
    ):
        if results[share] > limit:
            alarms.append(f"{share} {results[share]:.3f} > {limit:g}")
    for side, name, measured in rank_shifts(results):
        above = [
            f"{measure} {measured[measure]:.3f} > {limit:g}"
            for measure, limit in (("psi", options.max_psi), ("ks", options.max_ks))
            if measured[measure] > limit
        ]
        if above:
            alarms.append(f"{side[:-1]} {name}: {', '.join(above)}")
    return alarms


def rank_shifts(drift: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, float]]]:
    """Side, name and measures of every quantity, what moved most first."""
    found = [(side, name, measured) for side in ("inputs", "outputs") for name, measured in drift[side].items()]
    return sorted(found, key=lambda entry: -entry[2]["psi"])
