"""What the market says of a card follows what was observed, and says how sure it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market_rows import MARKS, cards, prices

from gpu_kedro.modelling.market.kernel import Offers, covariance, prior_mean
from gpu_kedro.modelling.market.process import MarketProcess, price_unobserved, sum_lognormal
from gpu_kedro.modelling.market.scales import MarketScales

HALVED = {"alpha": 75.0, "gamma": 150.0, "epsilon": 250.0}


def price_of(process: MarketProcess, key: str, time: float = 2023.5, condition: str = "used") -> float:
    return float(process.price(cards(key), time, condition, "shop").price_usd[0])


def prior_of(key: str) -> float:
    offers = Offers.at(cards(key), 2023.5, "used", "shop")
    return float(prior_mean(offers, MarketScales())[0])


def test_without_observations_the_answer_of_2022_stands_and_widens_with_the_years():
    at_once, later, much_later = (price_unobserved(cards("gamma"), time, "new") for time in (2022.5, 2023.5, 2026.5))
    assert [round(float(p.price_usd[0]), 6) for p in (at_once, later, much_later)] == [300.0, 300.0, 300.0]
    widths = [float(np.log(p.interval(0.9)[0, 1] / p.interval(0.9)[0, 0])) for p in (at_once, later, much_later)]
    assert widths == pytest.approx([1.834, 2.082, 2.693], abs=0.01)


def test_a_price_of_the_table_comes_before_the_answer_of_the_model():
    known = price_unobserved(cards("gamma", price_table=220.0), 2022.5, "new")
    assert float(known.price_usd[0]) == pytest.approx(220.0)


def test_half_prices_of_three_cards_halve_the_price_of_a_fourth():
    process = MarketProcess(prices(HALVED))
    assert price_of(process, "delta") == pytest.approx(200, rel=0.05)
    assert not process.is_junk.any()


def test_a_slope_leads_only_a_little_beyond_what_was_observed():
    process = MarketProcess(prices({"alpha": 40.0, "beta": 90.0, "gamma": 210.0, "delta": 420.0, "epsilon": 700.0}))
    far = {"g3d_mark": 5.0, "price_predicted": 45.0, "price_low_90": 20.0, "price_high_90": 100.0, "release_year": 1999}
    old, older = (
        process.price(cards("gamma", **{**far, "g3d_mark": mark}), 2023.5, "used", "shop") for mark in (5.0, 0.005)
    )
    assert float(old.price_usd[0]) > 0.5
    assert float(older.price_usd[0]) == pytest.approx(float(old.price_usd[0]), rel=0.6)


def test_an_observed_card_costs_what_it_was_observed_at():
    process = MarketProcess(prices({**HALVED, "delta": 230.0}))
    assert price_of(process, "delta") == pytest.approx(230, rel=0.05)


def test_the_interval_of_an_observed_card_is_narrower_and_grows_with_time():
    process = MarketProcess(prices(HALVED))
    seen, unseen = process.price(cards("gamma", "delta"), 2023.5, "used", "shop").variance
    (later,) = process.price(cards("gamma"), 2025.5, "used", "shop").variance
    assert seen < unseen < later


def test_a_decimal_slip_is_told_and_moves_nothing():
    honest = {"alpha": 75.0, "beta": 112.0, "gamma": 150.0, "delta": 201.0, "epsilon": 250.0}
    clean = price_of(MarketProcess(prices(honest)), "zeta")
    process = MarketProcess(prices({**honest, "delta": 2010.0}))
    assert process.is_junk.tolist() == [False, False, False, True, False]
    assert process.expected_[3] == pytest.approx(200, rel=0.1)
    assert price_of(process, "zeta") == pytest.approx(clean, rel=0.03)


def test_a_broken_card_among_repeated_prices_is_told():
    process = MarketProcess(prices([("gamma", 150.0), ("gamma", 152.0), ("gamma", 149.0), ("gamma", 30.0)]))
    assert process.is_junk.tolist() == [False, False, False, True]
    assert price_of(process, "gamma") == pytest.approx(150, rel=0.02)


def test_scattered_prices_of_one_card_widen_its_interval():
    even = MarketProcess(prices([("gamma", 150.0)] * 8))
    uneven = MarketProcess(prices([("gamma", price) for price in (120, 180, 130, 170, 140, 160, 125, 175)]))
    assert uneven.noise_ > 3 * even.noise_
    assert even.noise_ < even.scales.listing_noise < uneven.noise_
    assert not uneven.is_junk.any()


@pytest.mark.parametrize("junk", [1.0, 10.0, 10_000.0, 1_000_000.0])
def test_one_absurd_price_costs_itself_and_no_other(junk: float):
    honest = [("gamma", 150.0), ("beta", 112.0), ("delta", 201.0)]
    process = MarketProcess(prices([*honest, ("epsilon", junk)]))
    assert process.is_junk.tolist() == [False, False, False, True]
    clean = price_of(MarketProcess(prices(honest)), "zeta")
    assert price_of(process, "zeta") == pytest.approx(clean, rel=0.03)


@pytest.mark.parametrize("junk", [0.5, 1_000_000.0])
def test_junk_alone_tells_nothing(junk: float):
    process = MarketProcess(prices({"gamma": junk}))
    assert process.is_junk.all()
    assert price_of(process, "delta") == pytest.approx(float(np.exp(prior_of("delta"))), rel=0.02)


@pytest.mark.parametrize("other", [260.0, 300.0])
def test_a_card_with_two_prices_costs_something_between_them(other: float):
    seen = [("alpha", 75.0), ("beta", 112.0), ("gamma", 150.0), ("delta", 200.0)]
    told = price_of(MarketProcess(prices([*seen, ("epsilon", 240.0), ("epsilon", other)])), "epsilon")
    assert 240 < told < other


def test_used_cards_are_cheaper_than_new_ones_where_only_new_ones_were_seen():
    process = MarketProcess(prices(HALVED, condition="new"))
    new, used = price_of(process, "delta", condition="new"), price_of(process, "delta", condition="used")
    assert 0.6 < used / new < 0.95


def test_a_fleet_of_like_cards_is_less_certain_than_if_its_cards_were_independent():
    process = MarketProcess(prices(HALVED))
    (alone,) = process.price(cards("zeta"), 2023.5, "used", "shop").variance
    total = process.total(cards("zeta"), [10], 2023.5, "used", "shop")
    assert float(total.price_usd[0]) == pytest.approx(10 * price_of(process, "zeta"), rel=0.05)
    assert float(total.variance[0]) > 5 * alone / 10


def test_a_total_is_what_simulated_fleets_cost():
    process = MarketProcess(prices(HALVED))
    fleet, counts = cards("beta", "delta", "zeta"), np.array([4, 2, 1])
    asked = Offers.at(fleet, 2023.5, "used", "shop").embed(process.scales)
    across = covariance(asked, process.observed.offers.embed(process.scales), process.scales)
    known = across @ process._inverse
    random = np.random.default_rng(0)
    worth = random.multivariate_normal(
        process.price(fleet, 2023.5, "used", "shop").log_price,
        covariance(asked, asked, process.scales) - known @ across.T,
        size=20_000,
    )
    sums = sum(
        np.exp(worth[:, [place]] + process.noise_ * random.normal(size=(20_000, count))).sum(axis=1)
        for place, count in enumerate(counts)
    )
    low, high = process.total(fleet, counts.tolist(), 2023.5, "used", "shop").interval(0.9)[0]
    assert ((low <= sums) & (sums <= high)).mean() == pytest.approx(0.9, abs=0.015)


def test_a_sum_has_the_mean_and_the_variance_that_it_is_given():
    total = sum_lognormal(100.0, 400.0)
    mu, spread = float(total.log_price[0]), float(total.variance[0])
    assert np.exp(mu + spread / 2) == pytest.approx(100)
    assert (np.exp(spread) - 1) * np.exp(2 * mu + spread) == pytest.approx(400)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(MARKS)), st.floats(1.0, 50_000.0)), min_size=1, max_size=12),
    st.floats(2015.0, 2035.0),
)
def test_whatever_was_observed_prices_are_finite_and_inside_their_intervals(seen, time):
    told = MarketProcess(prices(seen)).price(cards(), time, "used", "shop")
    low, high = told.interval(0.9).T
    narrow_low, narrow_high = told.interval(0.8).T
    assert np.isfinite(high).all()
    assert (low > 0).all()
    assert (low < narrow_low).all()
    assert (narrow_low < told.price_usd).all()
    assert (told.price_usd < narrow_high).all()
    assert (narrow_high < high).all()


@settings(max_examples=20, deadline=None)
@given(st.permutations(list(enumerate(sorted(MARKS)))))
def test_the_order_of_observations_means_nothing(order):
    pairs = [(key, 50.0 + 40 * place) for place, key in order]
    straight = sorted(pairs)
    assert price_of(MarketProcess(prices(pairs)), "gamma") == pytest.approx(
        price_of(MarketProcess(prices(straight)), "gamma"), rel=1e-6
    )


@settings(max_examples=20, deadline=None)
@given(st.floats(0.5, 2.0))
def test_prices_that_all_change_by_a_factor_change_a_told_price_by_most_of_it(factor):
    first = price_of(MarketProcess(prices(HALVED)), "delta")
    other = price_of(MarketProcess(prices({key: price * factor for key, price in HALVED.items()})), "delta")
    assert other / first == pytest.approx(factor, rel=0.2)
