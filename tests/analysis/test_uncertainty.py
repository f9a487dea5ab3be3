import numpy as np
import pandas as pd
import pytest

from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import Estimate, bootstrap, bootstrap_counts
from gpu_kedro.analysis.trends import describe_doubling, fit_mean_trend, fit_quantile_trend

OPTIONS = AnalysisOptions(min_gpus=3, min_score=50, replicates=200, seed=1)


def _rows(years: range, copies: int = 3) -> pd.DataFrame:
    repeated = [year for year in years for _ in range(copies)]
    return pd.DataFrame({"release_year": repeated, "chip_group": [f"chip {place}" for place in range(len(repeated))]})


def test_rows_of_a_chip_group_are_drawn_together():
    counts = bootstrap_counts(pd.Series(["a", "a", "b", "c"]), OPTIONS)
    assert counts.shape == (200, 4)
    assert (counts[:, 0] == counts[:, 1]).all()
    # three groups are drawn in each sample
    assert (counts[:, 1:].sum(axis=1) == 3).all()


def test_siblings_make_an_interval_wider_than_as_many_independent_gpus():
    values = np.repeat([1.0, 2.0, 5.0, 9.0], 10)

    def mean(places: np.ndarray) -> float:
        return float(values[places].mean())

    siblings = bootstrap(mean, pd.Series(np.repeat(list("abcd"), 10)), OPTIONS)
    independent = bootstrap(mean, pd.Series(range(40)), OPTIONS)
    assert siblings.high - siblings.low > 2 * (independent.high - independent.low)


def test_the_same_seed_gives_the_same_interval():
    first, second = (bootstrap(lambda places: float(places.mean()), pd.Series(range(9)), OPTIONS) for _ in range(2))
    assert first == second


def test_what_doubles_every_two_years_is_said_to():
    rows = _rows(range(2000, 2012))
    values = 2.0 ** ((rows["release_year"] - 2000) / 2)
    assert fit_mean_trend(rows, values, OPTIONS).describe() == "2.00 years (95 %: 2.00 to 2.00)"
    assert fit_quantile_trend(rows, values, 0.9, OPTIONS).describe() == "2.00 years (95 %: 2.00 to 2.00)"


def test_the_upper_quantile_has_a_trend_of_its_own():
    rows = _rows(range(2000, 2010), 10)
    rank = np.tile(np.arange(10), 10)
    years = rows["release_year"] - 2000
    # the best of each year double every year, the others stand still
    values = pd.Series(np.where(rank == 9, 2.0**years, 0.5))
    assert fit_quantile_trend(rows, values, 0.95, OPTIONS).per_year.value == pytest.approx(1.0)
    assert fit_quantile_trend(rows, values, 0.5, OPTIONS).per_year.value == pytest.approx(0.0)


def test_a_trend_that_may_be_none_is_not_given_as_a_doubling_time():
    rows = _rows(range(2000, 2010))
    values = pd.Series(np.tile([1.0, 4.0, 2.0], 10))
    trend = fit_mean_trend(rows, values, OPTIONS)
    assert trend.doubling_years.high == np.inf
    assert "includes no change" in trend.describe()


def test_an_interval_knows_whether_it_holds_no_effect():
    assert Estimate(1.2, 0.9, 1.5).includes(1)
    assert not Estimate(1.2, 1.1, 1.5).includes(1)
    assert describe_doubling(Estimate(3.4, 3.1, 3.8)) == "3.40 years (95 %: 3.10 to 3.80)"
