"""The reporting pipeline in memory, before and after training."""

import json
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from gpu_rows import make_gpus
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.datasets.figures import FigureDataset
from gpu_kedro.modelling.options import SplitOptions
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, TARGETS
from gpu_kedro.pipelines.classification.nodes import count_filled
from gpu_kedro.pipelines.reporting import create_pipeline
from gpu_kedro.pipelines.reporting.analysis_nodes import FINDINGS
from gpu_kedro.pipelines.reporting.nodes import collect_metrics

BLEND = {"embedding_dims": 4, "members": [{"kind": "ridge", "alpha": 2.0}]}
PRIMARY = make_gpus(
    {
        "gpu_id": "geforce-gtx-1060",
        "name": "GeForce GTX 1060",
        "segment": "Desktop",
        "g3d_mark": 100.0,
        "g2d_mark": 10.0,
        "price_usd": 99.0,
        "spec_tdp_w": 120.0,
        "test_year": 2010.0,
    },
    {"g3d_mark": 200.0, "g2d_mark": None, "test_year": 2021.0, "is_strict": False, "spec_name": None},
)
DICTIONARY = pd.DataFrame(
    {"feature": ["is_amd"], "unit": ["0 or 1"], "source": ["vendor"], "needs": ["name"]}
    | {"known_share": [1.0], "smallest": [0.0], "largest": [1.0]}
)
DATA: dict[str, Any] = {
    "ledger_summary": {
        "rows_in": 3,
        "rows_kept": 2,
        "rows_rejected": 1,
        "by_rule": [{"rule": "fake_gpu", "action": "rejected", "column": "name", "entries": 1}],
    },
    "join_reach": {
        "kinds": {"direct": 1, "none": 1},
        "reach": {"all": {"rows": 2, "any": 0.5, "strict": 0.5}},
    },
    "primary_gpus": PRIMARY,
    "raw_gpus": pd.DataFrame({"source_row": [2, 3, 4], "g3d_mark": [100.0, 84.0, 200.0]}),
    "clean_gpus": pd.DataFrame({"gpu_id": ["geforce-gtx-1060", "b"], "source_row": [2, 4]}),
    "ledger": pd.DataFrame(
        {
            "source_row": [3],
            "name": ["GeForce 999 GTX"],
            "action": ["rejected"],
            "rule": ["fake_gpu"],
            "detail": ["a model that was never made"],
        }
    ),
    "feature_dictionary": DICTIONARY,
    "params:splits": SplitOptions(calibration_years=3, folds=5, last_training_year=2019, seed=1),
    "params:classification.model": BLEND,
    "params:analysis": AnalysisOptions(min_gpus=5, min_score=50, replicates=100, seed=1),
    **{f"params:regression.{target}.model": BLEND for target in REGRESSION_TARGETS},
}
METRICS = {
    "rows": 692.0,
    "r2_log": float("nan"),
    "rmsle": 0.18,
    "median_error": 0.0453,
    "within_20pct": 0.886,
    "coverage_80": 0.8,
    "coverage_90": 0.8916,
    "width_80": 0.2,
    "width_90": 0.344,
}
RESULTS = {
    "target": "tdp_w",
    "unit": "W",
    "splits": {"grouped": {"everything": {model: {"all": METRICS} for model in ("ours", "ridge", "dummy")}}},
}


class _KeptDataset(MemoryDataset):
    """Stays readable after the last node that needs it."""

    def _release(self) -> None:
        pass


def _run(trained: dict[str, Any]) -> dict[str, Any]:
    pipeline = create_pipeline()
    empty = {
        name: go.Figure() if name.endswith("_figure") else {}
        for name in pipeline.inputs()
        if not name.startswith("params:")
    }
    unseen = {name: pd.DataFrame() for name in pipeline.inputs() if name.endswith(".predictions")}
    inputs = empty | unseen | DATA | trained
    outputs = {name: _KeptDataset() for name in pipeline.all_outputs()}
    catalog = DataCatalog({name: MemoryDataset(value) for name, value in inputs.items()} | outputs)
    SequentialRunner().run(pipeline, catalog)
    return {name: catalog.load(name) for name in outputs}


@pytest.fixture(scope="module")
def untrained() -> dict[str, Any]:
    return _run({})


@pytest.fixture(scope="module")
def trained() -> dict[str, Any]:
    figure = go.Figure(go.Scatter(x=[1], y=[1]))
    return _run({"tdp_w_results": RESULTS, "tdp_w_coverage_figure": figure})


