import numpy as np
import pandas as pd
import pytest

from gpu_kedro.modelling.evaluation.drift import compare_samples, measure_drift, population_stability
from gpu_kedro.modelling.options import MonitoringOptions

OPTIONS = MonitoringOptions(
    bins=4, last_rows=1000, max_ks=0.25, max_out_of_range_share=0.1, max_psi=0.25, max_unmatched_share=0.15, min_rows=10
)


def test_psi_of_equal_samples_is_zero():
    values = np.arange(100.0)
    assert population_stability(values, values, 10) == pytest.approx(0)


def test_psi_is_the_sum_over_bins_of_share_differences_times_log_ratios():
    # halves of 50 % and 50 % become 80 % and 20 %: 0.3 ln 1.6 − 0.3 ln 0.4
    reference = np.repeat([0.0, 1.0], 50)
    current = np.repeat([0.0, 1.0], [80, 20])
    assert population_stability(reference, current, 10) == pytest.approx(0.41589, abs=1e-5)


def test_a_value_that_training_never_had_counts():
    assert population_stability(np.zeros(100), np.ones(100), 10) > 5


def test_too_few_known_values_are_not_compared():
    some = pd.Series([*range(9), *[np.nan] * 50], dtype=float)
    assert compare_samples(pd.Series(np.arange(100.0)), some, OPTIONS) is None


def test_missing_values_take_no_part():
    values = pd.Series(np.arange(100.0))
    with_gaps = pd.concat([values, pd.Series([np.nan] * 100)])
    assert compare_samples(values, with_gaps, OPTIONS) == {"psi": pytest.approx(0), "ks": 0.0, "rows": 100.0}


def test_shares_and_alarms_are_told_in_words():
    training = pd.DataFrame({"x": np.arange(100.0)})
    answers = pd.DataFrame({"y": np.arange(100.0), "match_kind": "direct", "warnings": ""})
    odd = pd.DataFrame(
        {
            "y": np.arange(100.0) + 200,
            "match_kind": ["none"] * 20 + ["direct"] * 80,
            "warnings": ["extrapolation"] * 50 + [None] * 50,
        }
    )
    drift = measure_drift(training, answers, training, odd, OPTIONS)
    assert (drift["unmatched_share"], drift["unmatched_share_in_training"]) == (0.2, 0.0)
    assert drift["out_of_range_share"] == 0.5
    assert drift["inputs"]["x"]["ks"] == 0.0
    assert drift["outputs"]["y"]["ks"] == 1.0
    assert drift["alarms"][:2] == ["unmatched_share 0.200 > 0.15", "out_of_range_share 0.500 > 0.1"]
    assert drift["alarms"][2].startswith("output y: psi ")
    assert drift["alarms"][2].endswith("ks 1.000 > 0.25")
