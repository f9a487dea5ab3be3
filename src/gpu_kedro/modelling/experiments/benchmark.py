"""The same recipe on other splits and inputs, and the models that somebody would use instead of it.

A study is one arrangement of the model input: which GPUs train, which are tested, what is hidden. Everything is
scored on the same folds; no model sees a GPU of the fold, or of the chip group, that it is tested on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.domain.specs.sheets import COLUMN_BY_FIELD, NUMERIC_SPEC_FIELDS
from gpu_kedro.modelling.evaluation.cross_validation import (
    BASELINE_ALPHA,
    Examples,
    select_examples,
)
from gpu_kedro.modelling.evaluation.metrics import classification_metrics, regression_metrics
from gpu_kedro.modelling.evaluation.splits import assign_folds
from gpu_kedro.modelling.learners.preparation import Matrix, Preparation
from gpu_kedro.modelling.options import EmbeddingOptions, SplitOptions, StudyOptions
from gpu_kedro.modelling.parallel import call_in_parallel
from gpu_kedro.modelling.targets import TARGETS, Level, Target, input_columns

StudyName = Literal["main", "releases", "without_sheet_power"]
#: What a model is given: the features of this project, or the columns as the sources have them.
InputKind = Literal["features", "raw"]
INPUT_KINDS: tuple[InputKind, ...] = ("features", "raw")
#: Both tell the sheet's own design power.
SHEET_POWER_FEATURES = ("log_sheet_tdp_w", "log_fp32_per_watt")
_TABLE_FIGURES = ("g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year")
_SHEET_FIGURES = tuple(COLUMN_BY_FIELD[field] for field in NUMERIC_SPEC_FIELDS)


@dataclass(frozen=True)
class Study:
    """One arrangement of the model input.

    Args:
        name: `main`; `releases`, tested on GPUs released later than the training part; or `without_sheet_power`.
        seed: of the folds and of the models.
        table: the model input with its `fold`, `is_early` and `is_earliest` arranged, and what is hidden missing.
        splits: the split options that describe it.
    """

    name: StudyName
    seed: int
    table: pd.DataFrame
    splits: SplitOptions


def list_studies(model_input: pd.DataFrame, target: Target, splits: SplitOptions, options: StudyOptions) -> list[Study]:
    """Every study of a target: the main one for each seed, power without the sheet's power likewise, later releases.

    The first seed's main study has the temporal split too: once a recipe, as it is the only test of newer GPUs.
    """
    studies = []
    for position, seed in enumerate(options.seeds):
        own = splits.model_copy(update={"seed": seed})
        folds = _refold(model_input, own)
        main = folds if position == 0 else folds.assign(is_early=False, is_earliest=False)
        studies.append(Study("main", seed, main, own))
        if target.name == "tdp_w":
            hidden = dict.fromkeys(SHEET_POWER_FEATURES, np.nan)
            table = folds.assign(is_early=False, is_earliest=False, **hidden)
            studies.append(Study("without_sheet_power", seed, table, own))
    if target.task == "regression":
        own = splits.model_copy(update={"last_training_year": options.last_release_year, "seed": options.seeds[0]})
        studies.append(Study("releases", own.seed, split_by_release(model_input, own), own))
    return studies


def _refold(model_input: pd.DataFrame, splits: SplitOptions) -> pd.DataFrame:
    groups = model_input.set_index("gpu_id")["chip_group"]
    return model_input.assign(fold=assign_folds(groups, splits).to_numpy())


def split_by_release(model_input: pd.DataFrame, splits: SplitOptions) -> pd.DataFrame:
    """The GPUs with a known release year; those up to the last training year train, the later ones are tested.

    No fold is tested (−1), so that this split stands alone.
    """
    known = model_input[model_input["spec_release_year"].notna()]
    years = known["spec_release_year"]
    return known.assign(
        fold=-1,
        is_early=years.le(splits.last_training_year),
        is_earliest=years.le(splits.last_training_year - splits.calibration_years),
    )


@dataclass(frozen=True)
class ComparisonTask:
    """What models are compared in, and the inputs that they get: so many dimensions of the name embedding enter."""

    target: Target
    level: Level
    embedding: EmbeddingOptions
    dims: int


@dataclass(frozen=True)
class Inputs:
    """Dense inputs of one split, prepared on its training part only.

    Args:
        names: of the inputs; `name_…` are dimensions of the name embedding, `missing_…` flags.
        train, test: (rows, inputs).
    """

    names: list[str]
    train: NDArray[np.float32]
    test: NDArray[np.float32]


def raw_columns(target: Target, level: Level) -> list[str]:
    """Numeric columns of the primary table that a level of knowledge has, without the target itself."""
    known = _TABLE_FIGURES if level in ("partly", "everything") else ()
    return [column for column in (*known, *_SHEET_FIGURES) if column != target.name]


def prepare_inputs(
    examples: Examples, raw: pd.DataFrame, task: ComparisonTask, seed: int, fold: int
) -> dict[InputKind, Inputs]:
    """What each kind of input is when one fold is tested; `raw` has the examples' rows of the primary table."""
    train = examples.folds != fold
    vectors = examples.embed_names(train, task.embedding, seed)
    columns = raw_columns(task.target, task.level)
    sources: dict[InputKind, tuple[Matrix, Matrix, list[int], int, list[str]]] = {
        "features": (examples.values, vectors, input_columns(task.target, task.level), task.dims, list(FEATURE_NAMES)),
        "raw": (raw[columns].to_numpy(float), vectors, list(range(len(columns))), 0, columns),
    }
    prepared: dict[InputKind, Inputs] = {}
    for kind, (values, texts_as_vectors, used, own_dims, names) in sources.items():
        preparation = Preparation.fit(values[train], texts_as_vectors[train], used, own_dims)
        dense = preparation.transform(values, texts_as_vectors)
        told = [names[column] for column in preparation.columns] + [f"name_{dim}" for dim in range(own_dims)]
        told += [f"missing_{told[place]}" for place in preparation.flagged]
        prepared[kind] = Inputs(told, dense[train], dense[~train])
    return prepared


