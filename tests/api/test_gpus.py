import pytest

from gpu_kedro.contracts.v1.columns import KnownTable, MissingMap
from gpu_kedro.contracts.v1.gpus import AnyGpuCard, GpuCard, GpuList


def test_search_finds_by_words_of_the_name(client, version):
    told = client.get("/v1/gpus", params={"q": "rtx 3070", "limit": 5}).json()
    GpuList.model_validate(told)
    assert (told["model_version"], told["limit"], told["offset"]) == (version, 5, 0)
    assert len(told["gpus"]) == 5
    assert "RTX 3070" in told["gpus"][0]["name"]


def test_pages_follow_each_other(client):
    whole = client.get("/v1/gpus", params={"limit": 4}).json()["gpus"]
    second = client.get("/v1/gpus", params={"limit": 2, "offset": 2}).json()["gpus"]
    assert second == whole[2:]


def test_search_keeps_to_the_segment(client):
    found = client.get("/v1/gpus", params={"segment": "Workstation"}).json()["gpus"]
    assert found
    assert all("Workstation" in gpu["segment"] for gpu in found)


@pytest.mark.parametrize(
    "address", ["limit=0", "limit=101", "limit=x", "limit=1.5", "offset=-1", "segment=Laptop", "page=2", "q=%07"]
)
def test_a_search_that_cannot_be_is_refused(client, problem, address):
    problem(client.get(f"/v1/gpus?{address}"), 422)


@pytest.mark.parametrize("address", ["GeForce%20RTX%203070", "rtx3070", "Radeon HD 7970 / R9 280X"])
def test_the_card_of_a_known_gpu_keeps_to_the_contract(client, version, address):
    answer = client.get(f"/v1/gpus/{address}")
    assert answer.status_code == 200
    card = answer.json()
    GpuCard.model_validate(card)
    assert set(GpuCard.model_fields) == set(card)
    assert card["model_version"] == card["prediction"]["model_version"] == version
    assert card["specs"]
    assert len(card["comparable"]) == 6


def test_an_unknown_gpu_is_not_found_but_its_neighbours_are(client, problem):
    told = problem(client.get("/v1/gpus/GeForce RTX 3075"), 404)
    assert told["did_you_mean"]
    assert told["detail"].startswith("no such GPU; closest: ")


def test_the_card_of_anything_is_given_whether_it_is_known_or_not(client):
    known = client.post("/v1/card", json={"name": "rx 6600", "tdp_w": 132}).json()
    AnyGpuCard.model_validate(known)
    assert set(AnyGpuCard.model_fields) - {"market", "market_notes"} == set(known)
    assert known["name"] == "Radeon RX 6600"
    assert len(known["comparable"]) == 6
    unknown = client.post("/v1/card", json={"name": "GeForce GTX 999"}).json()
    assert unknown["name"] is None
    assert unknown["prediction"]["g3d_mark"]["predicted"] > 0
    sheet = client.post("/v1/card", json={"specs": {"shading_units": 4608}}).json()
    assert (sheet["name"], sheet["specs"]) == (None, {})


@pytest.mark.parametrize("query", [{}, {"name": ""}, {"name": "RTX 3070", "tdp_w": -1}, {"nam": "RTX 3070"}])
def test_a_card_needs_a_query(client, problem, query):
    problem(client.post("/v1/card", json=query), 422)


def test_the_table_has_every_known_gpu_in_columns_of_one_length(client):
    table = client.get("/v1/table").json()
    KnownTable.model_validate(table)
    assert set(KnownTable.model_fields) == set(table)
    assert {len(values) for values in table.values() if isinstance(values, list)} == {table["rows"]}
    assert table["rows"] == client.get("/v1/gpus", params={"limit": 1}).json()["total"]
    place = table["name"].index("GeForce RTX 3060 Laptop GPU")
    assert table["model"][place] == "geforce rtx 3060"
    assert table["is_mobile"][place] is True
    assert (table["vendor"][place], table["architecture"][place]) == ("nvidia", "Ampere")
    assert table["release_year"][place] == 2021


def test_the_map_of_missing_figures_counts_the_table(client):
    told = client.get("/v1/missing").json()
    MissingMap.model_validate(told)
    assert set(MissingMap.model_fields) == set(told)
    assert told["groups"] == ["all", "Desktop", "Mobile", "Workstation", "unknown"]
    assert told["rows"][0] == client.get("/v1/model").json()["rows"]
    shares = dict(zip(told["fields"], told["missing"], strict=True))
    assert shares["g3d_mark"] == [0.0] * 5
    assert 0 < shares["price_usd"][0] < 1
    assert len(shares) == 34
