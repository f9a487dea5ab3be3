import math
from itertools import pairwise

import pytest

from gpu_kedro.contracts.v1.market import Comparison, FairPrice, Frontier, Verdict

#: Of answers at the prices of a market only.
IN_MARKET = {"market", "market_notes"}
CARD = {"name": "GeForce RTX 3070"}


def test_a_price_is_judged_by_its_interval(client):
    fair = client.post("/v1/predict", json=CARD).json()["price_usd"]
    for price, verdict in ((1, "good_deal"), (fair["predicted"], "fair"), (100_000, "overpriced")):
        told = client.post("/v1/value", json={**CARD, "price_usd": price}).json()
        Verdict.model_validate(told)
        assert set(Verdict.model_fields) - IN_MARKET == set(told)
        assert (told["verdict"], told["asked_usd"]) == (verdict, price)
        assert told["reason"].startswith(f"in 2022, ${price:,.0f} was ")
        assert told["fair_price"]["interval_80"] == pytest.approx(fair["interval_80"])
        assert set(FairPrice.model_fields) == set(told["fair_price"])


@pytest.mark.parametrize("query", [{**CARD}, {"price_usd": 100}, {**CARD, "price_usd": 0}, {**CARD, "price_usd": None}])
def test_a_price_and_a_gpu_are_needed(client, problem, query):
    problem(client.post("/v1/value", json=query), 422)


def test_gpus_are_compared_in_the_order_asked(client):
    names = ["GeForce RTX 3070", "Radeon RX 6700 XT", "GTX 970"]
    told = client.post("/v1/compare", json={"names": names}).json()
    Comparison.model_validate(told)
    assert set(Comparison.model_fields) - IN_MARKET == set(told)
    assert [prediction["name"] for prediction in told["predictions"]] == names
    assert [ratio["name"] for ratio in told["ratios"]] == names


@pytest.mark.parametrize("names", [[], ["a"], ["a"] * 11, ["a", None], ["a", ""], "ab"])
def test_two_to_ten_names_are_compared(client, problem, names):
    problem(client.post("/v1/compare", json={"names": names}), 422)


def test_along_the_frontier_more_money_buys_more_performance(client):
    told = client.get("/v1/frontier", params={"budget_usd": 500, "max_tdp_w": 200, "segment": "Desktop"}).json()
    Frontier.model_validate(told)
    assert set(Frontier.model_fields) - IN_MARKET == set(told)
    gpus = told["gpus"]
    assert len(gpus) > 2
    for cheaper, dearer in pairwise(gpus):
        assert cheaper["price_usd"] <= dearer["price_usd"] <= 500
        assert cheaper["g3d_mark"] < dearer["g3d_mark"]
    assert all(gpu["tdp_w"] <= 200 and "Desktop" in gpu["segment"] for gpu in gpus)


@pytest.mark.parametrize("address", ["budget_usd=0", "budget_usd=-1", "max_tdp_w=x", "segment=Laptop", "budget=5"])
def test_a_frontier_that_cannot_be_is_refused(client, problem, address):
    problem(client.get(f"/v1/frontier?{address}"), 422)


def test_alternatives_keep_to_a_power_budget(client):
    query = {"name": "GeForce GTX 750", "price_usd": 300}
    for budget in (130, 400):
        found = client.post("/v1/value", json={**query, "max_tdp_w": budget}).json()["alternatives"]
        assert found
        assert max(gpu["tdp_w"] for gpu in found) <= budget
    assert (
        client.post("/v1/value", json=query).json()["fair_price"]
        == (client.post("/v1/value", json={**query, "max_tdp_w": 400}).json()["fair_price"])
    )


def test_the_frontier_leaves_out_what_is_too_slow(client):
    every = client.get("/v1/frontier", params={"budget_usd": 500}).json()
    fast = client.get("/v1/frontier", params={"budget_usd": 500, "min_g3d_mark": 5000}).json()
    assert fast["gpus"] == [gpu for gpu in every["gpus"] if gpu["g3d_mark"] >= 5000]
    assert fast["considered"] < every["considered"]


def test_ratios_have_intervals_and_known_figures_are_exact(client):
    told = client.post("/v1/compare", json={"names": ["GeForce GTX 1080", "rtx 4070 laptop"]}).json()
    measured, predicted = told["ratios"]
    assert measured["g3d_per_usd_interval_90"] == pytest.approx([measured["g3d_per_usd"]] * 2)
    for ratio in ("g3d_per_usd", "g3d_per_watt"):
        (low_80, high_80), (low_90, high_90) = (predicted[f"{ratio}_interval_{cover}"] for cover in (80, 90))
        assert low_90 < low_80 < predicted[ratio] < high_80 < high_90
    points, price, power = (told["predictions"][1][name] for name in ("g3d_mark", "price_usd", "tdp_w"))
    assert (price["source"], power["source"]) == ("predicted", "listed")
    widths = [math.log(figure["interval_80"][1] / figure["interval_80"][0]) for figure in (points, price)]
    per_usd, per_watt = (
        math.log(predicted[f"{ratio}_interval_80"][1] / predicted[f"{ratio}_interval_80"][0])
        for ratio in ("g3d_per_usd", "g3d_per_watt")
    )
    assert per_usd == pytest.approx(math.hypot(*widths))
    assert per_watt == pytest.approx(widths[0])