def predict_baselines(
    study: Study, primary_gpus: pd.DataFrame, task: ComparisonTask, options: StudyOptions, jobs: int
) -> pd.DataFrame:
    """Predictions of the models that others would use, for every fold of a study.

    Returns:
        Long table: `gpu_id, seed, fold, inputs, model, true`, and `predicted` (logs) or one `p_<class>` a class.
    """
    examples = select_examples(study.table, task.target)
    raw = primary_gpus.set_index("gpu_id").loc[examples.gpu_ids]
    calls = [(examples, raw, task, options, study.seed, int(fold)) for fold in np.unique(examples.folds)]
    frames = call_in_parallel(_predict_fold, calls, jobs, f"baselines of {task.target.name}")
    return pd.concat(frames, ignore_index=True)


def _predict_fold(
    examples: Examples, raw: pd.DataFrame, task: ComparisonTask, options: StudyOptions, seed: int, fold: int
) -> pd.DataFrame:
    prepared = prepare_inputs(examples, raw, task, seed, fold)
    test = examples.folds == fold
    answers = examples.answers[~test]
    head = {"gpu_id": examples.gpu_ids[test], "seed": seed, "fold": fold, "true": examples.answers[test]}
    frames = []
    for kind, inputs in prepared.items():
        for model, estimator in _build_baselines(options, seed, is_classifier=examples.classes is not None).items():
            estimator.fit(inputs.train, answers)
            told = _answer(estimator, inputs.test, examples.classes)
            frames.append(pd.DataFrame({**head, "inputs": kind, "model": model, **told}))
    return pd.concat(frames, ignore_index=True)


