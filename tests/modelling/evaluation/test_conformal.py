import numpy as np
import pytest

from gpu_kedro.modelling.evaluation.conformal import (
    Errors,
    TooFewRowsError,
    add_newer_stratum,
    conformal_quantile,
    cross_calibrate,
)
from gpu_kedro.modelling.options import IntervalOptions

OPTIONS = IntervalOptions(coverages=(0.8, 0.9), scale_iterations=50, min_newer=20, min_stratum=60)


def test_conformal_quantile_is_the_finite_sample_rank():
    scores = np.arange(1.0, 20.0)  # 19 scores: rank ceil(20 * 0.9) = 18
    assert conformal_quantile(scores, 0.9) == 18


def test_too_few_errors_for_a_coverage_are_refused():
    with pytest.raises(TooFewRowsError, match="8 errors cannot support 90% coverage: 9 are needed"):
        conformal_quantile(np.arange(8.0), 0.9)


@pytest.fixture(scope="module")
def noisy() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(0)
    size = np.where(chance.random(1500) < 0.5, 0.1, 1.0)
    inputs = np.column_stack([size, chance.random(1500)]).astype(np.float32)
    strata = np.where(size > 0.5, "loud", "quiet")
    return inputs, chance.normal(scale=size), strata, chance.integers(0, 5, 1500)


def test_intervals_cover_what_they_promise_in_every_stratum(noisy):
    inputs, residuals, strata, folds = noisy
    widths, _ = cross_calibrate(Errors(inputs, strata, residuals), folds, OPTIONS, seed=0)
    for stratum in ("loud", "quiet"):
        inside = np.abs(residuals) <= widths[0.9]
        assert inside[strata == stratum].mean() == pytest.approx(0.9, abs=0.03)


def test_intervals_are_wide_where_errors_are_large(noisy):
    inputs, residuals, strata, folds = noisy
    widths, _ = cross_calibrate(Errors(inputs, strata, residuals), folds, OPTIONS, seed=0)
    assert np.median(widths[0.9][strata == "loud"]) > 5 * np.median(widths[0.9][strata == "quiet"])
    assert (widths[0.8] < widths[0.9]).all()


def test_the_errors_of_a_fold_do_not_shape_its_own_intervals(noisy):
    inputs, residuals, strata, folds = noisy
    widths, _ = cross_calibrate(Errors(inputs, strata, residuals), folds, OPTIONS, seed=0)
    louder = np.where(folds == 2, residuals * 100, residuals)
    changed, _ = cross_calibrate(Errors(inputs, strata, louder), folds, OPTIONS, seed=0)
    own = folds == 2
    # the sizes of fold 2 come from models of the other folds, its quantile from their scores
    assert np.median(changed[0.9][own]) < 3 * np.median(widths[0.9][own])
    assert np.median(changed[0.9][~own]) > np.median(widths[0.9][~own])


def test_a_small_stratum_uses_the_quantile_of_all(noisy):
    inputs, residuals, strata, folds = noisy
    rare = strata.astype(object).copy()
    rare[:20] = "rare"
    _, calibration = cross_calibrate(Errors(inputs, rare, residuals), folds, OPTIONS, seed=0)
    assert set(calibration.quantiles[0.9]) == {"all", "loud", "quiet"}


def test_newer_gpus_get_the_wider_quantile_of_the_later_ones(noisy):
    inputs, residuals, strata, folds = noisy
    _, calibration = cross_calibrate(Errors(inputs, strata, residuals), folds, OPTIONS, seed=0)
    assert add_newer_stratum(calibration, np.full(19, 50.0), OPTIONS) is calibration  # too few to say
    wide = add_newer_stratum(calibration, np.arange(1.0, 20.0).repeat(2), OPTIONS)
    assert wide.quantiles[0.9]["newer"] == 18
    narrow = add_newer_stratum(calibration, np.full(40, 0.01), OPTIONS)
    assert narrow.quantiles[0.9]["newer"] == calibration.quantiles[0.9]["all"]
