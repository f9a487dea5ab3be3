"""The search for a recipe never sees what it is scored on."""

import pandas as pd
import pytest

from gpu_kedro.modelling.experiments import tuning
from gpu_kedro.modelling.experiments.tuning import NotTunableError, Search, inner_folds, tune_target
from gpu_kedro.modelling.options import EmbeddingOptions, ModelOptions, TuningOptions
from gpu_kedro.modelling.targets import TARGETS

RECIPE = ModelOptions(
    embedding_dims=4,
    members=(
        {"kind": "gaussian_process", "learning_rows": 60, "steps": 3, "weight": 3},
        {"kind": "extra_trees", "stacked": True, "trees": 4, "min_leaf": 2, "max_features": 0.5, "weight": 1},
    ),
)
EMBEDDING = EmbeddingOptions(dims=4, min_count=3, ngram_max=3)
OPTIONS = TuningOptions(
    degrees_of_freedom=(3.0, 6.0),
    inner_folds=3,
    max_features=(0.2, 1.0),
    min_leaf=(1, 4),
    process_weight=(0.2, 0.95),
    trials=4,
)


@pytest.fixture(scope="module")
def few_gpus(model_input: pd.DataFrame) -> pd.DataFrame:
    """Two hundred GPUs with a power, in two outer folds that keep chip groups together."""
    known = model_input[model_input["tdp_w"].notna()].head(200)
    return known.assign(fold=known["fold"] % 2)


def _tune(table: pd.DataFrame, seed: int = 7) -> dict:
    return tune_target(table, Search(TARGETS["tdp_w"], "everything", RECIPE, EMBEDDING, OPTIONS, seed), 1)


@pytest.fixture(scope="module")
def tuned(few_gpus: pd.DataFrame) -> dict:
    return _tune(few_gpus)


@pytest.mark.parametrize("outer", [0, 1, 2, 3, 4])
def test_inner_folds_hold_no_gpu_and_no_chip_group_of_the_outer_fold(model_input: pd.DataFrame, outer: int):
    groups = model_input.set_index("gpu_id")["chip_group"]
    folds = model_input["fold"].to_numpy()
    inner = inner_folds(groups, folds, outer, 3, 7)
    assert ((inner == -1) == (folds == outer)).all()
    assert sorted(set(inner)) == [-1, 0, 1, 2]
    assert set(groups[inner >= 0]).isdisjoint(groups[folds == outer])


def test_inner_folds_keep_chip_groups_together(model_input: pd.DataFrame):
    groups = model_input.set_index("gpu_id")["chip_group"]
    inner = inner_folds(groups, model_input["fold"].to_numpy(), 0, 3, 7)
    assert (pd.Series(inner[inner >= 0]).groupby(groups[inner >= 0].to_numpy()).nunique() == 1).all()


def test_answers_of_the_outer_fold_change_no_trial_and_no_choice_there(few_gpus: pd.DataFrame, tuned: dict):
    nonsense = few_gpus.assign(tdp_w=few_gpus["tdp_w"].where(few_gpus["fold"] != 0, 1.0))
    other = _tune(nonsense)
    assert other["folds"][0]["trials"] == tuned["folds"][0]["trials"]
    assert other["folds"][0]["chosen"] == tuned["folds"][0]["chosen"]
    assert other["folds"][0]["outer"]["chosen"]["rmsle"] > 2 * tuned["folds"][0]["outer"]["chosen"]["rmsle"]
    assert other["folds"][1]["trials"] != tuned["folds"][1]["trials"]


def test_the_chosen_recipe_is_the_best_trial(tuned: dict):
    for fold in tuned["folds"]:
        assert len(fold["trials"]) == 4
        best = min(fold["trials"], key=lambda trial: trial["rmsle"])
        assert fold["chosen"] == best["values"]
        assert fold["inner_rmsle"] == best["rmsle"]


def test_the_recipe_in_use_is_told_by_its_values(tuned: dict):
    assert tuned["recipe"] == {
        "degrees_of_freedom": 4.0,
        "max_features": 0.5,
        "min_leaf": 2,
        "process_weight": 0.75,
    }
    assert tuned["outer"]["recipe"]["rows"] == 200


def test_other_members_keep_their_settings_and_share_what_the_process_leaves():
    boosting = {"kind": "catboost", "iterations": 5, "learning_rate": 0.1, "depth": 3, "weight": 3, "unsure_weight": 2}
    three = ModelOptions(embedding_dims=4, members=(*RECIPE.members, boosting))
    values = {"degrees_of_freedom": 6.0, "max_features": 0.9, "min_leaf": 3, "process_weight": 0.6}
    members = tuning._with_values(three, values)
    assert [member.kind for member in members] == ["gaussian_process", "extra_trees", "catboost"]
    assert [member.weight for member in members] == pytest.approx([0.6, 0.1, 0.3])
    assert (members[0].degrees_of_freedom, members[1].min_leaf, members[1].max_features) == (6.0, 3, 0.9)
    assert members[2].model_copy(update={"weight": 3.0}) == three.members[2]


def test_another_blend_is_refused():
    alone = RECIPE.model_copy(update={"members": RECIPE.members[1:]})
    with pytest.raises(NotTunableError, match="the recipe is extra_trees"):
        tuning._find_members(alone)
