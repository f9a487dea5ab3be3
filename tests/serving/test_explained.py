"""Explanations of a trained bundle add up, are of the answer that is given, and change nothing in it."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_kedro.contracts.explained import ExplainedPrediction
from gpu_kedro.domain.features import build_features
from gpu_kedro.modelling.bundle.files import Bundle, read_bundle, read_pointer
from gpu_kedro.modelling.explanations.shapley import explain_answer
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, TARGETS
from gpu_kedro.pipelines.inference.nodes import identify_queries
from gpu_kedro.serving.errors import NotExplainedError
from gpu_kedro.serving.runtime import Runtime

QUERIES: list[dict[str, Any]] = [
    {"name": "GeForce RTX 3070"},
    {"name": "rtx 4070 laptop"},
    {"name": "GeForce GTX 999"},
    {"name": "Quadro T1000", "tdp_w": 50, "price_usd": 380},
    {"name": "RX 580", "g3d_mark": 8800, "g2d_mark": 800, "tdp_w": 185, "price_usd": 200, "test_year": 2017},
    {"specs": {"shading_units": 6144, "boost_clock_mhz": 2500, "memory_size_gb": 12, "tdp_w": 220}},
]


@pytest.mark.parametrize("query", QUERIES)
def test_contributions_add_up_to_the_answer(runtime: Runtime, query: dict[str, Any]):
    answer = runtime.explain(query)
    ExplainedPrediction.model_validate(answer)
    for target in REGRESSION_TARGETS:
        why = answer[target]["explanation"]
        total = why["typical"] + sum(one["contribution"] for one in why["contributions"])
        assert total == pytest.approx(answer[target]["predicted"], rel=1e-9)
        factors = math.prod(one["factor"] for one in why["contributions"])
        assert why["typical"] * factors == pytest.approx(answer[target]["predicted"], rel=1e-9)
    assert [why["segment"] for why in answer["segment"]["explanation"]] == answer["segment"]["predicted"]
    for why in answer["segment"]["explanation"]:
        total = why["typical"] + sum(one["contribution"] for one in why["contributions"])
        assert total == pytest.approx(100 * answer["segment"]["probabilities"][why["segment"]], rel=1e-9)


@pytest.mark.parametrize("query", QUERIES)
def test_explaining_changes_nothing_else(runtime: Runtime, query: dict[str, Any]):
    explained = runtime.explain(query)
    for target in TARGETS:
        explained[target].pop("explanation")
    assert explained == runtime.predict([query])[0]


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_explained_is_the_blend_that_answers(runtime: Runtime, query: dict[str, Any]):
    served = runtime.served
    (row,), _ = identify_queries([query], served)
    table = build_features([row])
    (vector,) = served.embedding.transform(table.texts)
    (answer,) = runtime.predict([query])
    assert served.typical is not None
    for target in REGRESSION_TARGETS:
        blend, columns = served.answer_function(TARGETS[target], row)
        shares = explain_answer(blend, table.values[0], vector, served.typical, columns)
        assert math.exp(shares.answer[0]) == pytest.approx(answer[target]["predicted"], rel=1e-6)
    blend, columns = served.answer_function(TARGETS["segment"], row)
    shares = explain_answer(blend, table.values[0], vector, served.typical, columns)
    np.testing.assert_allclose(shares.answer, list(answer["segment"]["probabilities"].values()), atol=1e-6)


def test_what_is_not_known_is_not_credited(runtime: Runtime):
    def inputs(query: dict[str, Any], target: str) -> set[str]:
        return {one["input"] for one in runtime.explain(query)[target]["explanation"]["contributions"]}

    # the test's sample is too small to hold the sheet of every card, so a sheet is given
    assert inputs({"name": "GeForce GTX 999"}, "g3d_mark") == {"name"}
    known = inputs(QUERIES[4], "price_usd")
    assert {"g3d_mark", "g2d_mark", "tdp_w", "test_year"} <= known
    assert "price_usd" not in known


def test_a_contribution_says_what_it_rests_on(runtime: Runtime):
    why = runtime.explain({"name": "GeForce RTX 3070"})["g3d_mark"]["explanation"]["contributions"]
    (memory,) = [one for one in why if one["input"] == "memory"]
    assert memory["fields"]["memory_size_gb"] == 8
    assert memory["fields"]["memory_type"] == "GDDR6"
    assert 0 < memory["typical_fields"]["memory_size_gb"] < 8
    assert "memory_type" not in memory["typical_fields"]
    assert [abs(one["contribution"]) for one in why] == sorted((abs(one["contribution"]) for one in why), reverse=True)


def test_an_older_bundle_answers_and_says_that_it_cannot_explain(bundles: Path):
    files, facts = read_bundle(bundles / read_pointer(bundles))
    del files["typical_gpu.json"]
    older = Runtime(Bundle(files, facts))
    assert older.predict([QUERIES[0]])[0]["g3d_mark"]["predicted"] > 0
    with pytest.raises(NotExplainedError, match="older than explanations; run `kedro run`"):
        older.explain(QUERIES[0])
