"""The comparison and the search for recipes, as `kedro run --env test --pipelines tuning,benchmark` runs them."""

import json
from typing import Any

import pandas as pd
import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient
from records import figures_of
from workspace import Workspace

from gpu_kedro.modelling.targets import TARGETS


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    done = Workspace(tmp_path_factory.mktemp("compared"))
    done.run("tuning", "benchmark")
    return done


@pytest.fixture(scope="module")
def metrics(compared: Workspace) -> dict[str, Any]:
    return json.loads((compared.data / "08_reporting" / "metrics.json").read_text())


@pytest.fixture(scope="module")
def runs(compared: Workspace) -> list[Run]:
    client = MlflowClient(compared.tracking_uri)
    experiment = client.get_experiment_by_name("gpu_kedro_test")
    return client.search_runs([experiment.experiment_id], max_results=200)


def test_every_model_is_scored_on_the_same_gpus(metrics: dict[str, Any]):
    for target in TARGETS:
        models = metrics["benchmark"]["targets"][target]["comparison"]
        assert set(models["features"]) == {"dummy", "ridge", "random_forest", "catboost", "autogluon", "ours"}
        assert set(models["raw"]) == {"dummy", "ridge", "random_forest", "catboost"}
        scored = [entry for kind in models.values() for name, entry in kind.items() if name != "autogluon"]
        assert len({entry["seeds"]["rows"]["mean"] for entry in scored}) == 1
        assert len({entry["same_split"]["rows"] for entry in scored}) == 1


def test_folds_of_ours_and_of_the_baselines_are_the_same(compared: Workspace):
    folder = compared.data / "06_models" / "benchmark"
    for target in TARGETS:
        rows = pd.read_parquet(folder / f"{target}_predictions.parquet")
        ours = rows[(rows["study"] == "main") & (rows["split"] == "grouped")].set_index("gpu_id")["fold"].to_dict()
        others = pd.read_parquet(folder / f"{target}_baselines.parquet").set_index("gpu_id")["fold"].to_dict()
        assert ours == others


def test_power_is_harder_without_the_sheet_s_own(metrics: dict[str, Any]):
    power = metrics["benchmark"]["targets"]["tdp_w"]
    hidden = power["without_sheet_power"]["specs"]["all"]["median_error"]["mean"]
    assert hidden > power["grouped"]["specs"]["all"]["median_error"]["mean"]


def test_later_releases_are_all_newer(metrics: dict[str, Any]):
    later = metrics["benchmark"]["targets"]["g3d_mark"]["later_releases"]["specs"]
    assert later["newer"]["rows"] == later["all"]["rows"] > 20
    assert set(later["newer"]) >= {"rmsle", "median_error", "within_20pct", "coverage_90", "mean_width_90"}


def test_the_report_compares_and_says_that_autogluon_was_not_run(compared: Workspace):
    for page in ("report.html", "model_card.md"):
        text = (compared.data / "08_reporting" / page).read_text(encoding="utf-8")
        assert "Compared with" in text
        assert "not run: make benchmark" in text
        assert "Choice of the recipe" in text
    assert (compared.data / "08_reporting" / "figures" / "comparison.json").is_file()


def test_every_trial_is_a_child_run(runs: list[Run], metrics: dict[str, Any]):
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    children = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    # three targets, three outer folds, three trials and what was chosen
    assert len(children) == 36
    chosen = [run for run in children if "chosen" in run.data.tags]
    assert len(chosen) == 9
    told = {(run.data.tags["target"], run.data.tags["outer_fold"]): run.data.metrics["outer_rmsle"] for run in chosen}
    fold = metrics["tuning"]["price_usd"]["folds"][1]
    assert told["price_usd", "1"] == pytest.approx(fold["outer"]["chosen"]["rmsle"])
    assert figures_of(parent)["tuning/price_usd/recipe/rmsle"] > 0
    assert parent.data.metrics["benchmark/targets/segment/comparison/features/ours/same_split/exact"] > 0.5
