import io
from typing import Any

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro_datasets.text import TextDataset
from rich.console import Console

from gpu_kedro.hooks.summary import print_results

REGRESSION = {"rows": 2307.0, "r2_log": 0.9375, "median_error": 0.1454, "coverage_90": 0.899}
SEGMENT = {"rows": 966.0, "exact": 0.9627, "macro_f1": 0.9713}
TDP = {
    "target": "tdp_w",
    "splits": {
        "grouped": {
            level: {"ours": {"all": REGRESSION}, "ridge": {"all": REGRESSION | {"median_error": 0.2052}}}
            for level in ("name", "specs", "everything")
        },
        "temporal": {"name": {"ours": {"all": REGRESSION | {"rows": 55.0}}, "ridge": {"all": REGRESSION}}},
    },
}
SEGMENTS = {
    "target": "segment",
    "splits": {"grouped": {"name": {"ours": {"all": SEGMENT}, "ridge": {"all": SEGMENT | {"exact": 0.9545}}}}},
}


def _printed(outputs: set[str], datasets: dict[str, Any]) -> list[str]:
    stream = io.StringIO()
    print_results(Console(file=stream, width=80), outputs, DataCatalog(datasets))
    return [" ".join(line.replace("│", " ").split()) for line in stream.getvalue().splitlines()]


def test_a_reported_run_prints_one_line_for_each_target_and_level():
    metrics = {"targets": {"tdp_w": TDP, "segment": SEGMENTS}, "not_trained": []}
    lines = _printed({"metrics"}, {"metrics": MemoryDataset(metrics)})
    assert "tdp_w name 2,307 14.5 % 20.5 % 0.938 89.9 %" in lines
    assert "tdp_w everything 2,307 14.5 % 20.5 % 0.938 89.9 %" in lines
    assert "segment name 966 96.3 % exact 95.5 % 0.971 –" in lines
    assert len([line for line in lines if line.startswith("tdp_w")]) == 3


def test_nothing_is_cut_off_on_a_terminal_of_eighty_columns():
    metrics = {"targets": {"tdp_w": TDP, "price_usd": TDP, "segment": SEGMENTS}, "not_trained": []}
    assert not [line for line in _printed({"metrics"}, {"metrics": MemoryDataset(metrics)}) if "…" in line]


def test_a_run_of_one_target_prints_its_results():
    lines = _printed({"tdp_w_results", "regression.tdp_w.predictions"}, {"tdp_w_results": MemoryDataset(TDP)})
    assert "tdp_w specs 2,307 14.5 % 20.5 % 0.938 89.9 %" in lines


def test_a_run_without_results_prints_nothing():
    assert _printed({"primary_gpus"}, {}) == []


def test_a_report_before_training_names_what_is_missing():
    metrics = {"targets": {}, "not_trained": ["g3d_mark", "segment"]}
    lines = _printed({"metrics"}, {"metrics": MemoryDataset(metrics)})
    assert lines[0] == "Not trained yet: g3d_mark, segment; `kedro run` trains everything."


def test_it_says_where_to_look_relative_to_the_current_folder(tmp_path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "[data]" / "08_reporting"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    datasets = {
        "metrics": MemoryDataset({"targets": {}, "not_trained": []}),
        "report": TextDataset(filepath=str(folder / "report.html")),
        "model_card": TextDataset(filepath=str(folder / "model_card.md")),
    }
    lines = _printed({"metrics", "report", "model_card"}, datasets)
    assert "report: [data]/08_reporting/report.html" in lines
    assert "model card: [data]/08_reporting/model_card.md" in lines
    assert "explore: make viz (pipelines and figures), make mlflow-ui (recorded runs)" in lines
