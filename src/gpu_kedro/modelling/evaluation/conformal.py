"""Conformal intervals for regression: how far the truth may lie from the estimate.

Normalised split-conformal prediction. A small model learns how large the error of a prediction tends to be from the
inputs and from the disagreement of the blend's members; the interval is the estimate ± a quantile of the errors
measured in that size. Errors come from cross-validation only.

Why not crepes: its intervals are equal where a stratum has enough rows (668 of them), but a stratum of 24 rows gets
intervals up to 7.8 times as wide, where this falls back on all rows.

Source: Lei et al. (2018), Distribution-free predictive inference for regression; Papadopoulos et al. (2008),
Normalized nonconformity measures for regression conformal prediction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.options import IntervalOptions

#: Stratum of GPUs released after the last release in the training table.
NEWER = "newer"
_SMALLEST_SCALE = 0.01
_MISSING = -99.0


class TooFewRowsError(ValueError):
    """There are fewer errors than the coverage level can support."""


@dataclass(frozen=True)
class Calibration:
    """Turns an estimate and the expected size of its error into intervals.

    Args:
        scale_model: fitted regressor of the log of the absolute error.
        quantiles: coverage → stratum → multiple of the size; stratum "all" is always there.
    """

    scale_model: Any
    quantiles: dict[float, dict[str, float]]

    def half_widths(self, errors: "Errors") -> dict[float, NDArray[np.float64]]:
        """Half-widths (n,) in logs by coverage, for predictions with the inputs and strata of these errors."""
        sizes = expected_error(self.scale_model, errors.inputs)
        return {coverage: half_widths(sizes, errors.strata, strata) for coverage, strata in self.quantiles.items()}

    def newer_scores(self, errors: "Errors") -> NDArray[np.float64]:
        """Conformity scores of the GPUs that are newer than the training table: errors in units of expected size."""
        newer = errors.strata == NEWER
        sizes = expected_error(self.scale_model, errors.inputs[newer]) if newer.any() else np.empty(0)
        scores: NDArray[np.float64] = np.abs(errors.residuals[newer]) / sizes
        return scores


@dataclass(frozen=True)
class Errors:
    """Errors of n predictions that their GPUs did not shape.

    Args:
        inputs: (n, scale inputs).
        strata: (n,) stratum names.
        residuals: (n,) true minus predicted, in logs.
    """

    inputs: NDArray[np.float32]
    strata: NDArray[Any]
    residuals: NDArray[np.float64]

    def choose(self, chosen: NDArray[np.bool_]) -> Self:
        """The errors of some of the rows."""
        return type(self)(self.inputs[chosen], self.strata[chosen], self.residuals[chosen])


def conformal_quantile(scores: NDArray[np.float64], coverage: float) -> float:
    """The finite-sample quantile of conformity scores: the ceil((n + 1) · coverage)-th smallest.

    Raises:
        TooFewRowsError: n is too small for the coverage.
    """
    # rounded, because 0.9 / (1 - 0.9) is a little above 9 in binary
    rank = ceil(round((scores.size + 1) * coverage, 9))
    if rank > scores.size:
        needed = ceil(round(coverage / (1 - coverage), 9))
        raise TooFewRowsError(f"{scores.size} errors cannot support {coverage:.0%} coverage: {needed} are needed")
    return float(np.partition(scores, rank - 1)[rank - 1])


def scale_inputs(
    values: NDArray[np.float64],
    columns: Sequence[int] | NDArray[np.intp],
    predicted: NDArray[np.float64],
    members: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Inputs of the scale model: the expert's features (NaN as −99), the estimate, the members' spread.

    Args:
        values: (n, all features).
        columns: positions of the features in use.
        predicted: (n,) logs.
        members: (members, n) logs.
    """
    inputs = np.empty((len(values), len(columns) + 2), dtype=np.float32)
    inputs[:, :-2] = values.take(columns, axis=1)
    inputs[np.isnan(inputs)] = _MISSING
    deviations = members - members.sum(axis=0) / len(members)
    inputs[:, -2] = predicted
    inputs[:, -1] = np.sqrt(np.square(deviations).sum(axis=0) / len(members))
    return inputs


