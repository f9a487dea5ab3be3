import pytest

from gpu_kedro.contracts.v1.minimum import Minimum


def test_the_least_gpus_and_the_share_keep_to_the_contract(client, version):
    population = [{"name": "GeForce GTX 970", "count": 3}, {"name": "GeForce GT 710"}, {"name": "Apple M2"}]
    told = client.post("/v1/minimum", json={"name": "gtx 970", "since": 2012, "population": population}).json()
    Minimum.model_validate(told)
    assert set(Minimum.model_fields) == set(told)
    assert told["model_version"] == version
    assert told["population"]["share"] == pytest.approx(0.75)
    assert told["population"]["unknown_count"] == 1
    assert client.post("/v1/minimum", json={"g3d_mark": 5000}).json()["population"] is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"name": None},
        {"name": "RTX 3070", "g3d_mark": 5000},
        {"name": "RTX 3070", "chance": 0.4},
        {"name": "RTX 3070", "population": []},
        {"name": "RTX 3070", "population": [{"name": "RTX 3070", "count": 0}]},
        {"name": "RTX 3070", "population": [{"name": "RTX 3070"}] * 5001},
    ],
)
def test_a_minimum_that_cannot_be_is_refused(client, problem, query):
    problem(client.post("/v1/minimum", json=query), 422)


def test_a_reference_that_is_no_gpu_is_not_found(client, problem):
    assert (
        "GPUs of Apple are not covered" in problem(client.post("/v1/minimum", json={"name": "Apple M2"}), 404)["detail"]
    )
