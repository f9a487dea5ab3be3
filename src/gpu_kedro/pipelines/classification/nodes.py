"""Nodes of `classification`."""

import json
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.bundle.export import expert_to_files
from gpu_kedro.modelling.bundle.files import Bundle, within
from gpu_kedro.modelling.evaluation.cross_validation import fit_served_experts, predict_unseen, select_examples
from gpu_kedro.modelling.evaluation.metrics import (
    classification_metrics,
    label_probabilities,
    segment_reliability,
    stratify,
)
from gpu_kedro.modelling.evaluation.splits import require_same_folds
from gpu_kedro.modelling.learners.embedding import NameEmbedding
from gpu_kedro.modelling.learners.ensemble import Expert
from gpu_kedro.modelling.learners.pooling import cross_pool, fit_pool, pool_probabilities
from gpu_kedro.modelling.options import AbstentionOptions, EmbeddingOptions, ModelOptions, SplitOptions
from gpu_kedro.modelling.targets import LEVELS, SEGMENTS, TARGETS

Experts = dict[str, Expert]
#: Level of knowledge → weight of each member in the pool.
PoolWeights = dict[str, NDArray[np.float64]]
_TARGET = TARGETS["segment"]


def predict_unseen_segments(
    model_input: pd.DataFrame, model: ModelOptions, embedding: EmbeddingOptions, splits: SplitOptions, jobs: int
) -> pd.DataFrame:
    """Cross-validated and later-than-training probabilities of every GPU whose segment is known."""
    require_same_folds(model_input, splits)
    return predict_unseen(select_examples(model_input, _TARGET), _TARGET, model, embedding, splits.seed, jobs)


def pool_members(unseen: pd.DataFrame) -> tuple[pd.DataFrame, PoolWeights]:
    """Pool the members' probabilities, and give the weights of each level of knowledge.

    A grouped prediction is pooled with the weights of the other folds; a temporal one with those of all grouped
    predictions.

    Returns:
        The rows with `p_<class>` instead of the members' columns, and the weights.
    """
    members = _list_members(unseen)
    classes = [column.removeprefix(f"{members[0]}_") for column in _columns(unseen, members[0])]
    columns = [f"p_{name}" for name in classes]
    weights: PoolWeights = {}
    frames = []
    for level in LEVELS:
        grouped = unseen[(unseen["split"] == "grouped") & (unseen["level"] == level)]
        stacked, true = _stack_members(grouped, members), grouped["true"].to_numpy()
        weights[level] = fit_pool(stacked, true)
        pooled = cross_pool(stacked, true, grouped["fold"].to_numpy())
        frames.append(grouped.assign(**dict(zip(columns, pooled.T, strict=True))))
        late = unseen[(unseen["split"] == "temporal") & (unseen["level"] == level)]
        pooled = pool_probabilities(_stack_members(late, members), weights[level])
        frames.append(late.assign(**dict(zip(columns, pooled.T, strict=True))))
    told = [column for member in members for column in _columns(unseen, member)]
    return pd.concat(frames, ignore_index=True).drop(columns=told), weights


def _list_members(unseen: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys("_".join(column.split("_")[:2]) for column in _columns(unseen, "member")))


def _stack_members(rows: pd.DataFrame, members: list[str]) -> NDArray[np.float64]:
    """(members, n, classes)."""
    return np.stack([rows[_columns(rows, member)].to_numpy(float) for member in members])


def _columns(rows: pd.DataFrame, prefix: str) -> list[str]:
    return [column for column in rows.columns if column.startswith(f"{prefix}_")]