def test_the_report_is_made_before_anything_is_trained(untrained: dict[str, Any]):
    assert untrained["metrics"]["not_trained"] == list(TARGETS)
    assert untrained["metrics"]["targets"] == {}
    assert "Not trained yet" in untrained["model_card"]
    assert "Not trained yet" in untrained["report"]
    assert "3 rows came in, 2 were kept and 1 rejected." in untrained["data_card"]


def test_a_table_that_is_too_small_to_be_analysed_says_so_for_every_question(untrained: dict[str, Any]):
    assert [finding["name"] for finding in untrained["findings"]] == list(FINDINGS)
    assert all(finding["answer"].startswith("This table cannot answer it: ") for finding in untrained["findings"])
    assert untrained["metrics"]["analysis"]["price_performance"] == {"rows": 0}
    assert 'id="analysis_price_performance"' in untrained["report"]


def test_data_figures_are_drawn_without_training(untrained: dict[str, Any]):
    assert 'id="missing_figure"' in untrained["report"]
    assert 'id="ledger_figure"' in untrained["report"]


def test_trained_targets_are_reported_and_the_others_named(trained: dict[str, Any]):
    assert trained["metrics"]["not_trained"] == ["g3d_mark", "price_usd", "segment"]
    assert (
        "| everything known | model | 692 | 4.5 % | 88.6 % | – | 80.0 % | 89.2 % | ×/÷ 1.19 |" in trained["model_card"]
    )
    assert 'id="tdp_w_coverage_figure"' in trained["report"]
    assert 'id="g3d_mark_coverage_figure"' not in trained["report"]


def test_metrics_keep_the_results_as_they_are_and_are_valid_json(trained: dict[str, Any]):
    metrics = json.loads(json.dumps(trained["metrics"], allow_nan=False))
    reported = metrics["targets"]["tdp_w"]["splits"]["grouped"]["everything"]["ours"]["all"]
    assert reported == METRICS | {"r2_log": None}
    known = metrics["data"]["known_share"]
    assert {name: known[name] for name in ("g3d_mark", "g2d_mark", "price_usd", "tdp_w", "segment", "spec_name")} == {
        "g3d_mark": 1.0,
        "g2d_mark": 0.5,
        "price_usd": 0.5,
        "tdp_w": 0.0,
        "segment": 0.5,
        "spec_name": 0.5,
    }
    assert metrics["data"]["test_years"] == [2010, 2021]


def test_suspects_and_weights_are_in_cards_and_report(trained: dict[str, Any]):
    (suspect,) = trained["suspects"].to_dict("records")
    assert (suspect["name"], suspect["row_in_raw"], suspect["kinds"]) == ("GeForce 999 GTX", 3, "not_a_gpu")
    assert trained["metrics"]["suspects"]["rows"] == 1
    for page in ("data_card", "report"):
        assert "1 values of the table have evidence against them (1 strong, 0 fair, 0 weak)" in " ".join(
            trained[page].split()
        )
    weighed = _run({"importance": {"tdp_w": {"rows": 4, "inputs": {"sheet_power": 1.5}}}})
    assert weighed["metrics"]["importance"]["tdp_w"]["inputs"] == {"sheet_power": 1.5}
    assert "| power of the sheet | 1.50 |" in weighed["model_card"]
    assert 'id="tdp_w_importance_figure"' in weighed["report"]
    assert "What the answers rest on" not in trained["model_card"]


def test_the_same_inputs_give_the_same_page(trained: dict[str, Any]):
    figure = go.Figure(go.Scatter(x=[1], y=[1]))
    assert _run({"tdp_w_results": RESULTS, "tdp_w_coverage_figure": figure})["report"] == trained["report"]


def test_a_table_without_test_years_is_reported():
    trained = {f"{target}_{kind}": {} for target in TARGETS for kind in ("results", "leakage")}
    gpus = PRIMARY.assign(test_year=float("nan"))
    metrics = collect_metrics(DATA["ledger_summary"], DATA["join_reach"], gpus, {}, {}, {}, [], {}, {}, **trained)
    assert metrics["data"]["test_years"] == []


def test_filled_and_open_segments_are_counted():
    estimates = pd.DataFrame({"segment": pd.array(["Mobile", None, "Desktop", "Mobile"], dtype="str")})
    assert count_filled(estimates) == {
        "unknown": 4,
        "filled": 3,
        "abstained": 1,
        "by_segment": {"Desktop": 1, "Mobile": 2},
    }


def test_a_figure_that_is_not_drawn_yet_loads_empty(tmp_path):
    dataset = FigureDataset(filepath=str(tmp_path / "figures" / "error.json"))
    assert dataset.load().data == ()
    dataset.save(go.Figure(go.Scatter(x=[1], y=[2])))
    assert list(dataset.load().data[0].y) == [2]
    assert dataset.preview()["data"][0]["x"] == [1]
