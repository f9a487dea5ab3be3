"""Predictions for GPUs that the model has not seen: grouped cross-validation and the split in time.

A row of the result is one GPU at one level of knowledge.
"""

from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.domain.errors import NotLearnableError
from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.domain.table.cleaning import require_learnable
from gpu_kedro.modelling.evaluation.input_levels import hide_figures
from gpu_kedro.modelling.learners.embedding import NameEmbedding
from gpu_kedro.modelling.learners.ensemble import Expert, fit_expert
from gpu_kedro.modelling.options import EmbeddingOptions, ModelOptions, RidgeOptions
from gpu_kedro.modelling.parallel import call_in_parallel
from gpu_kedro.modelling.targets import LEVELS, Target, input_columns

#: Known answers that every training part needs: enough for the members, and for intervals of their errors.
LEAST_KNOWN = 20
#: Strength of the ridge baseline's penalty, in units of standardised inputs.
BASELINE_ALPHA = 30.0


@dataclass(frozen=True)
class Examples:
    """GPUs with a known answer to one target.

    Args:
        gpu_ids: (n,) names of the rows.
        texts: n names in full.
        values: (n, all features).
        answers: (n,) natural logs of the target, or class positions.
        groups: (n,) chip groups: siblings that are tested together.
        folds: (n,) test fold of each row, negative for a row that is in none.
        is_early: (n,) whether the row trains in the temporal split.
        is_earliest: (n,) whether it trains in the split that calibrates it.
        classes: class names, None for regression.
    """

    gpu_ids: NDArray[Any]
    texts: list[str]
    values: NDArray[np.float64]
    answers: NDArray[Any]
    groups: NDArray[Any]
    folds: NDArray[np.int64]
    is_early: NDArray[np.bool_]
    is_earliest: NDArray[np.bool_]
    classes: tuple[str, ...] | None

    def embed_names(self, train: NDArray[np.bool_], options: EmbeddingOptions, seed: int) -> NDArray[np.float64]:
        """(n, dims) embeddings of all names, learned from those of the training part."""
        return NameEmbedding.fit(list(compress(self.texts, train)), options, seed).transform(self.texts)


def select_examples(model_input: pd.DataFrame, target: Target) -> Examples:
    """Take the GPUs whose answer is known out of the model input (one row a GPU).

    Regression answers become natural logarithms, segments become positions among the sorted combinations.

    Raises:
        NotLearnableError: no GPU has a known answer, all have the same, or a fold leaves too few to train on.
    """
    require_learnable(model_input, target.name)
    known = model_input[model_input[target.name].notna()]
    classes: tuple[str, ...] | None = None
    if target.task == "classification":
        classes = tuple(sorted(known[target.name].unique()))
        answers = known[target.name].map({name: position for position, name in enumerate(classes)}).to_numpy(int)
    else:
        answers = np.log(known[target.name].to_numpy(float))
    folds = known["fold"].to_numpy(np.int64)
    if (smallest := count_smallest_part(folds)) < LEAST_KNOWN:
        raise NotLearnableError(
            f"{target.name}: {len(known)} known values, {smallest} in the smallest training part; at least "
            f"{LEAST_KNOWN} are needed there, give more rows in which it is filled in"
        )
    return Examples(
        gpu_ids=known["gpu_id"].to_numpy(object),
        texts=known["name_text"].tolist(),
        values=known[list(FEATURE_NAMES)].to_numpy(float),
        answers=answers,
        groups=known["chip_group"].to_numpy(object),
        folds=folds,
        is_early=known["is_early"].to_numpy(bool),
        is_earliest=known["is_earliest"].to_numpy(bool),
        classes=classes,
    )


def count_smallest_part(folds: NDArray[np.int64]) -> int:
    """Rows that are left to train on without the largest fold, of n rows; all of them where there is one fold only."""
    _, sizes = np.unique(folds, return_counts=True)
    return int(folds.size - sizes.max()) if sizes.size > 1 else int(folds.size)


