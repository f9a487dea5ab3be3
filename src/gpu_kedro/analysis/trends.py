"""Exponential trends: how long something takes to double, from a straight line through its logarithms."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog

from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import Estimate, bootstrap_counts, percentile_interval

#: Quantile regression is fitted anew for each sample; more would cost time and move nothing.
_QUANTILE_REPLICATES = 300


class Trend(NamedTuple):
    """A line through logarithms to base 2.

    Args:
        per_year: doublings a year, with interval.
        at_year: the year that `level` is of.
        level: log2 of the line there.
        rows: GPUs.
    """

    per_year: Estimate
    at_year: float
    level: float
    rows: int

    @property
    def doubling_years(self) -> Estimate:
        """Years to double; an end is infinite where the interval holds no growth at all."""
        value, low, high = self.per_year
        return Estimate(
            1 / value if value > 0 else np.inf, 1 / high if high > 0 else np.inf, 1 / low if low > 0 else np.inf
        )

    def to_row(self) -> dict[str, float]:
        """The trend as columns of a tidy table."""
        return {
            **self.doubling_years.to_columns("doubling_years"),
            "rows": self.rows,
            "at_year": self.at_year,
            "log2_level": self.level,
            "log2_per_year": self.per_year.value,
        }

    def describe(self) -> str:
        """The doubling time in words, with its 95 % interval; says where no growth can be told from none."""
        return describe_doubling(self.doubling_years)


def describe_doubling(years: Estimate) -> str:
    """A doubling time in words, with its 95 % interval."""
    if not np.isfinite(years.high):
        return "no growth that could be told from none (the 95 % interval includes no change)"
    return f"{years.value:.2f} years (95 %: {years.low:.2f} to {years.high:.2f})"


def fit_mean_trend(rows: pd.DataFrame, values: pd.Series, options: AnalysisOptions) -> Trend:
    """Least squares of log2 of the values on the release year; the interval resamples chip groups.

    Args:
        rows: `release_year, chip_group`, one row a GPU.
        values: positive, of the same GPUs.
        options: replicates and seed.
    """
    years = rows["release_year"].to_numpy(float)
    logs = np.log2(values.to_numpy(float))
    weights = np.vstack([np.ones(len(rows)), bootstrap_counts(rows["chip_group"], options)])
    slopes = _slopes(years, logs, weights)
    middle = years.mean()
    return Trend(percentile_interval(slopes[0], slopes[1:]), middle, float(logs.mean()), len(rows))


def _slopes(years: NDArray[np.float64], logs: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[Any]:
    """Slope of the weighted least squares line for each row of weights."""
    total = weights.sum(axis=1)
    mean_year, mean_log = weights @ years / total, weights @ logs / total
    covariance = weights @ (years * logs) / total - mean_year * mean_log
    variance = weights @ np.square(years) / total - np.square(mean_year)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes: NDArray[Any] = covariance / variance
    return slopes


def fit_quantile_trend(rows: pd.DataFrame, values: pd.Series, quantile: float, options: AnalysisOptions) -> Trend:
    """Quantile regression of log2 of the values on the release year; the interval resamples chip groups.

    Source: Koenker and Bassett (1978), Regression quantiles.
    """
    years = rows["release_year"].to_numpy(float)
    middle = years.mean()
    design = np.column_stack([np.ones(len(rows)), years - middle])
    logs = np.log2(values.to_numpy(float))
    level, slope = _fit_quantile(design, logs, quantile)
    places = np.arange(len(rows))
    samples = bootstrap_counts(rows["chip_group"], options)[:_QUANTILE_REPLICATES]
    slopes = np.array([_fit_quantile(design[one], logs[one], quantile)[1] for one in map(places.repeat, samples)])
    return Trend(percentile_interval(slope, slopes), middle, level, len(rows))


def _fit_quantile(design: NDArray[Any], logs: NDArray[Any], quantile: float) -> tuple[float, float]:
    """Level and slope by the dual linear programme, which is exact and has two constraints only."""
    dual = linprog(-logs, A_eq=design.T, b_eq=(1 - quantile) * design.sum(axis=0), bounds=(0, 1), method="highs")
    level, slope = -dual.eqlin.marginals
    return float(level), float(slope)
