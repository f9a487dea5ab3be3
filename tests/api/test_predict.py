import pytest

from gpu_kedro.contracts.v1.predictions import Prediction

SHEET = {"manufacturer": "NVIDIA", "release_year": 2026, "shading_units": 20000, "memory_size_gb": 24, "tdp_w": 400}


@pytest.mark.parametrize("query", [{"name": "GeForce RTX 3070"}, {"name": "GeForce GTX 999"}, {"specs": SHEET}])
def test_prediction_keeps_to_the_contract(client, version, query):
    answer = client.post("/v1/predict", json=query)
    assert answer.status_code == 200
    told = answer.json()
    Prediction.model_validate(told)
    assert told["model_version"] == version
    for target in ("g3d_mark", "price_usd", "tdp_w"):
        low, high = told[target]["interval_90"]
        assert 0 < low < told[target]["predicted"] < high


def test_every_documented_field_of_a_prediction_is_there(client):
    told = client.post("/v1/predict", json={"name": "GeForce RTX 3070"}).json()
    assert {name for name, field in Prediction.model_fields.items() if field.is_required()} <= set(told)


def test_null_means_not_known(client):
    plain = client.post("/v1/predict", json={"name": "RTX 3070"}).json()
    nulls = {"name": "RTX 3070", "tdp_w": None, "price_usd": None, "specs": None}
    assert client.post("/v1/predict", json=nulls).json() == plain


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({}, ["body"]),
        ({"name": None}, ["body"]),
        ({"specs": {}}, ["body"]),
        ({"specs": {"tdp_w": None}}, ["body"]),
        ({"name": ""}, ["body", "name"]),
        ({"name": " "}, ["body", "name"]),
        ({"name": "x" * 301}, ["body", "name"]),
        ({"name": 3070}, ["body", "name"]),
        ({"name": "RTX", "tdp_w": "220"}, ["body", "tdp_w"]),
        ({"name": "RTX", "tdp_w": True}, ["body", "tdp_w"]),
        ({"name": "RTX", "tdp_w": 0}, ["body", "tdp_w"]),
        ({"name": "RTX", "test_year": 2020.5}, ["body", "test_year"]),
        ({"name": "RTX", "specs": {"release_year": 1066}}, ["body", "specs", "release_year"]),
        ({"name": "RTX", "specs": {"is_mobile": "yes"}}, ["body", "specs", "is_mobile"]),
        ([{"name": "RTX"}], ["body"]),
    ],
)
def test_a_query_that_cannot_be_taken_is_refused_at_its_field(client, problem, query, place):
    assert place in [error["loc"] for error in problem(client.post("/v1/predict", json=query), 422)["errors"]]


def test_an_unknown_field_is_refused_with_the_one_it_resembles(client, problem):
    told = problem(client.post("/v1/predict", json={"name": "RTX 3070", "tdp_watt": 220}), 422)
    assert told["errors"] == [{"loc": ["body"], "msg": "unknown field; did you mean `tdp_w`?"}]


def test_prediction_is_not_gotten(client, problem):
    assert problem(client.get("/v1/predict"), 405)["detail"] == "this address takes POST"
