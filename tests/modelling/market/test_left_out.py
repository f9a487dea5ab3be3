"""A market is judged by prices that it has not seen."""

import pytest
from market_rows import prices

from gpu_kedro.modelling.market.left_out import MarketOptions, judge_left_out

OPTIONS = MarketOptions(folds=3, seed=1)
HALVED = {"alpha": 75.0, "beta": 112.0, "gamma": 150.0, "delta": 201.0, "epsilon": 250.0}


def test_prices_that_follow_the_answers_are_told_as_well_as_by_a_shift():
    judged = judge_left_out(prices(HALVED), OPTIONS)
    assert judged["observations"] == 5
    assert judged["error"] < 0.15
    assert judged["shift_error"] < 0.15
    assert judged["coverage_90"] == 1.0


def test_repeated_prices_of_one_card_are_told_far_better_than_by_a_shift():
    judged = judge_left_out(prices([("alpha", 30.0), ("epsilon", 900.0)] * 6), OPTIONS)
    assert judged["error"] < 0.05
    assert judged["shift_error"] > 0.5


def test_one_price_leaves_nothing_to_judge_by():
    judged = judge_left_out(prices({"alpha": 75.0}), OPTIONS)
    assert judged == {"observations": 1, "error": None, "shift_error": None, "coverage_90": None}


@pytest.mark.parametrize("folds", [2, 5])
def test_every_price_is_left_out_once(folds: int):
    judged = judge_left_out(prices(HALVED), MarketOptions(folds=folds, seed=2))
    assert judged["observations"] == 5
