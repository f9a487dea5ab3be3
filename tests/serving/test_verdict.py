"""Verdicts on prices, at their edges."""

import pytest

from gpu_kedro.modelling.bundle import ladder
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.serving.verdict import judge_price, write_amounts


@pytest.mark.parametrize("name", ["GeForce RTX 3060", "Radeon RX 6500 XT", "Quadro K620"])
def test_verdicts_change_at_the_ends_of_the_fair_range(runtime: Runtime, name: str):
    low, high = judge_price(runtime, {"name": name}, 200.0)["fair_price"]["interval_80"]
    verdicts = [
        judge_price(runtime, {"name": name}, price)["verdict"] for price in (low * 0.999999, low, high, high * 1.000001)
    ]
    assert verdicts == ["good_deal", "fair", "fair", "overpriced"]


def test_the_words_of_a_verdict_begin_with_the_year_of_the_prices(runtime: Runtime):
    query = {"name": "GeForce RTX 3060"}
    for price, words in ((1.0, "$1 was below"), (400.0, "$400 was inside"), (90_000.0, "$90,000 was above")):
        assert judge_price(runtime, query, price)["reason"].startswith(f"in 2022, {words} the fair range, $")


def test_the_fair_range_holds_the_observed_price_of_every_card_but_of_outliers(runtime: Runtime):
    outliers = []
    for row in runtime.served.known.rows:
        if row["price_usd"] is None:
            continue
        fair = judge_price(runtime, {"name": row["name"]}, 100.0)["fair_price"]
        low, high = fair["interval_80"]
        if fair["is_outlier"]:
            outliers.append(row["name"])
        else:
            assert low <= fair["observed"] <= high, row["name"]
    assert "Quadro K620" in outliers
    assert len(outliers) <= 5


def test_a_listing_of_scarce_stock_is_called_one_and_does_not_count(runtime: Runtime):
    judged = judge_price(runtime, {"name": "Quadro K620"}, 300.0)
    assert judged["fair_price"]["observed"] == 2029.99
    assert judged["fair_price"]["value"] == pytest.approx(judged["fair_price"]["predicted"])
    assert "the $2,030 observed then is no market price and does not count" in judged["reason"]
    (warning,) = [one for one in judged["prediction"]["warnings"] if one["code"] == "outlier_listing"]
    assert "a listing of scarce stock; doubt the price that was observed" in warning["detail"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("Apple M2 Pro", "GPUs of Apple are not covered"), ("GeForce GPU", "No specification sheet is known")],
)
def test_nobody_can_say_without_an_honest_price(runtime: Runtime, name: str, words: str):
    judged = judge_price(runtime, {"name": name}, 100.0)
    assert (judged["verdict"], judged["fair_price"]["value"]) == ("cannot_say", None)
    assert judged["reason"].startswith(f"in 2022, no fair price could be told: {words}")


def test_nobody_can_say_when_the_interval_is_too_wide(runtime: Runtime, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ladder, "WIDEST_FACTOR", 1.01)
    judged = judge_price(runtime, {"name": "GeForce GTX 1060 6GB"}, 200.0)
    assert judged["verdict"] == "cannot_say"
    assert "too wide to judge" in judged["reason"]


def test_the_price_asked_does_not_shape_its_own_judgement(runtime: Runtime):
    query = {"name": "GeForce GTX 1060 6GB", "price_usd": 5.0}
    assert (
        judge_price(runtime, query, 200.0)["fair_price"]
        == judge_price(runtime, {"name": "GeForce GTX 1060 6GB"}, 900.0)["fair_price"]
    )


def test_alternatives_are_faster_cost_no_more_and_keep_to_the_listed_power(runtime: Runtime):
    judged = judge_price(runtime, {"name": "GeForce GTX 960"}, 600.0)
    assert judged["alternatives"]
    own = judged["prediction"]["tdp_w"]["value"]
    for gpu in judged["alternatives"]:
        assert gpu["g3d_mark"] > judged["prediction"]["g3d_mark"]["value"]
        assert gpu["price_usd"] <= 600
        assert gpu["price_usd_source"] == "measured"
        assert gpu["tdp_w"] <= 1.1 * own


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ((480.0, 305.35, 644.47), ["$480", "$305", "$644"]),
        ((305.0, 305.35, 644.47), ["$305.00", "$305.35", "$644.47"]),
        ((0.01, 305.35, 644.47), ["$0.01", "$305.35", "$644.47"]),
    ],
)
def test_amounts_that_differ_look_different(amounts, told):
    assert write_amounts(*amounts) == told
