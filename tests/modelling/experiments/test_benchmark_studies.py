"""Studies, baselines and the question to AutoGluon: who is trained on whom, and on what."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gpu_kedro.modelling.experiments.autogluon import (
    NOT_RUN,
    AutogluonError,
    Question,
    ask_autogluon,
    build_question,
    score_answer,
)
from gpu_kedro.modelling.experiments.benchmark import (
    ComparisonTask,
    Study,
    compare_models,
    list_studies,
    predict_baselines,
    raw_columns,
    split_by_release,
    summarise,
)
from gpu_kedro.modelling.options import AutogluonOptions, EmbeddingOptions, SplitOptions, StudyOptions
from gpu_kedro.modelling.targets import TARGETS

SPLITS = SplitOptions(calibration_years=3, folds=5, last_training_year=2019, seed=1)
STUDY = StudyOptions(boosting_iterations=3, forest_trees=3, last_release_year=2018, seeds=(1, 2))
EMBEDDING = EmbeddingOptions(dims=4, min_count=3, ngram_max=3)
AUTOGLUON = AutogluonOptions(
    bag_folds=4,
    cores=2,
    environment="nowhere",
    folder="kept",
    inputs=("features",),
    memory_gib=4,
    minutes_per_target=1,
    presets="best_quality",
    script="nowhere.py",
)


def _task(target: str) -> ComparisonTask:
    return ComparisonTask(TARGETS[target], "everything", EMBEDDING, 4)


def _studies(model_input: pd.DataFrame, target: str) -> list[Study]:
    return list_studies(model_input, TARGETS[target], SPLITS, STUDY)


def test_every_target_is_studied_for_each_seed_and_split_in_time_once(model_input: pd.DataFrame):
    names = {target: [(study.name, study.seed) for study in _studies(model_input, target)] for target in TARGETS}
    assert names["g3d_mark"] == [("main", 1), ("main", 2), ("releases", 1)]
    assert names["segment"] == [("main", 1), ("main", 2)]
    assert names["tdp_w"][:2] == [("main", 1), ("without_sheet_power", 1)]
    late = [study.table["is_early"].any() for study in _studies(model_input, "g3d_mark")]
    assert late == [True, False, True]


def test_folds_of_another_seed_differ_and_keep_chip_groups_together(model_input: pd.DataFrame):
    first, second = (study.table for study in _studies(model_input, "price_usd")[:2])
    assert (first["fold"] == model_input["fold"]).all()
    assert (second["fold"] != first["fold"]).mean() > 0.5
    assert (second.groupby("chip_group")["fold"].nunique() == 1).all()


def test_later_releases_are_predicted_from_earlier_ones_only(model_input: pd.DataFrame):
    table = split_by_release(model_input, SPLITS.model_copy(update={"last_training_year": 2018}))
    assert table.loc[table["is_early"], "spec_release_year"].max() == 2018
    assert table.loc[~table["is_early"], "spec_release_year"].min() == 2019
    assert table.loc[table["is_earliest"], "spec_release_year"].max() == 2015
    assert (table["fold"] == -1).all()


def test_the_sheet_s_power_is_hidden_in_training_and_test(model_input: pd.DataFrame):
    hidden = next(study for study in _studies(model_input, "tdp_w") if study.name == "without_sheet_power")
    assert hidden.table[["log_sheet_tdp_w", "log_fp32_per_watt"]].isna().all(axis=None)
    assert model_input["log_sheet_tdp_w"].notna().any()


def test_raw_columns_are_numbers_of_the_sources_without_the_answer():
    assert raw_columns(TARGETS["tdp_w"], "everything")[:5] == [
        "g3d_mark", "g2d_mark", "price_usd", "test_year", "spec_release_year",
    ]  # fmt: skip
    assert "g3d_mark" not in raw_columns(TARGETS["segment"], "specs")
    assert "spec_tdp_w" in raw_columns(TARGETS["segment"], "specs")


@pytest.fixture(scope="module")
def priced(model_input: pd.DataFrame) -> Study:
    return _studies(model_input, "price_usd")[0]


@pytest.fixture(scope="module")
def baselines(priced: Study, primary_gpus: pd.DataFrame) -> pd.DataFrame:
    return predict_baselines(priced, primary_gpus, _task("price_usd"), STUDY, 1)


def test_every_model_answers_the_same_gpus_in_the_same_folds(
    baselines: pd.DataFrame, model_input: pd.DataFrame, priced: Study
):
    folds = priced.table.set_index("gpu_id")["fold"]
    assert (folds[baselines["gpu_id"]].to_numpy() == baselines["fold"].to_numpy()).all()
    answered = baselines.groupby(["inputs", "model"])["gpu_id"].apply(frozenset)
    assert len(answered) == 8
    assert set(answered) == {frozenset(model_input.loc[model_input["price_usd"].notna(), "gpu_id"])}


def test_baselines_learn_something(baselines: pd.DataFrame):
    errors = np.square(baselines["predicted"] - baselines["true"]).groupby(
        [baselines["inputs"], baselines["model"]]
    ).mean()  # fmt: skip
    assert errors["features", "random_forest"] < errors["features", "dummy"]
    assert errors["raw", "ridge"] < errors["raw", "dummy"]


def test_the_comparison_scores_each_seed_over_all_folds_and_the_common_split_alone():
    head = {"seed": [1, 1, 2, 2], "fold": [0, 1, 0, 1], "gpu_id": ["a", "b", "a", "b"], "true": [0.0, 1.0, 0.0, 1.0]}
    others = pd.DataFrame({**head, "inputs": "features", "model": "ridge", "predicted": [0.5, 1.5, 0.1, 1.1]})
    ours = pd.DataFrame(
        {**head, "study": "main", "split": "grouped", "level": "specs", "predicted": [0.2, 1.0, 0.0, 1.2]}
    )
    compared = compare_models(ours, others, "price_usd", "specs", 0)["features"]
    assert compared["ridge"]["seeds"]["rmsle"] == {"mean": pytest.approx(0.3), "sd": pytest.approx(0.282843, abs=1e-6)}
    assert compared["ridge"]["same_split"]["rmsle"] == pytest.approx(0.5)
    assert compared["ours"]["same_split"]["rmsle"] == pytest.approx(0.2)
    assert compared["ours"]["seeds"]["rmsle"]["mean"] == pytest.approx(0.141421, abs=1e-6)


def test_one_seed_has_no_deviation():
    assert summarise([{"rmsle": 0.5}]) == {"rmsle": {"mean": 0.5, "sd": None}}


def _pose(study: Study, primary_gpus: pd.DataFrame, target: str = "price_usd", seed: int = 1) -> Question:
    seeded = replace(study, splits=SPLITS.model_copy(update={"seed": seed}))
    return build_question(seeded, primary_gpus, _task(target), "features", AUTOGLUON)


@pytest.fixture(scope="module")
def question(priced: Study, primary_gpus: pd.DataFrame) -> Question:
    return _pose(priced, primary_gpus)


def test_a_question_holds_no_answer_of_the_tested_fold(question: Question, priced: Study):
    asked = question.table[question.table["is_tested"]]
    tested = priced.table[(priced.table["fold"] == 0) & priced.table["price_usd"].notna()]
    assert sorted(question.tested["gpu_id"]) == sorted(tested["gpu_id"])
    assert len(asked) == len(tested)
    assert asked[["answer", "bag_fold"]].isna().all(axis=None)
    assert not [name for name in question.table if "price_usd" in name]
    told = question.table[~question.table["is_tested"]]
    assert sorted(told["bag_fold"].unique()) == [0, 1, 2, 3]
    assert told["answer"].notna().all()


def test_the_bags_of_a_question_keep_chip_groups_together(question: Question, priced: Study):
    trained = priced.table[(priced.table["fold"] != 0) & priced.table["price_usd"].notna()]
    bags = question.table.loc[~question.table["is_tested"], "bag_fold"].to_numpy()
    assert (pd.Series(bags).groupby(trained["chip_group"].to_numpy()).nunique() == 1).all()


def test_every_segment_is_in_the_training_part_of_every_bag(model_input: pd.DataFrame, primary_gpus: pd.DataFrame):
    question = _pose(_studies(model_input, "segment")[0], primary_gpus, "segment")
    told = question.table[~question.table["is_tested"]]
    for bag in range(4):
        assert set(told.loc[told["bag_fold"] != bag, "answer"]) == set(told["answer"])


def test_the_absence_of_autogluon_is_said(question: Question, tmp_path: Path):
    answer = ask_autogluon(question, tmp_path, AUTOGLUON)
    assert answer == {"status": "not run: make benchmark"}
    assert score_answer(answer, "price_usd") == {"status": NOT_RUN}
    assert list(tmp_path.iterdir()) == []


_SCRIPT = """
import json, sys
from pathlib import Path
import pandas as pd
folder = Path(sys.argv[1])
settings = json.loads((folder / "settings.json").read_text())
table = pd.read_parquet(folder / "question.parquet")
mean = table["answer"].mean()
pd.DataFrame({"predicted": [mean] * int(table["is_tested"].sum())}).to_parquet(folder / "answers.parquet")
times = folder / "times"
times.write_text(times.read_text() + "x" if times.exists() else "x")
(folder / "record.json").write_text(json.dumps({"question_sha256": settings["question_sha256"]}))
"""


def test_a_question_is_asked_again_only_when_it_changes(
    question: Question, priced: Study, primary_gpus: pd.DataFrame, tmp_path: Path
):
    script = tmp_path / "answer.py"
    script.write_text(_SCRIPT)
    options = AUTOGLUON.model_copy(update={"environment": sys.prefix, "script": str(script)})
    first = ask_autogluon(question, tmp_path / "kept", options)
    again = ask_autogluon(_pose(priced, primary_gpus), tmp_path / "kept", options)
    assert (tmp_path / "kept" / "times").read_text() == "x"
    pd.testing.assert_frame_equal(first["predictions"], again["predictions"])
    # kept answers do without AutoGluon
    assert ask_autogluon(question, tmp_path / "kept", AUTOGLUON)["status"] == "run"
    ask_autogluon(_pose(priced, primary_gpus, seed=2), tmp_path / "kept", options)
    assert (tmp_path / "kept" / "times").read_text() == "xx"
    assert score_answer(first, "price_usd")["same_split"]["rmsle"] > 0.5


def test_a_failure_of_autogluon_names_its_log(question: Question, tmp_path: Path):
    script = tmp_path / "answer.py"
    script.write_text("raise SystemExit('no memory')")
    options = AUTOGLUON.model_copy(update={"environment": sys.prefix, "script": str(script)})
    with pytest.raises(AutogluonError, match="status 1; its log is "):
        ask_autogluon(question, tmp_path / "kept", options)
