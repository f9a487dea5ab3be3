"""Experts, their export to ONNX, and the promise that no target's answer reaches its model."""

from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from catboost import CatBoostClassifier, CatBoostRegressor
from sklearn.ensemble import ExtraTreesRegressor

from gpu_kedro.domain.errors import NotLearnableError
from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.bundle.export import OnnxEstimator, expert_from_files, expert_to_files, forest_to_onnx
from gpu_kedro.modelling.bundle.oblivious_trees import ObliviousEstimator, oblivious_to_files
from gpu_kedro.modelling.evaluation.conformal import expected_error, fit_scale_model, scale_inputs
from gpu_kedro.modelling.evaluation.cross_validation import Examples, select_examples
from gpu_kedro.modelling.learners.arrays import read_array
from gpu_kedro.modelling.learners.embedding import NameEmbedding
from gpu_kedro.modelling.learners.ensemble import fit_expert
from gpu_kedro.modelling.learners.preparation import Preparation
from gpu_kedro.modelling.options import EmbeddingOptions, ModelOptions
from gpu_kedro.modelling.targets import LEAKY_FEATURES, LEVELS, TARGETS, input_columns

REGRESSION = ModelOptions.model_validate(
    {
        "embedding_dims": 6,
        "members": [
            {"kind": "ridge", "alpha": 10.0},
            {"kind": "gaussian_process", "learning_rows": 80, "steps": 5},
            {"kind": "extra_trees", "stacked": True, "trees": 12, "min_leaf": 2, "max_features": 0.4, "weight": 2.0},
            {"kind": "catboost", "iterations": 40, "learning_rate": 0.2, "depth": 5},
            {"kind": "catboost", "stacked": True, "iterations": 40, "learning_rate": 0.2, "depth": 5},
        ],
    }
)
CLASSIFICATION = ModelOptions.model_validate(
    {
        "embedding_dims": 6,
        "members": [
            {"kind": "ridge", "alpha": 2.0},
            {"kind": "extra_trees", "trees": 12, "min_leaf": 1, "max_features": 0.4},
            {"kind": "catboost", "iterations": 20, "learning_rate": 0.3, "depth": 4},
        ],
    }
)


@pytest.fixture(scope="module")
def vectors(model_input: pd.DataFrame) -> np.ndarray:
    texts = model_input["name_text"].tolist()
    return NameEmbedding.fit(texts, EmbeddingOptions(dims=6, min_count=3, ngram_max=3), seed=0).transform(texts)


@pytest.fixture(scope="module")
def values(model_input: pd.DataFrame) -> np.ndarray:
    return model_input[list(FEATURE_NAMES)].to_numpy(float)


def _fit(examples: Examples, vectors: np.ndarray, known: np.ndarray, name: str, level: Any) -> Any:
    options = REGRESSION if examples.classes is None else CLASSIFICATION
    columns = input_columns(TARGETS[name], level)
    told = examples.answers, examples.groups
    return fit_expert(examples.values, vectors[known], *told, columns, options, 0, examples.classes)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["price_usd", "tdp_w", "segment"])
def test_the_exported_expert_answers_as_the_trained_one_on_the_whole_table(
    model_input: pd.DataFrame, values: np.ndarray, vectors: np.ndarray, name: str, level: Any
):
    examples = select_examples(model_input, TARGETS[name])
    expert = _fit(examples, vectors, model_input[name].notna().to_numpy(), name, level)
    served = expert_from_files(expert_to_files(expert))
    trained, exported = expert.predict_members(values, vectors), served.predict_members(values, vectors)
    assert trained.shape[:2] == (len(expert.members), len(model_input))
    # in logs: 0.05 % for a member (the kernel machine sums in float32), 0.02 % for the blend
    np.testing.assert_allclose(exported, trained, atol=5e-4)
    np.testing.assert_allclose(served.predict(values, vectors), expert.predict(values, vectors), atol=2e-4)


