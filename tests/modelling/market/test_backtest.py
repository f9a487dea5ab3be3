"""History is replayed without looking ahead."""

import numpy as np
import pytest
from market_rows import MARKS, cards, prices

from gpu_kedro.modelling.market.backtest import BacktestOptions, cover_fleets, draw_rounds, replay
from gpu_kedro.modelling.market.baselines import regress_on_answers, shift_answer
from gpu_kedro.modelling.market.observed import ObservedPrices

KEYS = [*MARKS] * 3
FALLING = ObservedPrices.from_columns(
    cards(*KEYS),
    [2022.04 + (place // len(MARKS)) / 12 for place in range(len(KEYS))],
    [MARKS[key] / 40 * (0.8, 0.7, 0.6)[place // len(MARKS)] for place, key in enumerate(KEYS)],
    ["used"] * len(KEYS),
    ["shop"] * len(KEYS),
)
OPTIONS = BacktestOptions(draws=3, known=[0, 2], fleets=20, fleet_cards=3)


def test_no_round_knows_a_price_that_it_tells_or_one_of_a_later_month():
    months = np.floor(FALLING.offers.times * 12)
    rounds = list(draw_rounds(FALLING, OPTIONS))
    assert len(rounds) == 3 * 3 * 2 + 2 * 3 * 2
    for turn in rounds:
        assert not set(turn.known) & set(turn.told)
        assert (months[turn.known] <= turn.month).all()
        assert (months[turn.told] == turn.month).all()
        assert (months[turn.known] == turn.month).sum() == turn.known_of_month


def test_a_hidden_card_is_never_seen():
    for turn in draw_rounds(FALLING, OPTIONS):
        known = set(FALLING.offers.cards.keys[turn.known])
        assert [FALLING.offers.cards.keys[place] in known for place in turn.told[turn.seen]] == [True] * turn.seen.sum()
        if turn.earlier:
            assert known.isdisjoint(FALLING.offers.cards.keys[turn.told[~turn.seen]])


def test_the_market_beats_the_answers_and_knows_cards_that_it_has_seen():
    errors = {(row["method"], row["known"], row["cards"]): row["error"] for row in replay(FALLING, OPTIONS)}
    assert errors["2022 answer", 0, "this month only"] == pytest.approx((1 / 0.8 + 1 / 0.7 + 1 / 0.6) / 3 - 1)
    assert errors["market", 2, "this month only"] < 0.1
    assert errors["market", 2, "seen before"] < 0.05
    assert errors["median shift", 2, "this month only"] < 1e-9


def test_the_same_seed_replays_the_same_history():
    assert replay(FALLING, OPTIONS) == replay(FALLING, OPTIONS)


def test_fleets_are_told_with_their_interval():
    found = cover_fleets(FALLING, OPTIONS.model_copy(update={"known": [2], "fleets": 5, "fleet_known": 2}))
    assert found["fleets"] == 5
    assert found["error"] < 0.2


def test_a_median_shift_is_one_factor():
    seen = prices({"alpha": 75.0, "beta": 225.0, "gamma": 150.0})
    assert np.exp(shift_answer(seen, cards("delta", "zeta"))).tolist() == pytest.approx([200.0, 325.0])


def test_ridge_on_the_answers_follows_a_slope():
    seen = prices({key: MARKS[key] ** 1.2 / 400 for key in MARKS if key != "delta"})
    assert np.exp(regress_on_answers(seen, cards("delta")))[0] == pytest.approx(16_000**1.2 / 400, rel=0.03)
