"""A request brings its market: what it says of prices, which of its observations count, and what it leaves alone."""

import math
from typing import Any

import pytest

from gpu_kedro.serving import answers
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.serving.verdict import judge_price

SEEN = [
    {"name": "RTX 3060", "price_usd": 210, "date": "2026-03-06"},
    {"name": "geforce rtx 3070 ti", "price_usd": 280, "date": "2026-03-10"},
    {"name": "Radeon RX 6600", "price_usd": 150, "date": "2026-03-12"},
    {"name": "RX 6700 XT", "price_usd": 220, "date": "2026-03-12"},
    {"name": "RTX 2060", "price_usd": 110, "date": "2026-03-15"},
    {"name": "RTX 3080", "price_usd": 340, "date": "2026-03-15"},
]
USED: dict[str, Any] = {"observations": SEEN, "as_of": "2026-03", "condition": "used"}


def price_of(runtime: Runtime, name: str, asked: dict[str, Any] | None) -> dict[str, Any]:
    (answer,) = runtime.predict([{"name": name}], None if asked is None else runtime.fit_market(asked))
    return answer["price_usd"]


def test_a_seen_card_costs_what_it_was_seen_at(runtime: Runtime):
    price = price_of(runtime, "GeForce RTX 3060 12GB", USED)
    assert price["value"] == pytest.approx(210, rel=0.1)
    assert price["interval_90"][0] < 210 < price["interval_90"][1]
    told = {name: price[name] for name in ("source", "date", "origin", "as_of", "condition", "basis", "observed")}
    assert told == {
        "source": "measured",
        "date": "2026-03-06",
        "origin": "observation",
        "as_of": "2026-03",
        "condition": "used",
        "basis": "6 observations up to 2026-03-15",
        "observed": 210.0,
    }


def test_an_unseen_card_follows_the_market_and_not_2022(runtime: Runtime):
    before, now = price_of(runtime, "RTX 3070", None), price_of(runtime, "RTX 3070", USED)
    assert now["source"] == "predicted"
    assert 190 < now["value"] < 340 < before["predicted"]


def test_without_observations_the_answer_of_2022_is_widened(runtime: Runtime):
    before, now = (price_of(runtime, "RTX 3070", asked) for asked in (None, {"observations": [], "as_of": "2026"}))
    assert now["value"] == before["value"]
    assert now["basis"] == "2022 table, widened by the years since"
    widths = [math.log(price["interval_90"][1] / price["interval_90"][0]) for price in (before, now)]
    assert widths[1] > widths[0] + 0.7


def test_figures_other_than_prices_stay_as_they_are(runtime: Runtime):
    (before,) = runtime.predict([{"name": "RTX 3070"}])
    (now,) = runtime.predict([{"name": "RTX 3070"}], runtime.fit_market(USED))
    assert {**now, "price_usd": None} == {**before, "price_usd": None}


def test_columns_and_single_answers_say_the_same(runtime: Runtime):
    market = runtime.fit_market(USED)
    names = ["RTX 3060", "RTX 3070", "Miracast display port driver V3", "GTX 1650", "RTX 3060"]
    columns = runtime.predict_columns([{"name": name} for name in names], market)
    for place, answer in enumerate(runtime.predict([{"name": name} for name in names], market)):
        price = answer["price_usd"]
        for column in ("value", "predicted", "source", "as_of", "condition", "basis"):
            assert columns[f"price_usd_{column}"][place] == price[column]
        ends = [columns[f"price_usd_{side}_90"][place] for side in ("low", "high")]
        assert ends == (price["interval_90"] or [None, None])


def test_a_price_that_the_asker_gives_stays_the_value(runtime: Runtime):
    (answer,) = runtime.predict([{"name": "RTX 4070", "price_usd": 999.0}], runtime.fit_market(USED))
    assert answer["price_usd"]["value"] == 999.0
    assert answer["price_usd"]["source"] == "given"
    assert answer["price_usd"]["predicted"] < 999


def test_what_cannot_be_used_costs_nothing_and_says_why(runtime: Runtime):
    odd = [
        {"name": "RTX 2060", "date": "2026-03"},
        {"name": "RTX 2060", "price_usd": "cheap", "date": "2026-03"},
        {"name": "RTX 2060", "price_usd": 110, "date": "2026-04-01"},
        {"name": "RTX 2060", "price_usd": 110, "date": "soon"},
        {"name": "RTX 3080", "price_usd": 3400, "date": "2026-03"},
        {"name": None, "price_usd": 3},
        {"name": "RTX 5090", "g3d_mark": 39000, "date": "2026"},
    ]
    market = runtime.fit_market({**USED, "observations": [*SEEN, *odd]})
    reasons = {note["place"]: note["reason"] for note in market.notes}
    assert {place: reason.split(";")[0] for place, reason in reasons.items() if place != 10} == {
        6: "nothing observed",
        7: "price_usd: not a number",
        8: "later than 2026-03, the date asked for",
        9: "date: not a date",
        11: "no name",
        12: "no price_usd",
    }
    assert reasons[10].startswith("junk: about $3")
    assert [one["place"] for one in market.observations if one["is_junk"]] == [10]


def test_condition_and_date_are_those_of_most_and_newest_observations(runtime: Runtime):
    said = [{**one, "condition": "new" if place else "used"} for place, one in enumerate(SEEN)]
    view = runtime.fit_market({"observations": said}).view
    assert (view.condition, view.as_of) == ("new", "2026-03-15")


def test_a_market_is_fitted_once(runtime: Runtime):
    assert runtime.fit_market(USED) is runtime.fit_market({**USED, "observations": [dict(one) for one in SEEN]})
    assert runtime.fit_market({**USED, "as_of": "2026-04"}) is not runtime.fit_market(USED)


def test_a_verdict_is_of_the_market_and_holds_the_observed_price(runtime: Runtime):
    market = runtime.fit_market(USED)
    judged = {asked: judge_price(runtime, {"name": "RTX 3060"}, asked, market=market) for asked in (100, 210, 400)}
    verdicts = {asked: verdict["verdict"] for asked, verdict in judged.items()}
    assert verdicts == {100: "good_deal", 210: "fair", 400: "overpriced"}
    low, high = judged[210]["fair_price"]["interval_80"]
    assert low <= 210 <= high
    assert judged[210]["reason"].startswith("in 2026-03 (used), $210 was inside the fair range")
    assert judge_price(runtime, {"name": "RTX 3060"}, 210)["reason"].startswith("in 2022, ")


def test_alternatives_and_the_frontier_cost_what_the_market_says(runtime: Runtime):
    market = runtime.fit_market(USED)
    now, before = (answers.find_frontier(runtime, 250, None, "Desktop", market=one) for one in (market, None))
    assert now["note"].startswith("US dollars of 2026-03, used")
    assert all(gpu["price_usd"] <= 250 for gpu in now["gpus"])
    assert max(gpu["g3d_mark"] for gpu in now["gpus"]) > max(gpu["g3d_mark"] for gpu in before["gpus"])


def test_a_comparison_takes_its_prices_from_the_market(runtime: Runtime):
    compared = answers.compare_gpus(runtime, ["RTX 3060", "RX 6600"], runtime.fit_market(USED))
    assert [answer["price_usd"]["as_of"] for answer in compared["predictions"]] == ["2026-03", "2026-03"]
    price = compared["predictions"][1]["price_usd"]["value"]
    mark = compared["predictions"][1]["g3d_mark"]["value"]
    assert compared["ratios"][1]["g3d_per_usd"] == pytest.approx(mark / price)