def test_the_exported_scale_model_answers_as_the_trained_one(values: np.ndarray):
    chance = np.random.default_rng(0)
    columns = input_columns(TARGETS["g3d_mark"], "specs")
    inputs = scale_inputs(values, columns, chance.normal(size=len(values)), chance.normal(size=(3, len(values))))
    model = fit_scale_model(inputs, chance.normal(size=len(values)), iterations=30, seed=0)
    exported = ObliviousEstimator(oblivious_to_files(model))
    np.testing.assert_allclose(expected_error(exported, inputs), expected_error(model, inputs), rtol=1e-12)


def test_an_export_has_the_same_bytes_every_time(model_input: pd.DataFrame, vectors: np.ndarray):
    examples = select_examples(model_input, TARGETS["tdp_w"])
    known = model_input["tdp_w"].notna().to_numpy()
    first, second = (expert_to_files(_fit(examples, vectors, known, "tdp_w", "specs")) for _ in range(2))
    assert first == second


def test_no_column_of_the_table_reaches_its_own_target():
    for target in TARGETS.values():
        for level in LEVELS:
            names = {FEATURE_NAMES[position] for position in input_columns(target, level)}
            assert not names & target.forbidden_inputs
    assert not set(LEAKY_FEATURES) & set(FEATURE_NAMES)


@pytest.mark.parametrize(
    ("name", "own"), [("g3d_mark", "log_g3d_mark"), ("price_usd", "log_price_usd"), ("tdp_w", "log_tdp_w")]
)
def test_changing_the_answer_in_the_inputs_does_not_change_the_prediction(
    model_input: pd.DataFrame, values: np.ndarray, vectors: np.ndarray, name: str, own: str
):
    examples = select_examples(model_input, TARGETS[name])
    expert = _fit(examples, vectors, model_input[name].notna().to_numpy(), name, "everything")
    betrayed = values.copy()
    betrayed[:, FEATURE_NAMES.index(own)] = 99.0
    np.testing.assert_array_equal(expert.predict(betrayed, vectors), expert.predict(values, vectors))


def test_what_is_not_known_at_a_level_does_not_matter_there(
    model_input: pd.DataFrame, values: np.ndarray, vectors: np.ndarray
):
    examples = select_examples(model_input, TARGETS["tdp_w"])
    expert = _fit(examples, vectors, model_input["tdp_w"].notna().to_numpy(), "tdp_w", "name")
    blank = values.copy()
    allowed = input_columns(TARGETS["tdp_w"], "name")
    blank[:, [position for position in range(values.shape[1]) if position not in allowed]] = np.nan
    np.testing.assert_array_equal(expert.predict(blank, vectors), expert.predict(values, vectors))


def test_preparation_fills_flags_and_scales():
    nan = np.nan
    inputs = np.array([[1.0, nan, 7.0], [3.0, 4.0, 7.0], [5.0, 8.0, 7.0]])
    preparation = Preparation.fit(inputs, np.zeros((3, 0)), [0, 1, 2], 0)
    assert preparation.columns.tolist() == [0, 1]  # the third says nothing
    dense = preparation.transform(inputs, np.zeros((3, 0)))
    np.testing.assert_allclose(dense[:, 0], [-1.2247449, 0, 1.2247449], rtol=1e-6)
    np.testing.assert_allclose(dense[:, 1], [0, -1.2247449, 1.2247449], rtol=1e-6)  # median 6 for the gap
    np.testing.assert_allclose(dense[:, 2], [1.4142135, -0.7071067, -0.7071067], rtol=1e-6)  # "was missing"


def test_a_training_part_without_a_class_still_answers_for_all_classes(values: np.ndarray, vectors: np.ndarray):
    answers = np.where(values[:, 0] > 0, 0, 2)
    groups = np.arange(len(values))
    expert = fit_expert(values, vectors, answers, groups, [0, 1, 2], CLASSIFICATION, 0, ("a", "b", "c"))
    served = expert_from_files(expert_to_files(expert))
    probabilities = served.predict(values[:5], vectors[:5])
    assert probabilities.shape == (5, 3)
    assert not probabilities[:, 1].any()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("weights", [{"unsure_weight": 0.5}, {"weight": 0.5}])