def _build_baselines(options: StudyOptions, seed: int, *, is_classifier: bool) -> dict[str, Any]:
    from catboost import CatBoostClassifier, CatBoostRegressor
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    forest = {"n_estimators": options.forest_trees, "random_state": seed, "n_jobs": 1}
    boosting = {
        "iterations": options.boosting_iterations,
        "random_seed": seed,
        "thread_count": 1,
        "verbose": False,
        "allow_writing_files": False,
    }
    if is_classifier:
        return {
            "dummy": DummyClassifier(strategy="prior"),
            "ridge": LogisticRegression(C=1 / BASELINE_ALPHA, max_iter=1000),
            "random_forest": RandomForestClassifier(**forest),
            "catboost": CatBoostClassifier(loss_function="MultiClass", **boosting),
        }
    return {
        "dummy": DummyRegressor(strategy="median"),
        "ridge": Ridge(alpha=BASELINE_ALPHA),
        "random_forest": RandomForestRegressor(**forest),
        "catboost": CatBoostRegressor(**boosting),
    }


def _answer(estimator: Any, inputs: NDArray[np.float32], classes: tuple[str, ...] | None) -> dict[str, Any]:
    if classes is None:
        return {"predicted": np.ravel(estimator.predict(inputs)).astype(float)}
    probabilities = np.zeros((len(inputs), len(classes)))
    probabilities[:, np.ravel(estimator.classes_).astype(int)] = estimator.predict_proba(inputs)
    return {f"p_{name}": probabilities[:, place] for place, name in enumerate(classes)}


def score_rows(rows: pd.DataFrame, target: Target) -> dict[str, float]:
    """Figures of merit of predictions in the columns `true` and `predicted`, or `true` and `p_<class>`."""
    true = rows["true"].to_numpy()
    if target.task == "regression":
        return regression_metrics(true, rows["predicted"].to_numpy(float))
    columns = [column for column in rows.columns if column.startswith("p_")]
    classes = tuple(column.removeprefix("p_") for column in columns)
    return classification_metrics(true.astype(int), rows[columns].to_numpy(float), classes)


def summarise(runs: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float | None]]:
    """Mean and standard deviation over seeds of each metric; the deviation of one run is None."""
    return {
        metric: {
            "mean": float(np.mean([run[metric] for run in runs])),
            "sd": float(np.std([run[metric] for run in runs], ddof=1)) if len(runs) > 1 else None,
        }
        for metric in runs[0]
    }


def compare_models(
    predictions: pd.DataFrame, baselines: pd.DataFrame, target_name: str, level: Level, first_fold: int
) -> dict[str, Any]:
    """Ours beside the baselines, on the same folds and seeds, and on the one split that AutoGluon answers too.

    That is the fold `first_fold` of the first seed.

    Returns:
        inputs → model → `seeds` (metric → mean and sd over seeds, each over all its folds) and `same_split` (metric).
    """
    target = TARGETS[target_name]
    chosen = (predictions["study"] == "main") & (predictions["split"] == "grouped") & (predictions["level"] == level)
    columns = [column for column in predictions.columns if column.startswith("p_") or column == "predicted"]
    ours = predictions.loc[chosen, ["gpu_id", "seed", "fold", "true", *columns]].assign(inputs="features", model="ours")
    rows = pd.concat([baselines, ours], ignore_index=True)
    first_seed = int(baselines["seed"].iloc[0])
    compared: dict[str, dict[str, Any]] = {kind: {} for kind in INPUT_KINDS}
    for (kind, model), own in rows.groupby(["inputs", "model"], sort=False):
        same = own[(own["seed"] == first_seed) & (own["fold"] == first_fold)]
        compared[str(kind)][str(model)] = {
            "seeds": summarise([score_rows(part, target) for _, part in own.groupby("seed", sort=False)]),
            "same_split": score_rows(same, target),
        }
    return compared
