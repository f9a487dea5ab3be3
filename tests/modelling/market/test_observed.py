"""Too many prices are pooled and thinned out, and no card is forgotten."""

import numpy as np
from market_rows import cards

from gpu_kedro.modelling.market.observed import ObservedPrices


def observe(rows: list[tuple[str, float, float]]) -> ObservedPrices:
    keys, times, paid = zip(*rows, strict=True)
    count = len(rows)
    return ObservedPrices.from_columns(cards(*keys), times, paid, ["used"] * count, ["shop"] * count)


def test_few_prices_stay_as_they_are():
    few = observe([("alpha", 2023.0, 100.0), ("alpha", 2023.0, 110.0)])
    assert few.thin_out(2) is few


def test_prices_of_one_card_and_month_become_their_median():
    rows = [("alpha", 2023.01, price) for price in (100.0, 104.0, 990.0)] + [("beta", 2023.01, 200.0)]
    pooled = observe(rows).thin_out(3)
    assert np.exp(pooled.log_prices).round(6).tolist() == [104.0, 200.0]
    assert pooled.counts.tolist() == [3.0, 1.0]


def test_the_newest_price_of_every_card_stays():
    rows = [("alpha", 2020 + month / 12 + 0.01, 100.0 + month) for month in range(24)] + [("beta", 2019.0, 50.0)]
    kept = observe(rows).thin_out(3)
    assert kept.offers.cards.keys.tolist() == ["alpha", "alpha", "beta"]
    assert np.exp(kept.log_prices).round(6).tolist() == [122.0, 123.0, 50.0]
