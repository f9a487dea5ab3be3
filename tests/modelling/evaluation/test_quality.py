import numpy as np
import pandas as pd
import pytest

from gpu_kedro.modelling.evaluation.metrics import (
    calibration_error,
    classification_metrics,
    interval_metrics,
    label_probabilities,
    median_error_spread,
    regression_metrics,
    reliability_bins,
    segment_reliability,
    stratify,
)


def test_regression_metrics_of_a_known_case():
    true, predicted = np.log([100.0, 200.0, 400.0, 800.0]), np.log([110.0, 200.0, 200.0, 800.0])
    metrics = regression_metrics(true, predicted)
    assert metrics["rows"] == 4
    assert metrics["median_error"] == pytest.approx(0.05)
    assert metrics["within_20pct"] == 0.75
    assert metrics["rmsle"] == pytest.approx(0.34984, abs=1e-5)
    assert metrics["r2_log"] == pytest.approx(0.79622, abs=1e-5)


def test_interval_metrics_count_what_lies_inside():
    metrics = interval_metrics(np.array([0.1, -0.5, 0.3]), {0.9: np.array([0.2, 0.2, 0.3])})
    assert metrics == {
        "coverage_90": pytest.approx(2 / 3),
        "width_90": pytest.approx(0.4),
        "mean_width_90": pytest.approx(1.4 / 3),
    }


def test_label_probabilities_add_the_combinations_that_contain_the_label():
    probabilities = np.array([[0.5, 0.3, 0.2]])
    labels = label_probabilities(probabilities, ("Mobile", "Mobile, Workstation", "Workstation"))
    np.testing.assert_allclose(labels, [[0.0, 0.8, 0.5]])


def test_classification_metrics_of_a_known_case():
    classes = ("Desktop", "Mobile", "Mobile, Workstation", "Workstation")
    probabilities = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]], dtype=float)
    metrics = classification_metrics(np.array([0, 1, 2, 3]), probabilities, classes)
    assert metrics["exact"] == 0.75
    assert metrics["macro_f1"] == pytest.approx((1 + 1 + 2 / 3) / 3)


def test_calibration_error_is_zero_for_honest_probabilities_and_large_for_boasts():
    truth = np.array([True] * 8 + [False] * 2)
    assert calibration_error(truth, np.full(10, 0.8)) == pytest.approx(0)
    assert calibration_error(truth, np.full(10, 0.99)) == pytest.approx(0.19)


def test_reliability_bins_set_what_was_said_beside_what_came_true():
    truth, said = np.array([True, False, True, True]), np.array([0.05, 0.05, 0.97, 0.99])
    low, high = reliability_bins(truth, said)
    assert (low["middle"], low["rows"], low["probability"], low["share"]) == (0.05, 2, 0.05, 0.5)
    assert (high["middle"], high["rows"], high["probability"], high["share"]) == (0.95, 2, pytest.approx(0.98), 1.0)
    assert (high["lower"], high["upper"]) == (pytest.approx(0.3424, abs=1e-4), pytest.approx(1.0))


def test_segment_reliability_counts_a_combination_in_each_of_its_segments():
    probabilities = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    bins = segment_reliability(np.array([1, 0]), probabilities, ("Desktop", "Mobile, Workstation", "Workstation"))
    assert [one["rows"] for one in bins["all"]] == [3, 3]
    assert [(one["probability"], one["share"]) for one in bins["Workstation"]] == [(0.0, 0.0), (1.0, 1.0)]
    assert set(bins) == {"all", "Desktop", "Mobile", "Workstation"}


def test_median_error_spread_is_the_range_of_a_few_errors():
    spread = median_error_spread(np.log([100 / 110, 100 / 130, 100 / 120]))
    assert spread == {"median_error_low": pytest.approx(0.1), "median_error_high": pytest.approx(0.3)}


def test_strata_are_told_apart_by_literal_rules():
    rows = pd.DataFrame(
        {
            "is_strict": [True, False, False],
            "g3d_mark": [1000.0, 20.0, None],
            "segment": pd.Series(["Mobile, Workstation", None, "Desktop"], dtype="str"),
            "vendor": ["nvidia", "intel", None],
            "spec_release_year": [2019.0, None, 2009.0],
            "test_year": [2021.0, 2012.0, 2015.0],
            "kind": ["discrete", "dual", "discrete"],
            "match_kind": ["direct", "dual", "none"],
        }
    )
    masks = {name: mask.tolist() for name, mask in stratify(rows).items()}
    assert masks["strict_match_1000_points"] == [True, False, False]
    assert masks["no_match"] == [False, False, True]
    assert masks["segment_workstation"] == [True, False, False]
    assert masks["labelled_segment"] == [True, False, True]
    assert masks["era_2010_2014"] == [False, True, False]
    assert masks["era_from_2019"] == [True, False, False]
    assert masks["below_50_points"] == [False, True, False]
