"""Sources and reasons in every route: what is known is given out, and where nothing is known the service says so."""

import io

import pandas as pd
import pytest

from gpu_kedro.contracts.explained import ExplainedPrediction
from gpu_kedro.contracts.v1.columns import PredictionColumns
from gpu_kedro.contracts.v1.market import Comparison, Verdict
from gpu_kedro.contracts.v1.predictions import Prediction

QUERIES = {
    "RTX 3060": ("full", None, 329.0, "measured"),
    "RX 6600": ("full", None, 132.0, "listed"),
    "GeForce GPU": ("partial", "too_little_known", None, "none"),
    "Apple M2 Pro": ("none", "not_covered", None, "none"),
    "Microsoft Basic Display Adapter": ("none", "not_a_gpu", None, "none"),
}
FIELDS = {"RX 6600": "tdp_w"}


@pytest.mark.parametrize("name", QUERIES)
def test_single_answers(client, name):
    told = client.post("/v1/predict", json={"name": name}).json()
    Prediction.model_validate(told)
    figure, reason = told[FIELDS.get(name, "price_usd")], told["reason"]
    assert (told["answer"], reason and reason["code"], figure["value"], figure["source"]) == QUERIES[name]


def test_columns(client):
    told = client.post("/v1/predict/batch", json={"name": list(QUERIES)}).json()
    PredictionColumns.model_validate(told)
    found = {
        name: (
            told["answer"][place],
            told["reason"][place],
            told[f"{FIELDS.get(name, 'price_usd')}_value"][place],
            told[f"{FIELDS.get(name, 'price_usd')}_source"][place],
        )
        for place, name in enumerate(QUERIES)
    }
    assert found == QUERIES


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files(client, kind):
    table = pd.DataFrame({"name": list(QUERIES)})
    if kind == "csv":
        sent = client.post("/v1/predict/file", content=table.to_csv(index=False), headers={"Content-Type": "text/csv"})
        told = pd.read_csv(io.BytesIO(sent.content))
    else:
        content = table.to_parquet(index=False)
        headers = {"Content-Type": "application/vnd.apache.parquet"}
        sent = client.post("/v1/predict/file", content=content, headers=headers)
        told = pd.read_parquet(io.BytesIO(sent.content))
    assert told["error"].isna().all()
    assert told["answer"].tolist() == [answer for answer, *_ in QUERIES.values()]
    assert told["reason"].fillna("").tolist() == [reason or "" for _, reason, *_ in QUERIES.values()]
    assert told["price_usd_value"].isna().tolist() == [False, False, True, True, True]
    assert told["price_usd_predicted"].isna().tolist() == [False, False, False, True, True]


def test_given_figures_are_given_out(client):
    told = client.post("/v1/predict", json={"name": "GeForce", "tdp_w": 200, "price_usd": 300}).json()
    assert [(told[field]["value"], told[field]["source"]) for field in ("tdp_w", "price_usd")] == [
        (200, "given"),
        (300, "given"),
    ]


@pytest.mark.parametrize("name", ["Apple M2 Pro", "GeForce GPU"])
def test_explanations(client, name):
    told = client.post("/v1/predict?explain=true", json={"name": name}).json()
    ExplainedPrediction.model_validate(told)
    is_refused = name == "Apple M2 Pro"
    assert (told["g3d_mark"]["explanation"] is None) == is_refused
    assert (told["segment"]["explanation"] == []) == is_refused


def test_verdicts_and_comparisons(client):
    judged = client.post("/v1/value", json={"name": "Apple M2 Pro", "price_usd": 300}).json()
    Verdict.model_validate(judged)
    assert (judged["verdict"], judged["alternatives"]) == ("cannot_say", [])
    compared = client.post("/v1/compare", json={"names": ["Apple M2 Pro", "RTX 3060"]}).json()
    Comparison.model_validate(compared)
    assert [ratio["g3d_per_usd"] is None for ratio in compared["ratios"]] == [True, False]


def test_cards_and_the_frontier(client, problem):
    told = problem(client.get("/v1/gpus/Apple M2 Pro"), 404)
    assert "GPUs of Apple are not covered" in told["detail"]
    card = client.post("/v1/card", json={"name": "Apple M2 Pro"}).json()
    assert (card["name"], card["comparable"]) == (None, [])
    listed = client.get("/v1/gpus?q=Radeon RX 6500 XT&limit=1").json()["gpus"][0]
    assert (listed["tdp_w"], listed["tdp_w_source"]) == (107.0, "listed")
    table = client.get("/v1/table").json()
    powers = dict(zip(table["name"], zip(table["tdp_w"], table["tdp_w_source"], strict=True), strict=True))
    assert powers["Radeon RX 6600"] == (132.0, "listed")
    for gpu in client.get("/v1/frontier?max_tdp_w=60").json()["gpus"]:
        assert gpu["tdp_w"] <= 60