def predict_unseen(
    examples: Examples,
    target: Target,
    model: ModelOptions,
    embedding: EmbeddingOptions,
    seed: int,
    jobs: int,
) -> pd.DataFrame:
    """Predict every example by experts that were trained without its fold, and the late ones by the early ones.

    Returns:
        Columns `gpu_id, split ("grouped", "temporal" or, for the intervals of the temporal one, "calibration"), fold,
        level, true`, then `predicted`, `dummy`, `ridge` and
        one `member_…` per member (natural logs) for regression, or `dummy_<class>`, `ridge_<class>` and one
        `member_<place>_<class>` per member for classification. The order of rows is fixed.
    """
    splits: list[tuple[str, int, NDArray[np.bool_], NDArray[np.bool_]]] = [
        ("grouped", fold, examples.folds != fold, examples.folds == fold)
        for fold in np.unique(examples.folds)
        if fold >= 0
    ]
    for split, fold, train, test in (
        ("temporal", -1, examples.is_early, ~examples.is_early),
        ("calibration", -2, examples.is_earliest, examples.is_early & ~examples.is_earliest),
    ):
        enough = count_smallest_part(examples.folds[train]) >= LEAST_KNOWN and test.any()
        if enough and (split == "temporal" or examples.classes is None):
            splits.append((split, fold, train, test))
    calls = [
        (examples, target, model, embedding, seed, split, int(fold), train, test) for split, fold, train, test in splits
    ]
    frames = call_in_parallel(_predict_split, calls, jobs, f"cross-validating {target.name}")
    return pd.concat(frames, ignore_index=True)


def _predict_split(
    examples: Examples,
    target: Target,
    model: ModelOptions,
    embedding: EmbeddingOptions,
    seed: int,
    split: str,
    fold: int,
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
) -> pd.DataFrame:
    vectors = examples.embed_names(train, embedding, seed)
    frames = []
    for level in LEVELS:
        train_data = (
            hide_figures(examples.values[train], examples.gpu_ids[train], level, in_training=True),
            vectors[train],
            examples.answers[train],
            examples.groups[train],
            input_columns(target, level),
        )
        test_data = hide_figures(examples.values[test], examples.gpu_ids[test], level), vectors[test]
        expert = fit_expert(*train_data, model, seed, examples.classes)
        baseline = fit_expert(
            *train_data,
            ModelOptions(embedding_dims=0, members=(RidgeOptions(kind="ridge", alpha=BASELINE_ALPHA),)),
            seed,
            examples.classes,
        )
        answers: dict[str, Any] = {
            "gpu_id": examples.gpu_ids[test],
            "split": split,
            "fold": fold,
            "level": level,
            "true": examples.answers[test],
        }
        if examples.classes is None:
            members = expert.predict_members(*test_data)
            answers |= {
                "predicted": expert.blend.mix(members, expert.blend.find_modes(test_data[0])),
                "dummy": np.full(int(test.sum()), np.median(examples.answers[train])),
                "ridge": baseline.predict(*test_data),
                **{f"member_{kind}": values for kind, values in zip(expert.kinds, members, strict=True)},
            }
        else:
            shares = np.bincount(examples.answers[train], minlength=len(examples.classes)) / train.sum()
            told = {f"member_{place}": member for place, member in enumerate(expert.predict_members(*test_data))}
            told["dummy"] = np.tile(shares, (int(test.sum()), 1))
            told["ridge"] = baseline.predict(*test_data)
            for model_name, probabilities in told.items():
                for position, name in enumerate(examples.classes):
                    answers[f"{model_name}_{name}"] = probabilities[:, position]
        frames.append(pd.DataFrame(answers))
    return pd.concat(frames, ignore_index=True)


def fit_served_experts(
    examples: Examples, target: Target, model: ModelOptions, embedding: NameEmbedding, seed: int, jobs: int
) -> dict[str, Expert]:
    """Train one expert per level of knowledge on every example."""
    vectors = embedding.transform(examples.texts)
    calls = [
        (
            hide_figures(examples.values, examples.gpu_ids, level, in_training=True),
            vectors,
            examples.answers,
            examples.groups,
            input_columns(target, level),
            model,
            seed,
            examples.classes,
        )
        for level in LEVELS
    ]
    return dict(zip(LEVELS, call_in_parallel(fit_expert, calls, jobs, f"training {target.name}"), strict=True))
