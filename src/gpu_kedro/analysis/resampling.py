"""Uncertainty by the bootstrap, resampling whole chip groups: siblings of one chip are not independent.

Source: Efron and Tibshirani (1993), An introduction to the bootstrap; Field and Welsh (2007), Bootstrapping clustered
data.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.analysis.findings import require_rows
from gpu_kedro.analysis.options import AnalysisOptions

Counts = NDArray[np.int64]


class Estimate(NamedTuple):
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    def includes(self, number: float) -> bool:
        """Whether the interval holds a number, e.g. that of no effect."""
        return not (self.low > number or self.high < number)

    def map(self, function: Callable[[float], float]) -> "Estimate":
        """The estimate on another scale, by an increasing function."""
        return Estimate(function(self.value), function(self.low), function(self.high))

    def to_columns(self, name: str) -> dict[str, float]:
        """The number under its name, the ends as `name_low` and `name_high`."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}

    def __format__(self, spec: str) -> str:
        """All three numbers in one format: `1.32 (95 %: 1.30 to 1.35)`."""
        value, low, high = (format(number, spec) for number in self)
        return f"{value} (95 %: {low} to {high})"


def bootstrap_counts(groups: pd.Series, options: AnalysisOptions) -> Counts:
    """How often each of n rows stands in each bootstrap sample, (replicates, n): rows of a group come together.

    Raises:
        NotAnswerableError: there is no row.
    """
    require_rows(groups, 1, "GPUs")
    codes, names = pd.factorize(groups)
    generator = np.random.default_rng(options.seed)
    drawn = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=options.replicates)
    return drawn[:, codes]


def percentile_interval(value: float, replicates: NDArray[np.float64]) -> Estimate:
    """The estimate with the 2.5th and 97.5th percentile of its replicates; those that are not finite are left out."""
    finite = replicates[np.isfinite(replicates)]
    low, high = np.percentile(finite, [2.5, 97.5]) if finite.size else (np.nan, np.nan)
    return Estimate(float(value), float(low), float(high))


def bootstrap(statistic: Callable[[NDArray[np.intp]], float], groups: pd.Series, options: AnalysisOptions) -> Estimate:
    """A statistic of rows with its 95 % interval.

    Args:
        statistic: positions of rows (some several times) → number, NaN where a sample has none.
        groups: the group of each row; whole groups are resampled.
        options: replicates and seed.
    """
    places = np.arange(len(groups))
    replicates = np.array([statistic(np.repeat(places, counts)) for counts in bootstrap_counts(groups, options)])
    return percentile_interval(statistic(places), replicates)


def median_with_interval(values: Any, groups: pd.Series, options: AnalysisOptions) -> Estimate:
    """The median with its 95 % interval."""
    numbers = np.asarray(values, dtype=float)
    return bootstrap(lambda places: float(np.median(numbers[places])), groups, options)