def fit_scale_model(inputs: NDArray[np.float32], residuals: NDArray[np.float64], iterations: int, seed: int) -> Any:
    """Learn the log of the absolute error, by least absolute deviation, from (n, inputs)."""
    from catboost import CatBoostRegressor

    sizes = np.log(np.abs(residuals) + _SMALLEST_SCALE)
    return CatBoostRegressor(
        iterations=iterations,
        depth=4,
        learning_rate=0.05,
        l2_leaf_reg=10,
        rsm=0.3,
        random_seed=seed,
        thread_count=1,
        verbose=False,
        allow_writing_files=False,
    ).fit(inputs, sizes)


def expected_error(scale_model: Any, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Expected size of the error in logs, (n,); never below one percent."""
    sizes: NDArray[np.float64] = np.maximum(
        np.exp(np.ravel(scale_model.predict(inputs)).astype(float)), _SMALLEST_SCALE
    )
    return sizes


def strata_quantiles(
    scores: NDArray[np.float64], strata: NDArray[Any], options: IntervalOptions
) -> dict[float, dict[str, float]]:
    """Quantiles of the scores for every stratum that has enough rows, and for all together."""
    quantiles: dict[float, dict[str, float]] = {}
    for coverage in options.coverages:
        quantiles[coverage] = {"all": conformal_quantile(scores, coverage)}
        for stratum in sorted(set(strata)):
            chosen = scores[strata == stratum]
            if chosen.size >= options.min_stratum:
                quantiles[coverage][str(stratum)] = conformal_quantile(chosen, coverage)
    return quantiles


def name_stratum(row: Mapping[str, Any]) -> str:
    """Calibration stratum of one GPU: how its specification was found."""
    if row["is_strict"]:
        return "strict"
    return "none" if row["match_kind"] == "none" else "other"


def half_widths(
    sizes: NDArray[np.float64], strata: Iterable[str], quantiles: Mapping[str, float]
) -> NDArray[np.float64]:
    """Half-width in logs for each row: its size times its stratum's quantile (else that of all)."""
    others = quantiles["all"]
    widths: NDArray[np.float64] = sizes * [quantiles.get(stratum, others) for stratum in strata]
    return widths


def cross_calibrate(
    errors: Errors, folds: NDArray[np.int64], options: IntervalOptions, seed: int
) -> tuple[dict[float, NDArray[np.float64]], Calibration]:
    """Calibrate on n cross-validated errors, and give each row half-widths that its own fold did not shape.

    The scale model and the quantiles of a row come from the other folds, so the coverage measured with them is
    that of GPUs the calibration has not seen.

    Returns:
        Half-widths (n,) by coverage, and the calibration to serve.
    """
    inputs, strata, residuals = errors.inputs, errors.strata, errors.residuals
    sizes = np.empty(residuals.size)
    for fold in np.unique(folds):
        held_out = folds == fold
        model = fit_scale_model(inputs[~held_out], residuals[~held_out], options.scale_iterations, seed)
        sizes[held_out] = expected_error(model, inputs[held_out])
    scores = np.abs(residuals) / sizes
    widths = {coverage: np.empty(residuals.size) for coverage in options.coverages}
    for fold in np.unique(folds):
        held_out = folds == fold
        quantiles = strata_quantiles(scores[~held_out], strata[~held_out], options)
        for coverage, width in widths.items():
            width[held_out] = half_widths(sizes[held_out], strata[held_out], quantiles[coverage])
    served = fit_scale_model(inputs, residuals, options.scale_iterations, seed)
    return widths, Calibration(served, strata_quantiles(scores, strata, options))


def add_newer_stratum(calibration: Calibration, scores: NDArray[np.float64], options: IntervalOptions) -> Calibration:
    """Add the stratum of GPUs released after the training table ends.

    Its quantile is that of the temporal split: errors, in units of their expected size, of GPUs released after the
    last year its model was trained on. Never narrower than for all GPUs together; too few scores change nothing.
    """
    if scores.size < options.min_newer:
        return calibration
    return Calibration(
        calibration.scale_model,
        {
            coverage: {**strata, NEWER: max(strata["all"], conformal_quantile(scores, coverage))}
            for coverage, strata in calibration.quantiles.items()
        },
    )
