"""The whole graph on the sample, as `kedro run --env test` runs it."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient
from records import artifacts_at, figures_of
from workspace import PROJECT, Workspace

from gpu_kedro.datasets.bundles import BundleStoreDataset
from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.bundle.export import expert_from_files
from gpu_kedro.modelling.bundle.files import subfiles
from gpu_kedro.modelling.learners.embedding import NameEmbedding
from gpu_kedro.modelling.targets import LEVELS, TARGETS
from gpu_kedro.pipeline_registry import register_pipelines


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_rows_in_are_rows_kept_and_rows_rejected(trained: Workspace):
    summary = _read(trained.data / "02_intermediate" / "ledger_summary.json")
    ledger = pd.read_parquet(trained.data / "02_intermediate" / "ledger.parquet")
    kept = pd.read_parquet(trained.data / "02_intermediate" / "clean_gpus.parquet")
    assert summary["rows_in"] == 410 == len(kept) + (ledger["action"] == "rejected").sum()
    assert summary["rows_kept"] == len(kept)


def test_unknown_segments_are_filled_with_probabilities_or_left_open(trained: Workspace):
    estimates = pd.read_parquet(trained.data / "07_model_output" / "segment_estimates.parquet")
    clean = pd.read_parquet(trained.data / "02_intermediate" / "clean_gpus.parquet")
    assert len(estimates) == clean["segments"].isna().sum()
    assert estimates[["desktop", "mobile", "workstation", "confidence"]].stack().between(0, 1.0001).all()
    abstains = estimates["segment"].isna()
    assert (estimates.loc[abstains, "confidence"] < 0.6).all()
    assert (estimates.loc[~abstains, "confidence"] >= 0.6).all()


def test_intervals_are_ordered_around_their_estimate(trained: Workspace):
    for name in ("g3d_mark", "price_usd", "tdp_w"):
        rows = pd.read_parquet(trained.data / "06_models" / "validation" / f"{name}_predictions.parquet")
        order = rows[["lower_90", "lower_80", "predicted", "upper_80", "upper_90"]].to_numpy()
        assert np.isfinite(order).all()
        assert (np.diff(order, axis=1) >= 0).all()


def test_each_gpu_is_predicted_once_per_level_by_a_model_that_has_not_seen_it(trained: Workspace):
    model_input = pd.read_parquet(trained.data / "05_model_input" / "model_input.parquet").set_index("gpu_id")
    rows = pd.read_parquet(trained.data / "06_models" / "validation" / "g3d_mark_predictions.parquet")
    grouped = rows[rows["split"] == "grouped"]
    assert (grouped.groupby("level")["gpu_id"].nunique() == model_input["g3d_mark"].notna().sum()).all()
    assert (model_input.loc[grouped["gpu_id"], "fold"].to_numpy() == grouped["fold"].to_numpy()).all()
    late = rows[rows["split"] == "temporal"]
    assert not model_input.loc[late["gpu_id"], "is_early"].any()


def test_results_beat_the_dummy_for_every_target_and_level(trained: Workspace):
    for name in ("g3d_mark", "price_usd", "tdp_w"):
        levels = _read(trained.data / "06_models" / "validation" / f"{name}_results.json")["splits"]["grouped"]
        for level in LEVELS:
            assert levels[level]["ours"]["all"]["rmsle"] < levels[level]["dummy"]["all"]["rmsle"]
    levels = _read(trained.data / "06_models" / "validation" / "segment_results.json")["splits"]["grouped"]
    assert levels["specs"]["ours"]["all"]["exact"] > levels["specs"]["dummy"]["all"]["exact"]


def test_the_leaking_columns_would_have_flattered(trained: Workspace):
    honest, leaky = _read(trained.data / "06_models" / "validation" / "g3d_mark_leakage.json")
    assert (honest["variant"], leaky["variant"]) == ("honest", "leaky")
    assert leaky["rmsle"] < honest["rmsle"]
    assert leaky["rows"] == honest["rows"]


def test_the_bundle_answers_for_every_target_and_level(trained: Workspace):
    bundle = BundleStoreDataset(str(trained.bundles)).load()
    assert bundle.facts["features"] == list(FEATURE_NAMES)
    assert not [name for name in bundle.files if name.endswith((".pkl", ".joblib", ".cbm"))]
    model_input = pd.read_parquet(trained.data / "05_model_input" / "model_input.parquet")
    vectors = NameEmbedding.from_files(dict(bundle.files)).transform(model_input["name_text"].tolist())
    for target in TARGETS:
        for level in LEVELS:
            expert = expert_from_files(subfiles(bundle.files, f"targets/{target}/{level}"))
            answers = expert.predict(model_input[list(FEATURE_NAMES)].to_numpy(float), vectors)
            assert np.isfinite(answers).all()
            assert len(answers) == len(model_input)


def test_the_manifest_says_where_the_bundle_comes_from(trained: Workspace):
    facts = BundleStoreDataset(str(trained.bundles)).load().facts
    assert {"created_at", "git_commit", "data_sha256", "libraries", "metrics", "version"} <= set(facts)
    assert facts["libraries"]["scikit-learn"].startswith("1.")


@pytest.fixture(scope="module")
def run(trained: Workspace) -> Run:
    client = MlflowClient(trained.tracking_uri)
    experiment = client.get_experiment_by_name("gpu_kedro_test")
    (only,) = client.search_runs([experiment.experiment_id])
    return only


def test_one_command_is_one_finished_run(run: Run):
    assert run.info.status == "FINISHED"
    assert run.data.tags["pipeline"] == "__default__"
    assert mlflow.active_run() is None


def test_parameters_are_logged_one_by_one(run: Run):
    assert run.data.params["splits.folds"] == "3"
    assert run.data.params["regression.g3d_mark.model.members.1.kind"] == "extra_trees"
    assert run.data.params["cleaning.max_tdp_w"] == "2000.0"


def test_figures_are_a_table_by_target_split_level_model_and_stratum(run: Run, trained: Workspace):
    results = _read(trained.data / "06_models" / "validation" / "price_usd_results.json")
    expected = results["splits"]["grouped"]["specs"]["ours"]["strict_match"]["median_error"]
    figures = figures_of(run)
    assert figures["price_usd/grouped/specs/ours/strict_match/median_error"] == pytest.approx(expected)
    assert figures["seconds/data_processing.clean_table"] > 0
    assert len(figures) > 5000


def test_metrics_are_the_few_that_people_compare(run: Run):
    """Error, fit, coverage and width of each target and level, and how long it took."""
    assert run.data.metrics["g3d_mark/grouped/everything/ours/all/r2_log"] > 0.9
    assert {
        name.rpartition("/")[2] for name in run.data.metrics if name.startswith("tdp_w/grouped/specs/ours/all/")
    } == {
        "median_error",
        "r2_log",
        "coverage_90",
        "width_90",
    }
    assert run.data.metrics["segment/grouped/name/ours/all/exact"] > 0.9
    assert run.data.metrics["seconds/all"] > 5
    assert len(run.data.metrics) == 57


def test_ledger_figures_cards_and_bundle_are_artifacts_of_the_run(run: Run, trained: Workspace):
    artifacts = set(artifacts_at(MlflowClient(trained.tracking_uri), run))
    assert {"02_intermediate/ledger.parquet", "08_reporting/model_card.md", "figures/ledger.json"} <= artifacts
    assert {"08_reporting/suspects.csv", "figures/g3d_mark_importance.json"} <= artifacts
    assert {"bundle/manifest.json", "model/MLmodel", "model/artifacts/bundle.zip", "environment.json"} <= artifacts
    store = trained.bundles
    assert run.data.tags["bundle_version"] in [folder.name for folder in store.iterdir()]


def test_the_run_says_where_it_comes_from_and_how_long_each_node_took(run: Run, trained: Workspace):
    tags = run.data.tags
    assert re.fullmatch("[0-9a-f]{40}|unknown", tags["git_commit"])
    assert tags["git_dirty"] in ("true", "false")
    assert tags["lock_sha256"] == hashlib.sha256((PROJECT / "requirements.lock").read_bytes()).hexdigest()
    facts = BundleStoreDataset(str(trained.bundles)).load().facts
    assert tags["data_sha256"] == facts["data_sha256"]
    (table,) = [entry.dataset for entry in run.inputs.dataset_inputs if entry.dataset.name == "raw_gpus"]
    assert json.loads(table.profile)["num_rows"] == len(pd.read_csv(PROJECT / "tests" / "data" / "gpu_sample.csv"))
    assert table.digest == facts["data_sha256"][:36]
    seconds = {name.removeprefix("seconds/") for name in figures_of(run) if name.startswith("seconds/")}
    assert seconds == {"all", *(node.name for node in register_pipelines()["__default__"].nodes)}


def test_packaging_makes_the_same_bundle_of_what_is_trained(trained: Workspace, tmp_path: Path):
    shutil.copytree(trained.data, tmp_path / "data")
    home = Workspace(tmp_path)
    store = home.bundles
    before = BundleStoreDataset(str(store)).load().facts["content_sha256"]
    shutil.rmtree(store)
    home.run("packaging")
    assert BundleStoreDataset(str(store)).load().facts["content_sha256"] == before


def test_one_namespace_runs_alone(trained: Workspace, tmp_path: Path):
    before = (trained.data / "06_models" / "validation" / "g3d_mark_results.json").stat().st_mtime_ns
    trained.run("regression", namespaces=["regression.price_usd"])
    assert (trained.data / "06_models" / "validation" / "g3d_mark_results.json").stat().st_mtime_ns == before


def test_a_pipeline_works_from_a_clean_checkout_and_takes_parameters(workspace: Workspace):
    workspace.run("feature_engineering", params={"splits": {"folds": 4}})
    model_input = pd.read_parquet(workspace.data / "05_model_input" / "model_input.parquet")
    assert sorted(model_input["fold"].unique()) == [0, 1, 2, 3]


def test_a_wrong_parameter_is_refused_before_anything_runs(workspace: Workspace):
    with pytest.raises(Exception, match="folds"):
        workspace.run("data_processing", "feature_engineering", params={"splits": {"folds": 1}})
    assert not workspace.data.exists()


def test_a_broken_table_stops_the_run_with_one_clear_line(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    workspace.folder.joinpath("gpus.csv").write_text(
        "gpuName,G3Dmarks,G2Dmark,price,TDP,testDate,category\nA,1,1,,,2020,\n"
    )
    monkeypatch.setenv("GPU_KEDRO_RAW_DATA", str(workspace.folder / "gpus.csv"))
    with pytest.raises(Exception, match=r"gpus\.csv.*G3Dmarks.*G3Dmark"):
        workspace.run("data_processing")


def test_one_class_only_is_refused_by_classification(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    table = pd.read_csv("tests/data/gpu_sample.csv", dtype="str")
    table.assign(category="Desktop").to_csv(workspace.folder / "gpus.csv", index=False)
    monkeypatch.setenv("GPU_KEDRO_RAW_DATA", str(workspace.folder / "gpus.csv"))
    with pytest.raises(Exception, match="nothing to tell apart"):
        workspace.run("classification")


def test_a_kaggle_copy_with_its_derived_columns_runs_in_place(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    table = pd.read_csv("tests/data/gpu_sample.csv")
    ratios = table.assign(
        gpuValue=(table["G3Dmark"] / table["price"]).round(2),
        powerPerformance=(table["G3Dmark"] / table["TDP"]).round(2),
    )
    ratios.loc[ratios["gpuValue"].first_valid_index(), "gpuValue"] = 12345.0
    ratios.to_csv(workspace.folder / "kaggle.csv", index=False)
    monkeypatch.setenv("GPU_KEDRO_RAW_DATA", str(workspace.folder / "kaggle.csv"))
    workspace.run("data_processing")
    summary = _read(workspace.data / "02_intermediate" / "ledger_summary.json")
    assert sum(rule["entries"] for rule in summary["by_rule"] if rule["rule"] == "derived_ratio") == 1
