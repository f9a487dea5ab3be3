"""Nodes of `tuning`."""

from typing import Any

import pandas as pd

from gpu_kedro.modelling.experiments.tuning import Search, tune_target
from gpu_kedro.modelling.options import EmbeddingOptions, ModelOptions, SplitOptions, TuningOptions
from gpu_kedro.modelling.targets import TARGETS, Level


def tune_recipe(
    model_input: pd.DataFrame,
    target: str,
    level: Level,
    model: ModelOptions,
    embedding: EmbeddingOptions,
    options: TuningOptions,
    splits: SplitOptions,
    jobs: int,
) -> dict[str, Any]:
    """Trials, choices and outer scores of one target."""
    search = Search(TARGETS[target], level, model, embedding, options, splits.seed)
    return tune_target(model_input, search, jobs)


def collect_tuning(*results: dict[str, Any]) -> dict[str, Any]:
    """The results of every target by its name."""
    return {found["target"]: {key: value for key, value in found.items() if key != "target"} for found in results}