def evaluate_segments(predictions: pd.DataFrame, model_input: pd.DataFrame) -> dict[str, Any]:
    """Every figure of the segment model: split → level → model → stratum → metric, and its `reliability` bins."""
    features = model_input.set_index("gpu_id")
    classes = tuple(column.removeprefix("p_") for column in _columns(predictions, "p"))
    results: dict[str, Any] = {}
    reliability: dict[str, Any] = {}
    for split in ("grouped", "temporal"):
        for level in LEVELS:
            rows = predictions[(predictions["split"] == split) & (predictions["level"] == level)]
            if rows.empty:
                continue
            true = rows["true"].to_numpy()
            masks = stratify(features.loc[rows["gpu_id"]])
            probabilities = rows[_columns(rows, "p")].to_numpy()
            reliability.setdefault(split, {})[level] = segment_reliability(true, probabilities, classes)
            results.setdefault(split, {})[level] = {
                model: {
                    name: classification_metrics(
                        true[mask.to_numpy()], rows[_columns(rows, prefix)].to_numpy()[mask.to_numpy()], classes
                    )
                    for name, mask in masks.items()
                    if mask.any()
                }
                for model, prefix in (("ours", "p"), ("ridge", "ridge"), ("dummy", "dummy"))
            }
    return {
        "target": "segment",
        "unit": _TARGET.unit,
        "classes": classes,
        "splits": results,
        "reliability": reliability,
    }


def fit_segments(
    model_input: pd.DataFrame, name_embedding: Bundle, model: ModelOptions, splits: SplitOptions, jobs: int
) -> Experts:
    """Train the experts that are served, one per level of knowledge."""
    embedding = NameEmbedding.from_files(dict(name_embedding.files))
    return fit_served_experts(select_examples(model_input, _TARGET), _TARGET, model, embedding, splits.seed, jobs)


def fill_unknown_segments(
    model_input: pd.DataFrame,
    name_embedding: Bundle,
    experts: Experts,
    pool_weights: PoolWeights,
    abstention: AbstentionOptions,
) -> pd.DataFrame:
    """Estimate the segment of every GPU without one, from its name and specification only.

    The table's figures stay out: whether a GPU has a price or a TDP there says how well known it is, and nearly all
    GPUs without a segment have neither.

    Returns:
        One row per GPU without a segment: `gpu_id, name, level, segment` (missing where the model abstains),
        `confidence` (probability of the likeliest combination) and one probability per segment.
    """
    unknown = model_input[model_input["segment"].isna()]
    embedding = NameEmbedding.from_files(dict(name_embedding.files))
    levels = np.where(unknown["match_kind"].eq("none"), "name", "specs")
    frames = []
    for level in ("name", "specs"):
        rows = unknown[levels == level]
        if rows.empty:
            continue
        vectors = embedding.transform(rows["name_text"].tolist())
        members = experts[level].predict_members(rows[list(FEATURE_NAMES)].to_numpy(float), vectors)
        probabilities = pool_probabilities(members, pool_weights[level])
        classes = experts[level].classes or ()
        confidence = probabilities.max(axis=1)
        best = np.array(classes, dtype=object)[probabilities.argmax(axis=1)]
        labels = label_probabilities(probabilities, classes)
        frames.append(
            pd.DataFrame(
                {
                    "gpu_id": rows["gpu_id"].to_numpy(),
                    "name": rows["name"].to_numpy(),
                    "level": level,
                    "segment": pd.Series(np.where(confidence >= abstention.min_confidence, best, None), dtype="str"),
                    "confidence": confidence,
                    **{name.lower(): labels[:, position] for position, name in enumerate(SEGMENTS)},
                }
            )
        )
    return pd.concat(frames, ignore_index=True).sort_values("gpu_id", ignore_index=True)


def count_filled(segment_estimates: pd.DataFrame) -> dict[str, Any]:
    """How many of the unknown segments were filled, with which combinations, and how many the model abstained on."""
    filled = segment_estimates["segment"].dropna()
    return {
        "unknown": len(segment_estimates),
        "filled": len(filled),
        "abstained": len(segment_estimates) - len(filled),
        "by_segment": {str(name): int(rows) for name, rows in filled.value_counts().sort_index().items()},
    }


def package_segments(experts: Experts, pool_weights: PoolWeights, results: dict[str, Any]) -> Bundle:
    """Experts and the weights of their members as files."""
    files: dict[str, bytes] = {}
    for level, expert in experts.items():
        files |= within(expert_to_files(expert), level)
        files[f"{level}/calibration.json"] = json.dumps({"weights": pool_weights[level].tolist()}).encode()
    return Bundle(files, {"kind": "target", "target": "segment", "features": FEATURE_NAMES, "metrics": results})