def test_weights_are_refused_in_a_blend_of_classes(values: np.ndarray, vectors: np.ndarray, weights: dict[str, float]):
    member = {"kind": "ridge", "alpha": 1.0, **weights}
    blend = ModelOptions(embedding_dims=2, members=(member,))
    places = np.arange(len(values)) % 2
    with pytest.raises(ValueError, match="weights are for regression"):
        fit_expert(values, vectors, places, places, [0, 1], blend, 1, ("a", "b"))


def test_stacked_trees_follow_what_the_process_says(model_input: pd.DataFrame, vectors: np.ndarray):
    """The others do not: the inputs themselves stay as they are."""
    examples = select_examples(model_input, TARGETS["tdp_w"])
    known = model_input["tdp_w"].notna().to_numpy()
    stacked = _fit(examples, vectors, known, "tdp_w", "specs")
    asked = examples.values[:50], vectors[known][:50]
    before = stacked.predict_members(*asked)
    stacked.members[1].intercept += 1.0  # the process says more; nothing else changes
    after = stacked.predict_members(*asked)
    np.testing.assert_array_equal(after[[0, 3]], before[[0, 3]])
    np.testing.assert_allclose(after[1], before[1] + 1.0)
    for place in (2, 4):
        rises = after[place] - before[place]
        assert rises.mean() > 0.05
        assert (rises > 0.0).mean() > 0.5
        assert (rises < -0.1).sum() == 0


@pytest.mark.parametrize("places", [(1, 0), (0, 0, 1), (1,)])
def test_a_stacked_member_needs_one_process_before_it(places: tuple[int, ...]):
    known = (
        {"kind": "gaussian_process", "learning_rows": 80, "steps": 5},
        {"kind": "catboost", "stacked": True, "iterations": 4, "learning_rate": 0.2, "depth": 2},
    )
    with pytest.raises(ValueError, match="catboost is stacked: list one gaussian_process before it"):
        ModelOptions.model_validate({"embedding_dims": 0, "members": [known[place] for place in places]})


def test_a_target_without_any_known_value_is_refused(model_input: pd.DataFrame):
    with pytest.raises(NotLearnableError, match="price_usd: no GPU has a known value"):
        select_examples(model_input.assign(price_usd=np.nan), TARGETS["price_usd"])


def test_too_few_known_values_are_counted_and_refused(model_input: pd.DataFrame):
    priced = model_input[model_input["price_usd"].notna()].sort_values("fold").iloc[:30]
    in_two_folds = priced.assign(fold=[0] * 12 + [1] * 18)
    with pytest.raises(
        NotLearnableError, match="price_usd: 30 known values, 12 in the smallest training part; at least 20 are needed"
    ):
        select_examples(in_two_folds, TARGETS["price_usd"])


def test_an_embedding_of_few_names_has_fewer_directions_than_asked_for():
    names = [f"geforce gtx {number}" for number in range(960, 968)]
    embedding = NameEmbedding.fit(names, EmbeddingOptions(dims=40, min_count=2, ngram_max=3), seed=1)
    preparation = Preparation.fit(np.ones((8, 2)), embedding.transform(names), [0, 1], embedding_dims=40)
    assert (embedding.dims, preparation.embedding_dims) == (7, 7)


def test_trees_are_written_in_the_compact_form(values: np.ndarray):
    inputs = np.nan_to_num(values[:300]).astype(np.float32)
    forest = ExtraTreesRegressor(n_estimators=5, min_samples_leaf=3, random_state=0).fit(inputs, inputs[:, 0])
    model = onnx.load_from_string(forest_to_onnx(forest, inputs.shape[1]))
    assert [node.op_type for node in model.graph.node] == ["TreeEnsemble"]


