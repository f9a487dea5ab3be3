"""Choosing a recipe inside each outer fold, and scoring it once on that fold.

The search sees inner grouped folds of the outer fold's training part only; the outer fold's GPUs, and every GPU of
their chip groups, come in when the choice is made. So the outer scores are those of the whole procedure, choice
included, and the recipe of the configuration can be held against it.

Source: Cawley & Talbot (2010), On over-fitting in model selection and subsequent selection bias in performance
evaluation; Akiba et al. (2019), Optuna (the tree-structured Parzen estimator).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.modelling.evaluation.cross_validation import Examples, select_examples
from gpu_kedro.modelling.evaluation.metrics import regression_metrics
from gpu_kedro.modelling.evaluation.splits import assign_folds
from gpu_kedro.modelling.learners.blending import Blend, find_newest_year
from gpu_kedro.modelling.learners.ensemble import fit_expert
from gpu_kedro.modelling.learners.preparation import Matrix
from gpu_kedro.modelling.options import (
    EmbeddingOptions,
    ExtraTreesOptions,
    GaussianProcessOptions,
    MemberOptions,
    ModelOptions,
    SplitOptions,
    TuningOptions,
    is_stacked,
)
from gpu_kedro.modelling.parallel import call_in_parallel
from gpu_kedro.modelling.targets import Level, Target, input_columns


class NotTunableError(ValueError):
    """The recipe has other members than the search knows."""


@dataclass(frozen=True)
class _Part:
    """One split, with what does not change from trial to trial.

    Args:
        train, test: positions among the examples.
        vectors: name embeddings fitted on the training part.
        newest_year: see `find_newest_year`.
        answers: what members said of the tested rows, a stacked one after its Gaussian process; most do not change
            from trial to trial.
    """

    train: NDArray[np.int64]
    test: NDArray[np.int64]
    vectors: Matrix
    newest_year: float
    answers: dict[tuple[MemberOptions, ...], Matrix]


def inner_folds(groups: pd.Series, folds: NDArray[np.int64], outer: int, inner: int, seed: int) -> NDArray[np.int64]:
    """Inner test folds of an outer fold's training part, −1 for the rows of the outer fold itself.

    `groups` are chip groups, indexed by `gpu_id`; `folds` are (n,) outer ones, `inner` is how many to make.
    """
    train = folds != outer
    options = SplitOptions(calibration_years=1, folds=inner, last_training_year=2019, seed=seed)
    assigned = np.full(folds.size, -1, dtype=np.int64)
    assigned[train] = assign_folds(groups[train], options).to_numpy()
    return assigned


@dataclass(frozen=True)
class Search:
    """A search for one target, held against the recipe of the configuration; its folds and models share the seed."""

    target: Target
    level: Level
    recipe: ModelOptions
    embedding: EmbeddingOptions
    options: TuningOptions
    seed: int


def tune_target(model_input: pd.DataFrame, search: Search, jobs: int) -> dict[str, Any]:
    """Search in every outer fold, and score what was chosen there beside the recipe of the configuration.

    Returns:
        `folds`: one entry an outer fold with its `trials`, `chosen` values, `inner_rmsle`, and metrics on the outer
        fold of `chosen` and `recipe` as `outer`; `outer`: the metrics of all folds together; `recipe`: its values.

    Raises:
        NotTunableError: the recipe is not a blend with one Gaussian process and one forest of extra trees.
    """
    _find_members(search.recipe)
    examples = select_examples(model_input, search.target)
    groups = model_input.set_index("gpu_id").loc[examples.gpu_ids, "chip_group"]
    outer_folds = [int(fold) for fold in np.unique(examples.folds)]
    calls = [(search, examples, groups, fold) for fold in outer_folds]
    found = call_in_parallel(_tune_fold, calls, jobs, f"tuning {search.target.name}")
    true = np.concatenate([examples.answers[examples.folds == fold] for fold in outer_folds])
    return {
        "target": search.target.name,
        "level": search.level,
        "recipe": _read_values(search.recipe),
        "folds": [fold for fold, _ in found],
        "outer": {
            name: regression_metrics(true, np.concatenate([answers[name] for _, answers in found]))
            for name in ("chosen", "recipe")
        },
    }


def _find_members(recipe: ModelOptions) -> tuple[GaussianProcessOptions, ExtraTreesOptions]:
    """The two members that are searched; others keep their settings, and their share of what the process leaves."""
    processes = [member for member in recipe.members if isinstance(member, GaussianProcessOptions)]
    forests = [member for member in recipe.members if isinstance(member, ExtraTreesOptions)]
    if len(processes) != 1 or len(forests) != 1 or forests[0].weight == 0:
        kinds = ", ".join(member.kind for member in recipe.members)
        raise NotTunableError(
            f"tuning needs one gaussian_process and one extra_trees that counts, the recipe is {kinds}"
        )
    return processes[0], forests[0]


def _read_values(recipe: ModelOptions) -> dict[str, float]:
    """What the search would have to find to end with this recipe."""
    process, trees = _find_members(recipe)
    return {
        "degrees_of_freedom": process.degrees_of_freedom,
        "max_features": trees.max_features,
        "min_leaf": trees.min_leaf,
        "process_weight": process.weight / sum(member.weight for member in recipe.members),
    }


def _with_values(recipe: ModelOptions, values: Mapping[str, float]) -> list[MemberOptions]:
    """Members of a recipe with these values; what they weigh where the specification is unsure stays."""
    process, trees = _find_members(recipe)
    others = sum(member.weight for member in recipe.members) - process.weight
    members: list[MemberOptions] = []
    for member in recipe.members:
        changed: dict[str, float] = {"weight": (1 - values["process_weight"]) * member.weight / others}
        if member is process:
            changed = {"weight": values["process_weight"], "degrees_of_freedom": values["degrees_of_freedom"]}
        elif member is trees:
            changed |= {"max_features": values["max_features"], "min_leaf": int(values["min_leaf"])}
        members.append(member.model_copy(update=changed))
    return members


def _tune_fold(
    search: Search, examples: Examples, groups: pd.Series, outer: int
) -> tuple[dict[str, Any], dict[str, Matrix]]:
    import optuna

    recipe, options, seed = search.recipe, search.options, search.seed
    columns = input_columns(search.target, search.level)

    def arrange(train: NDArray[np.bool_], test: NDArray[np.bool_]) -> _Part:
        vectors = examples.embed_names(train, search.embedding, seed)
        newest_year = find_newest_year(examples.values[train])
        return _Part(np.flatnonzero(train), np.flatnonzero(test), vectors, newest_year, {})

    def answer(part: _Part, member: MemberOptions, process: MemberOptions) -> Matrix:
        needed = (process, member) if is_stacked(member) else (member,)
        key = tuple(one.model_copy(update={"weight": 1.0, "unsure_weight": None}) for one in needed)
        if key not in part.answers:
            alone = ModelOptions(embedding_dims=recipe.embedding_dims, members=key)
            expert = fit_expert(
                examples.values[part.train],
                part.vectors[part.train],
                examples.answers[part.train],
                examples.groups[part.train],
                columns,
                alone,
                seed,
            )
            part.answers[key] = expert.predict_members(examples.values[part.test], part.vectors[part.test])[-1]
        return part.answers[key]

    def blend(part: _Part, values: Mapping[str, float]) -> Matrix:
        members = _with_values(recipe, values)
        mixed = Blend.of(members, has_sheets=search.level != "name", newest_year=part.newest_year)
        modes = mixed.find_modes(examples.values[part.test])
        process = next(member for member in members if isinstance(member, GaussianProcessOptions))
        return mixed.mix(np.stack([answer(part, member, process) for member in members]), modes)

    inner = inner_folds(groups, examples.folds, outer, options.inner_folds, seed)
    parts = [arrange((inner >= 0) & (inner != fold), inner == fold) for fold in range(options.inner_folds)]

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
    whole = arrange(examples.folds != outer, examples.folds == outer)
    answers = {"chosen": blend(whole, chosen), "recipe": blend(whole, _read_values(recipe))}
    true = examples.answers[whole.test]
    return {
        "fold": outer,
        "rows": {"inner": int((inner >= 0).sum()), "outer": int(whole.test.size)},
        "trials": [{"values": trial.params, "rmsle": trial.value} for trial in study.trials],
        "chosen": chosen,
        "inner_rmsle": study.best_value,
        "outer": {name: regression_metrics(true, told) for name, told in answers.items()},
    }, answers
