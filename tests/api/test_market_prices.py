"""Every route that answers with prices takes a market, and a bad observation never costs the request."""

import pytest

SEEN = [
    {"name": "RTX 3060", "price_usd": 210, "date": "2026-03-06", "condition": "used", "market": "ebay"},
    {"name": "RX 6600", "price_usd": 150, "date": "2026-03"},
    {"name": "RTX 2060", "price_usd": 110, "date": 2026},
    {"name": "RX 6700 XT", "price_usd": "220", "date": "2026-03"},
]
MARKET = {"observations": SEEN, "as_of": "2026-03", "condition": "used"}
TOLD = {"as_of": "2026-03", "condition": "used", "basis": "3 observations up to 2026-03-06"}
NOTES = [{"place": 3, "name": "RX 6700 XT", "reason": "price_usd: not a number"}]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/predict", {"name": "RTX 3070"}),
        ("/v1/predict/batch", {"name": ["RTX 3070", "RX 6600"]}),
        ("/v1/value", {"name": "RTX 3070", "price_usd": 300}),
        ("/v1/compare", {"names": ["RTX 3070", "RX 6600"]}),
        ("/v1/frontier", {"budget_usd": 300}),
        ("/v1/card", {"name": "RTX 3070"}),
    ],
)
def test_every_route_with_prices_takes_a_market(client, path, query):
    answer = client.post(path, json={**query, "market": MARKET})
    assert answer.status_code == 200
    told = answer.json()
    assert {name: told["market"][name] for name in TOLD} == TOLD
    assert told["market_notes"] == NOTES


def test_a_price_says_what_it_is_of(client):
    price = client.post("/v1/predict", json={"name": "RTX 3060", "market": MARKET}).json()["price_usd"]
    assert {name: price[name] for name in TOLD} == TOLD
    assert (price["source"], price["date"], price["origin"]) == ("measured", "2026-03-06", "observation")
    assert price["interval_90"][0] < 210 < price["interval_90"][1]


def test_without_a_market_prices_are_of_the_table(client):
    answer = client.post("/v1/predict", json={"name": "RTX 3060"}).json()
    assert "market" not in answer
    price = answer["price_usd"]
    assert (price["as_of"], price["condition"], price["basis"]) == ("2022", "new", "2022 table")
    assert client.post("/v1/predict", json={"name": "RTX 3060", "market": None}).json() == answer


def test_a_batch_is_added_up(client):
    names = ["RTX 3060"] * 3 + ["RX 6600"] * 2
    answer = client.post("/v1/predict/batch", json={"name": names, "market": MARKET}).json()
    total = answer["market_total"]
    assert total["rows"] == 5
    assert total["value"] == pytest.approx(sum(answer["price_usd_value"]), rel=0.02)
    assert total["interval_90"][0] < total["interval_80"][0] < total["value"] < total["interval_80"][1]


def test_a_market_is_explained(client):
    told = client.post("/v1/market", json={**MARKET, "observations": [*SEEN, {**SEEN[1], "price_usd": 15}]}).json()
    assert [one["is_junk"] for one in told["observations"]] == [False, False, False, True]
    assert [note["place"] for note in told["market_notes"]] == [3, 4]
    assert told["observations"][0]["expected_usd"] > 100
    assert 0 < told["median_error"] < 1


@pytest.mark.parametrize(
    ("market", "loc"),
    [
        ({"observations": SEEN[:1] * 501}, ["body", "market", "observations"]),
        ({"observations": [3]}, ["body", "market", "observations", 0]),
        ({"observations": [{"name": "RTX 3060", "cost": 3}]}, ["body", "market", "observations", 0]),
        ({"as_of": "soon"}, ["body", "market", "as_of"]),
        ({"condition": "broken"}, ["body", "market", "condition"]),
    ],
)
def test_a_market_that_is_none_is_refused(client, problem, market, loc):
    told = problem(client.post("/v1/predict", json={"name": "RTX 3060", "market": market}), 422)
    assert told["errors"][0]["loc"] == loc


def test_an_explanation_takes_no_market(client, problem):
    told = problem(client.post("/v1/predict?explain=true", json={"name": "RTX 3060", "market": MARKET}), 422)
    assert told["errors"][0]["loc"] == ["body", "market"]


def test_five_hundred_observations_of_any_kind_are_answered(client):
    odd = [None, True, "x", -1, 1e300, [], {}, "12", 0, "2026-03"]
    fields = ("name", "price_usd", "date", "condition", "market", "tdp_w")
    rows = [{field: odd[(place + 3 * n) % len(odd)] for n, field in enumerate(fields)} for place in range(500)]
    answer = client.post("/v1/predict", json={"name": "RTX 3060", "market": {"observations": rows}})
    assert answer.status_code == 200
    assert answer.json()["price_usd"]["basis"] == "2022 table, widened by the years since"
    assert len(answer.json()["market_notes"]) == 500


def send(client, **form):
    files = {"file": ("gpus.csv", "name\nRTX 3070\n")}
    files |= {"market": ("prices.csv", form.pop("market"))} if "market" in form else {}
    return client.post("/v1/predict/file", files=files, data=form)


def read_price(answer):
    header, row = (line.split(",") for line in answer.text.splitlines())
    cells = dict(zip(header, row, strict=True))
    return cells["price_usd_as_of"], cells["price_usd_condition"], cells["price_usd_basis"]


def test_a_file_brings_its_market_as_a_second_part(client):
    prices = "Graphics card;Price;Date;Condition\nRTX 3060;$210;2026-03-06;used\nRX 6600;150 €;2026-03;used\n"
    answer = send(client, market=prices, as_of="2026-03")
    assert answer.status_code == 200
    assert read_price(answer) == ("2026-03", "used", "1 observation up to 2026-03-06")
    told = "not counted: row 3: price_usd: in another currency than US dollars; nothing observed"
    assert answer.headers["X-Market-Notes"].startswith(told)
    assert read_price(send(client)) == ("2022", "new", "2022 table")


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"as_of": "soon"}, "as_of: "),
        ({"condition": "broken"}, "condition: "),
        ({"market": "name,price\nRTX 3060,10 €\n"}, "has no price that can be used (row 2: price_usd: in another"),
        ({"market": "name,price,currency\nRTX 3060,10,EUR\n"}, "(row 2: price_usd: in another currency"),
        ({"colour": "red"}, "the form has a field 'colour': send files, and of fields as_of and condition"),
        ({"market": "name,price,date\n" + "RTX 3060,10,2026\n" * 501}, "has more than 500 rows"),
    ],
)
def test_a_second_part_that_is_no_market_is_refused(client, problem, form, told):
    assert told in problem(send(client, **form), 422)["detail"]
