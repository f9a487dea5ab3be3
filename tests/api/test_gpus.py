import pytest

from gpu_kedro.serving.contracts import GpuCard, GpuList


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