def test_a_forest_with_a_tree_that_never_splits_is_exported_all_the_same(values: np.ndarray):
    inputs = np.nan_to_num(values[:50]).astype(np.float32)
    forest = ExtraTreesRegressor(n_estimators=3, min_samples_leaf=50, random_state=0).fit(inputs, np.arange(50.0))
    exported = OnnxEstimator(forest_to_onnx(forest, inputs.shape[1]))
    np.testing.assert_allclose(exported.predict(inputs).ravel(), forest.predict(inputs), rtol=1e-6)


def test_catboosts_trees_keep_their_double_precision(values: np.ndarray):
    inputs = np.nan_to_num(values).astype(np.float32)
    chance = np.random.default_rng(0)
    figures, classes = chance.normal(size=len(values)) + inputs[:, 0], chance.integers(0, 3, size=len(values))
    settings = {"iterations": 50, "depth": 5, "verbose": False, "allow_writing_files": False, "thread_count": 1}
    regressor = CatBoostRegressor(**settings).fit(inputs, figures)
    classifier = CatBoostClassifier(loss_function="MultiClass", **settings).fit(inputs, classes)
    exported = ObliviousEstimator(oblivious_to_files(regressor)).predict(inputs)
    # where trees cancel out, what is left is the rounding of their sum
    np.testing.assert_allclose(exported, regressor.predict(inputs), rtol=1e-12, atol=1e-15)
    exported = ObliviousEstimator(oblivious_to_files(classifier)).predict(inputs)
    np.testing.assert_allclose(exported, classifier.predict_proba(inputs), rtol=1e-12)


def test_an_input_on_a_border_goes_where_catboost_sends_it():
    inputs = np.repeat(np.arange(6, dtype=np.float32), 20)[:, None]
    model = CatBoostRegressor(iterations=5, depth=3, verbose=False, allow_writing_files=False).fit(inputs, inputs[:, 0])
    exported = ObliviousEstimator(files := oblivious_to_files(model))
    borders = read_array(files["borders.npy"])
    edges = np.unique(borders[np.isfinite(borders)])[:, None]
    assert edges.size
    np.testing.assert_allclose(exported.predict(edges), model.predict(edges), rtol=1e-12)


def test_trees_too_deep_for_a_byte_are_refused(values: np.ndarray):
    inputs = np.nan_to_num(values[:300]).astype(np.float32)
    chance = np.random.default_rng(0)
    model = CatBoostRegressor(iterations=2, depth=9, verbose=False, allow_writing_files=False)
    with pytest.raises(ValueError, match="set `depth` to 8 at the most"):
        oblivious_to_files(model.fit(inputs, chance.normal(size=300)))


@pytest.mark.parametrize("kind", ["extra_trees", "catboost", "gaussian_process"])
def test_one_row_gets_the_same_answer_alone_and_in_a_batch(model_input: pd.DataFrame, values: np.ndarray, kind: str):
    # trees see what the process says, so it stays in the list, and counts only where it is asked about
    members = [
        member.model_copy(update={"weight": float(member.kind == kind)})
        for member in REGRESSION.members
        if member.kind in (kind, "gaussian_process")
    ]
    options = REGRESSION.model_copy(update={"members": tuple(members), "embedding_dims": 0})
    examples = select_examples(model_input, TARGETS["tdp_w"])
    blank = np.zeros((len(values), 0))
    told = examples.answers, examples.groups
    expert = fit_expert(examples.values, blank[: len(examples.values)], *told, list(range(60)), options, 0)
    served = expert_from_files(expert_to_files(expert))
    together = served.predict(values, blank)
    alone = [served.predict(values[[row]], blank[[row]])[0] for row in range(0, len(values), 37)]
    np.testing.assert_allclose(alone, together[::37], rtol=1e-12)
