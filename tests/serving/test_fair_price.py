"""Estimates of one price, joined by their certainty."""

import math

import numpy as np
import pandas as pd
import pytest

from gpu_kedro.serving.fair_price import LISTING_SPREAD, Estimate, join_estimates

MODEL = Estimate(400.0, {80: math.log(2), 90: math.log(3)}, "the model")


def test_one_estimate_stays_as_it_is():
    joined = join_estimates([MODEL])
    assert joined["value"] == pytest.approx(400)
    assert joined["interval_80"] == pytest.approx([200, 800])
    assert joined["interval_90"] == pytest.approx([400 / 3, 1200])
    assert joined["basis"] == "the model"


def test_two_estimates_of_one_certainty_meet_in_the_middle_and_are_surer_together():
    other = Estimate(100.0, MODEL.half_widths, "a listing")
    joined = join_estimates([other, MODEL])
    assert joined["value"] == pytest.approx(200)
    assert joined["interval_80"] == pytest.approx([122.5, 326.5], rel=1e-3)
    assert joined["basis"] == "a listing and the model, weighed by certainty"


def test_the_surer_estimate_counts_more():
    sure = Estimate(100.0, {80: math.log(2) / 10, 90: math.log(3) / 10}, "a sale")
    assert 100 < join_estimates([MODEL, sure])["value"] < 102


def test_the_range_reaches_to_what_was_observed():
    sure = Estimate(100.0, {80: 0.01, 90: 0.02}, "the model")
    listing = Estimate.of_listing(300.0, "2022")
    joined = join_estimates([listing, sure])
    assert joined["value"] == pytest.approx(100, rel=0.01)
    assert joined["interval_80"] == pytest.approx([99, 300], rel=0.01)
    assert joined["basis"] == "the price observed in 2022 and the model, weighed by certainty"


def test_listings_stray_as_those_of_cards_under_two_names_do(primary_gpus: pd.DataFrame):
    priced = primary_gpus.dropna(subset=["price_usd", "spec_name"])
    differences = [
        abs(math.log(one / other))
        for _, prices in priced.groupby("spec_name")["price_usd"]
        for place, one in enumerate(prices)
        for other in prices.iloc[:place]
    ]
    assert len(differences) > 20
    assert np.median(differences) / 0.6745 / 2**0.5 == pytest.approx(LISTING_SPREAD, abs=0.05)
