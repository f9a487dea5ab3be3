"""Choosing a recipe inside each outer fold, and scoring it once on that fold.

The search sees inner grouped folds of the outer fold's training part only; the outer fold's GPUs, and every GPU of
their chip groups, come in when the choice is made. So the outer scores are those of the whole procedure, choice
included, and the recipe of the configuration can be held against it.

Source: Cawley & Talbot (2010), On over-fitting in model selection and subsequent selection bias in performance
evaluation; Akiba et al. (2019), Optuna (the tree-structured Parzen estimator).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from gpu_kedro.modelling.blending import Blend, Modes, find_newest_year
from gpu_kedro.modelling.embedding import NameEmbedding
from gpu_kedro.modelling.estimators import Matrix, fit_expert
from gpu_kedro.modelling.evaluation import regression_metrics
from gpu_kedro.modelling.options import (
    EmbeddingOptions,
    ExtraTreesOptions,
    GaussianProcessOptions,
    ModelOptions,
    SplitOptions,
    TuningOptions,
)
from gpu_kedro.modelling.splits import assign_folds
from gpu_kedro.modelling.targets import Level, Target, input_columns
from gpu_kedro.modelling.validation import Examples, select_examples, with_one_thread
from gpu_kedro.progress import track

_KINDS = ("gaussian_process", "extra_trees")


class NotTunableError(ValueError):
    """The recipe has other members than the search knows."""


@dataclass(frozen=True)
class _Part:
    """One split, with what does not change from trial to trial.

    Args:
        train, test: positions among the examples.
        vectors: name embeddings fitted on the training part.
        processes: degrees of freedom → the Gaussian process's answers to the tested rows.
        newest_year: see `find_newest_year`.
        modes: of the tested rows.
    """

    train: NDArray[np.int64]
    test: NDArray[np.int64]
    vectors: Matrix
    processes: dict[float, Matrix]
    newest_year: float
    modes: Modes


def inner_folds(groups: pd.Series, folds: NDArray[np.int64], outer: int, inner: int, seed: int) -> NDArray[np.int64]:
    """Inner test folds of an outer fold's training part, −1 for the rows of the outer fold itself.

    Args:
        groups: chip group per GPU, indexed by `gpu_id`.
        folds: (n,) outer folds.
        outer: the outer fold.
        inner: number of inner folds.
        seed: of the shuffle.
    """
    train = folds != outer
    options = SplitOptions(calibration_years=1, folds=inner, last_training_year=2019, seed=seed)
    assigned = np.full(folds.size, -1, dtype=np.int64)
    assigned[train] = assign_folds(groups[train], options).to_numpy()
    return assigned


def tune_target(
    model_input: pd.DataFrame,
    target: Target,
    level: Level,
    recipe: ModelOptions,
    embedding: EmbeddingOptions,
    options: TuningOptions,
    seed: int,
    jobs: int,
) -> dict[str, Any]:
    """Search in every outer fold, and score what was chosen there beside the recipe of the configuration.

    Returns:
        `folds`: one entry an outer fold with its `trials`, `chosen` values, `inner_rmsle`, and metrics on the outer
        fold of `chosen` and `recipe` as `outer`; `outer`: the metrics of all folds together; `recipe`: its values.

    Raises:
        NotTunableError: the recipe is not a blend of a Gaussian process and extra trees.
    """
    process, trees = _find_members(recipe)
    examples = select_examples(model_input, target)
    groups = model_input.set_index("gpu_id").loc[examples.gpu_ids, "chip_group"]
    outer_folds = [int(fold) for fold in np.unique(examples.folds)]
    tasks = (
        delayed(with_one_thread)(_tune_fold, examples, groups, target, level, recipe, embedding, options, seed, fold)
        for fold in outer_folds
    )
    results: Iterator[tuple[dict[str, Any], dict[str, Matrix]]] = Parallel(n_jobs=jobs, return_as="generator")(tasks)
    found = list(track(results, total=len(outer_folds), description=f"tuning {target.name}"))
    true = np.concatenate([examples.answers[examples.folds == fold] for fold in outer_folds])
    return {
        "target": target.name,
        "level": level,
        "recipe": _values(process, trees),
        "folds": [fold for fold, _ in found],
        "outer": {
            name: regression_metrics(true, np.concatenate([answers[name] for _, answers in found]))
            for name in ("chosen", "recipe")
        },
    }


def _find_members(recipe: ModelOptions) -> tuple[GaussianProcessOptions, ExtraTreesOptions]:
    match recipe.members:
        case (GaussianProcessOptions() as process, ExtraTreesOptions() as trees):
            return process, trees
    kinds = ", ".join(member.kind for member in recipe.members)
    raise NotTunableError(f"tuning knows a gaussian_process with extra_trees, the recipe is {kinds}")


def _values(process: GaussianProcessOptions, trees: ExtraTreesOptions) -> dict[str, float]:
    return {
        "degrees_of_freedom": process.degrees_of_freedom,
        "max_features": trees.max_features,
        "min_leaf": trees.min_leaf,
        "process_weight": process.weight / (process.weight + trees.weight),
    }


def _tune_fold(
    examples: Examples,
    groups: pd.Series,
    target: Target,
    level: Level,
    recipe: ModelOptions,
    embedding: EmbeddingOptions,
    options: TuningOptions,
    seed: int,
    outer: int,
) -> tuple[dict[str, Any], dict[str, Matrix]]:
    import optuna

    process, trees = _find_members(recipe)
    columns = input_columns(target, level)

    def arrange(train: NDArray[np.bool_], test: NDArray[np.bool_], freedoms: tuple[float, ...]) -> _Part:
        texts = [text for text, chosen in zip(examples.texts, train, strict=True) if chosen]
        vectors = NameEmbedding.fit(texts, embedding, seed).transform(examples.texts)
        part = _Part(
            np.flatnonzero(train), np.flatnonzero(test), vectors, {}, find_newest_year(examples.values[train]),
            Blend.of(_KINDS, (1, 1), has_sheets=True, newest_year=find_newest_year(examples.values[train])).find_modes(
                examples.values[test]
            ),
        )  # fmt: skip
        for freedom in freedoms:
            member = process.model_copy(update={"degrees_of_freedom": freedom})
            part.processes[freedom] = answer(part, member)
        return part

    def answer(part: _Part, member: GaussianProcessOptions | ExtraTreesOptions) -> Matrix:
        alone = ModelOptions(embedding_dims=recipe.embedding_dims, members=(member,))
        expert = fit_expert(
            examples.values[part.train], part.vectors[part.train], examples.answers[part.train], columns, alone, seed
        )
        answers: Matrix = expert.predict_members(examples.values[part.test], part.vectors[part.test])[0]
        return answers

    def blend(part: _Part, values: dict[str, float]) -> Matrix:
        member = trees.model_copy(update={"max_features": values["max_features"], "min_leaf": int(values["min_leaf"])})
        weights = values["process_weight"], 1 - values["process_weight"]
        mixed = Blend.of(_KINDS, weights, has_sheets=level != "name", newest_year=part.newest_year)
        return mixed.mix(np.stack([part.processes[values["degrees_of_freedom"]], answer(part, member)]), part.modes)

    inner = inner_folds(groups, examples.folds, outer, options.inner_folds, seed)
    parts = [
        arrange((inner >= 0) & (inner != fold), inner == fold, options.degrees_of_freedom)
        for fold in range(options.inner_folds)
    ]

    def objective(trial: Any) -> float:
        values = {
            "degrees_of_freedom": trial.suggest_categorical("degrees_of_freedom", options.degrees_of_freedom),
            "max_features": trial.suggest_float("max_features", *options.max_features),
            "min_leaf": trial.suggest_int("min_leaf", *options.min_leaf),
            "process_weight": trial.suggest_float("process_weight", *options.process_weight),
        }
        errors = [np.square(examples.answers[part.test] - blend(part, values)) for part in parts]
        return float(np.sqrt(np.concatenate(errors).mean()))

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed + outer))
    study.optimize(objective, n_trials=options.trials)
    chosen = {name: study.best_params[name] for name in sorted(study.best_params)}
    fixed = _values(process, trees)
    freedoms = tuple(sorted({chosen["degrees_of_freedom"], fixed["degrees_of_freedom"]}))
    whole = arrange(examples.folds != outer, examples.folds == outer, freedoms)
    answers = {"chosen": blend(whole, chosen), "recipe": blend(whole, fixed)}
    true = examples.answers[whole.test]
    return {
        "fold": outer,
        "rows": {"inner": int((inner >= 0).sum()), "outer": int(whole.test.size)},
        "trials": [{"values": trial.params, "rmsle": trial.value} for trial in study.trials],
        "chosen": chosen,
        "inner_rmsle": study.best_value,
        "outer": {name: regression_metrics(true, told) for name, told in answers.items()},
    }, answers
