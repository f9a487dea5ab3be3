"""Figures of merit, overall and for each stratum."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from gpu_kedro.modelling.evaluation.confidence import median_interval, share_interval
from gpu_kedro.modelling.targets import SEGMENTS, label_membership

Metrics = dict[str, float]
_SMALLEST_PROBABILITY = 1e-6
_BINS = 10


def regression_metrics(true: NDArray[np.float64], predicted: NDArray[np.float64]) -> Metrics:
    """Errors of predictions in natural logs.

    Returns:
        `r2_log`; `rmsle`, the root mean square of the log ratio; `median_error`, the median of |predicted/true − 1|
        in the target's unit; `within_20pct`, the share of predictions within 20 % of the truth; `rows`.
    """
    residuals = true - predicted
    relative = np.abs(np.expm1(predicted - true))
    spread = float(np.square(true - true.mean()).sum())
    return {
        "rows": float(true.size),
        "r2_log": 1 - float(np.square(residuals).sum()) / spread if spread > 0 else float("nan"),
        "rmsle": float(np.sqrt(np.square(residuals).mean())),
        "median_error": float(np.median(relative)),
        "within_20pct": float((relative <= 0.2).mean()),
    }


def interval_metrics(residuals: NDArray[np.float64], half_widths: Mapping[float, NDArray[np.float64]]) -> Metrics:
    """Coverage, median and mean full width (in logs) of each interval: `coverage_90`, `width_90`, `mean_width_90`…"""
    metrics: Metrics = {}
    for coverage, widths in half_widths.items():
        percent = round(coverage * 100)
        metrics[f"coverage_{percent}"] = float((np.abs(residuals) <= widths).mean())
        metrics[f"width_{percent}"] = float(np.median(2 * widths))
        metrics[f"mean_width_{percent}"] = float(np.mean(2 * widths))
    return metrics


def median_error_spread(residuals: NDArray[np.float64]) -> Metrics:
    """95 % interval of `median_error`, from residuals in natural logs."""
    spread = median_interval(np.abs(np.expm1(-residuals)))
    return {"median_error_low": spread.lower, "median_error_high": spread.upper}


def label_probabilities(probabilities: NDArray[np.float64], classes: Iterable[str]) -> NDArray[np.float64]:
    """Probability of each segment, (n, 3): the sum over the combinations that contain it."""
    marginals: NDArray[np.float64] = probabilities @ np.array(label_membership(classes), dtype=float)
    return marginals


def classification_metrics(
    true: NDArray[np.int64], probabilities: NDArray[np.float64], classes: tuple[str, ...]
) -> Metrics:
    """Errors of the segment model.

    Args:
        true: (n,) positions in `classes`.
        probabilities: (n, classes).
        classes: combinations of segments, e.g. "Mobile, Workstation".

    Returns:
        `exact`, the share of fully right combinations; `macro_f1` over the three segments; `log_loss` of the
        combinations in nats; `ece`, the expected calibration error of the segments' probabilities in ten bins;
        `rows`.
    """
    chosen = probabilities.argmax(axis=1)
    membership = np.array(label_membership(classes))
    marginals = label_probabilities(probabilities, classes)
    truth = membership[true]
    likelihood = np.maximum(probabilities[np.arange(true.size), true], _SMALLEST_PROBABILITY)
    return {
        "rows": float(true.size),
        "exact": float((chosen == true).mean()),
        "macro_f1": float(f1_score(truth, membership[chosen], average="macro", zero_division=0)),
        "log_loss": float(-np.log(likelihood).mean()),
        "ece": calibration_error(truth.ravel(), marginals.ravel()),
    }


def calibration_error(truth: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> float:
    """Expected calibration error: mean |observed share − mean probability| over equal-width bins, weighted by rows.

    Source: Naeini et al. (2015), Obtaining well calibrated probabilities using Bayesian binning.
    """
    bins = reliability_bins(truth, probabilities)
    return sum(abs(one["share"] - one["probability"]) * one["rows"] for one in bins) / truth.size


def reliability_bins(truth: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> list[Metrics]:
    """One entry for each of ten equal bins that holds GPUs.

    Returns:
        `middle` of the bin, `rows`, mean `probability`, observed `share`, and its 95 % interval `lower`, `upper`.
    """
    places = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    bins = []
    for place in np.unique(places):
        chosen = places == place
        share = share_interval(float(truth[chosen].mean()), float(chosen.sum()))
        bins.append(
            {
                "middle": (int(place) + 0.5) / _BINS,
                "rows": int(chosen.sum()),
                "probability": float(probabilities[chosen].mean()),
                "share": share.value,
                "lower": share.lower,
                "upper": share.upper,
            }
        )
    return bins


def segment_reliability(
    true: NDArray[np.int64], probabilities: NDArray[np.float64], classes: tuple[str, ...]
) -> dict[str, list[Metrics]]:
    """Reliability bins of each segment, and of `all` of them together; takes what `classification_metrics` takes."""
    truth = np.array(label_membership(classes))[true]
    marginals = label_probabilities(probabilities, classes)
    bins = {"all": reliability_bins(truth.ravel(), marginals.ravel())}
    for place, segment in enumerate(SEGMENTS):
        bins[segment] = reliability_bins(truth[:, place], marginals[:, place])
    return bins


def stratify(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Name the strata that results are reported for, as masks over the rows.

    Args:
        rows: columns `is_strict, g3d_mark, segment, vendor, spec_release_year, test_year, kind, match_kind`.
    """
    era = rows["spec_release_year"].fillna(rows["test_year"])
    masks: dict[str, Any] = {
        "all": pd.Series(True, index=rows.index),
        "strict_match": rows["is_strict"].astype(bool),
        "strict_match_1000_points": rows["is_strict"].astype(bool) & rows["g3d_mark"].ge(1000),
        "other_match": ~rows["is_strict"].astype(bool) & rows["match_kind"].ne("none"),
        "no_match": rows["match_kind"].eq("none"),
        "below_50_points": rows["g3d_mark"].lt(50),
        "dual_graphics": rows["kind"].eq("dual"),
        "vgpu": rows["kind"].eq("vgpu"),
        "labelled_segment": rows["segment"].notna(),
        **{
            f"segment_{name.lower()}": rows["segment"].astype("str").str.contains(name, regex=False)
            for name in SEGMENTS
        },
        **{f"vendor_{name}": rows["vendor"].eq(name) for name in ("nvidia", "amd", "intel")},
        "era_to_2009": era.le(2009),
        "era_2010_2014": era.between(2010, 2014),
        "era_2015_2018": era.between(2015, 2018),
        "era_from_2019": era.ge(2019),
    }
    return {name: mask.fillna(False).astype(bool) for name, mask in masks.items()}
