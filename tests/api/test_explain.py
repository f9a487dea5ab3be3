from pathlib import Path

import pytest
from bad_bundles import serve_unexplained
from records import logged_predictions

from gpu_kedro.contracts.explained import ExplainedPrediction

QUERY = {"name": "GeForce RTX 3070"}


def test_an_explained_prediction_keeps_to_its_contract(client):
    answer = client.post("/v1/predict?explain=true", json=QUERY)
    assert answer.status_code == 200
    told = answer.json()
    ExplainedPrediction.model_validate(told)
    why = told["g3d_mark"]["explanation"]
    assert set(why) == {"unit", "typical", "contributions"}
    assert why["unit"] == "points"
    total = why["typical"] + sum(one["contribution"] for one in why["contributions"])
    assert total == pytest.approx(told["g3d_mark"]["predicted"], rel=1e-9)
    assert told["price_usd"]["explanation"]["unit"] == "USD"
    assert told["tdp_w"]["explanation"]["unit"] == "W"
    assert {one["unit"] for one in told["segment"]["explanation"]} == {"percentage points"}


@pytest.mark.parametrize("address", ["/v1/predict", "/v1/predict?explain=false", "/v1/predict?other=1"])
def test_without_the_flag_nothing_is_explained(client, address):
    told = client.post(address, json=QUERY).json()
    assert told == client.post("/v1/predict", json=QUERY).json()
    assert "explanation" not in told["g3d_mark"]


@pytest.mark.parametrize("flag", ["explain=maybe", "explain=", "explain=1", "explain=true&explain=true"])
def test_a_flag_is_true_or_false(client, problem, flag):
    told = problem(client.post(f"/v1/predict?{flag}", json=QUERY), 422)
    assert told["errors"] == [{"loc": ["query", "explain"], "msg": "give it once, as true or false"}]


def test_an_explained_prediction_is_logged_like_any_other(open_client, tmp_path: Path):
    client = open_client(prediction_log=tmp_path)
    told = client.post("/v1/predict?explain=true", json=QUERY).json()
    client.app.state.prediction_log.stop()
    (row,) = logged_predictions(tmp_path)
    assert row["g3d_mark_predicted"] == told["g3d_mark"]["predicted"]


def test_a_bundle_that_is_older_than_explanations_says_so(open_client, store: Path, version: str, problem):
    old = serve_unexplained(store, version)
    client = open_client(bundles=store)
    assert client.post("/v1/predict", json=QUERY).status_code == 200
    told = problem(client.post("/v1/predict?explain=true", json=QUERY), 503)
    assert told["detail"] == f"the bundle {old} is older than explanations; run `kedro run` to train again"
