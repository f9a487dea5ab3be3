"""Nodes of the regression template; each works for any target in `REGRESSION_TARGETS`."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gpu_kedro.domain.features import FEATURE_NAMES
from gpu_kedro.modelling.bundle.export import expert_to_files
from gpu_kedro.modelling.bundle.files import Bundle, within
from gpu_kedro.modelling.bundle.oblivious_trees import oblivious_to_files
from gpu_kedro.modelling.evaluation.conformal import (
    NEWER,
    Calibration,
    Errors,
    add_newer_stratum,
    cross_calibrate,
    name_stratum,
    scale_inputs,
)
from gpu_kedro.modelling.evaluation.cross_validation import fit_served_experts, predict_unseen, select_examples
from gpu_kedro.modelling.evaluation.input_levels import hide_figures
from gpu_kedro.modelling.evaluation.metrics import interval_metrics, median_error_spread, regression_metrics, stratify
from gpu_kedro.modelling.evaluation.splits import require_same_folds
from gpu_kedro.modelling.learners.embedding import NameEmbedding
from gpu_kedro.modelling.learners.ensemble import Expert
from gpu_kedro.modelling.options import EmbeddingOptions, IntervalOptions, ModelOptions, SplitOptions
from gpu_kedro.modelling.targets import LEVELS, TARGETS, Level, input_columns

Calibrations = dict[str, Calibration]
Experts = dict[str, Expert]
_SPLITS = ("grouped", "temporal")


def predict_unseen_gpus(
    model_input: pd.DataFrame,
    target: str,
    embedding: EmbeddingOptions,
    model: ModelOptions,
    splits: SplitOptions,
    jobs: int,
) -> pd.DataFrame:
    """Cross-validated and later-than-training predictions of every GPU with a known answer."""
    require_same_folds(model_input, splits)
    examples = select_examples(model_input, TARGETS[target])
    return predict_unseen(examples, TARGETS[target], model, embedding, splits.seed, jobs)


def calibrate_intervals(
    unseen: pd.DataFrame, model_input: pd.DataFrame, target: str, intervals: IntervalOptions, splits: SplitOptions
) -> tuple[pd.DataFrame, Calibrations]:
    """Add intervals to the unseen predictions, and give one calibration per level of knowledge.

    Intervals of grouped predictions are shaped by the other folds only. Those of the temporal split are shaped as the
    served ones will be, from what was known at its time: by the grouped errors of its training part and, for GPUs
    released after it, by the errors on the last years before it that were predicted from before those.
    """
    features = model_input.set_index("gpu_id")
    newer_than = {
        "grouped": np.inf,
        "temporal": splits.last_training_year,
        "calibration": splits.last_training_year - splits.calibration_years,
    }
    calibrations: Calibrations = {}
    frames = []
    for level in LEVELS:
        columns = input_columns(TARGETS[target], level)
        at_level = unseen[unseen["level"] == level]
        rows = {split: at_level[at_level["split"] == split] for split in unseen["split"].unique()}
        errors = {
            split: _measure_errors(chosen, features, columns, level, newer_than[split])
            for split, chosen in rows.items()
        }
        grouped, folds = rows["grouped"], rows["grouped"]["fold"].to_numpy()
        widths, calibrations[level] = cross_calibrate(errors["grouped"], folds, intervals, splits.seed)
        frames.append(_with_intervals(grouped, widths))
        if "temporal" in rows:
            gpus = features.loc[grouped["gpu_id"]]
            earlier = _calibrate_earlier(errors, folds, gpus, intervals, splits.seed)
            frames.append(_with_intervals(rows["temporal"], earlier.half_widths(errors["temporal"])))
            later_scores = earlier.newer_scores(errors["temporal"])
            calibrations[level] = add_newer_stratum(calibrations[level], later_scores, intervals)
    return pd.concat(frames, ignore_index=True), calibrations


def _calibrate_earlier(
    errors: Mapping[str, Errors], folds: NDArray[np.int64], gpus: pd.DataFrame, intervals: IntervalOptions, seed: int
) -> Calibration:
    """The calibration that would have been served when the training part of the temporal split ended.

    `errors` are of the splits "grouped" and, where there were enough GPUs, "calibration"; `folds` and `gpus`, rows of
    the model input, belong to the grouped ones.
    """

    def calibrate(side: str) -> Calibration:
        known_then = gpus[side].to_numpy(bool)
        return cross_calibrate(errors["grouped"].choose(known_then), folds[known_then], intervals, seed)[1]

    earlier = calibrate("is_early")
    if "calibration" not in errors:
        return earlier
    return add_newer_stratum(earlier, calibrate("is_earliest").newer_scores(errors["calibration"]), intervals)


def _measure_errors(
    rows: pd.DataFrame, features: pd.DataFrame, columns: list[int], level: Level, newer_than: float
) -> Errors:
    gpus = features.loc[rows["gpu_id"]]
    predicted = rows["predicted"].to_numpy()
    members = rows[[column for column in rows.columns if column.startswith("member_")]].to_numpy().T
    values = hide_figures(gpus[list(FEATURE_NAMES)].to_numpy(float), rows["gpu_id"], level)
    found = zip(gpus["is_strict"], gpus["match_kind"], gpus["spec_release_year"] > newer_than, strict=True)
    strata = [
        NEWER if is_newer else name_stratum({"is_strict": strict, "match_kind": kind})
        for strict, kind, is_newer in found
    ]
    return Errors(
        inputs=scale_inputs(values, columns, predicted, members),
        strata=np.array(strata),
        residuals=rows["true"].to_numpy() - predicted,
    )


def _with_intervals(rows: pd.DataFrame, widths: dict[float, NDArray[np.float64]]) -> pd.DataFrame:
    bounds = {}
    for coverage, half in widths.items():
        percent = round(coverage * 100)
        bounds[f"lower_{percent}"] = rows["predicted"] - half
        bounds[f"upper_{percent}"] = rows["predicted"] + half
    return rows.assign(**bounds)


def evaluate_target(
    predictions: pd.DataFrame, model_input: pd.DataFrame, target: str, splits: SplitOptions
) -> dict[str, Any]:
    """Every figure of one target: split → level → model → stratum → metric; models are ours, ridge and dummy.

    The temporal split has one more stratum, `newer`: GPUs released after its training part.
    """
    features = model_input.set_index("gpu_id")
    percents = [int(column.removeprefix("lower_")) for column in predictions.columns if column.startswith("lower_")]
    results: dict[str, Any] = {}
    for split in _SPLITS:
        for level in LEVELS:
            rows = predictions[(predictions["split"] == split) & (predictions["level"] == level)]
            if rows.empty:
                continue
            gpus = features.loc[rows["gpu_id"]]
            masks = stratify(gpus)
            if split == "temporal":
                masks["newer"] = gpus["spec_release_year"].gt(splits.last_training_year)
            true = rows["true"].to_numpy()
            by_model: dict[str, dict[str, dict[str, float]]] = {"ours": {}, "ridge": {}, "dummy": {}}
            for name, mask in masks.items():
                chosen = mask.to_numpy()
                if not chosen.any():
                    continue
                for model, column in (("ours", "predicted"), ("ridge", "ridge"), ("dummy", "dummy")):
                    by_model[model][name] = regression_metrics(true[chosen], rows[column].to_numpy()[chosen])
                widths = {
                    percent / 100: (rows[f"upper_{percent}"] - rows[f"lower_{percent}"]).to_numpy()[chosen] / 2
                    for percent in percents
                }
                residuals = (true - rows["predicted"].to_numpy())[chosen]
                by_model["ours"][name] |= interval_metrics(residuals, widths) | median_error_spread(residuals)
            results.setdefault(split, {})[level] = by_model
    return {"target": target, "unit": TARGETS[target].unit, "splits": results}


def fit_target(
    model_input: pd.DataFrame, target: str, name_embedding: Bundle, model: ModelOptions, splits: SplitOptions, jobs: int
) -> Experts:
    """Train the experts that are served, one for each level of knowledge, on every GPU with an answer."""
    embedding = NameEmbedding.from_files(dict(name_embedding.files))
    examples = select_examples(model_input, TARGETS[target])
    return fit_served_experts(examples, TARGETS[target], model, embedding, splits.seed, jobs)


def package_target(experts: Experts, calibrations: Calibrations, results: dict[str, Any], target: str) -> Bundle:
    """Experts and calibrations of one target as files."""
    files: dict[str, bytes] = {}
    for level, expert in experts.items():
        columns = input_columns(TARGETS[target], level)  # type: ignore[arg-type]
        calibration = calibrations[level]
        head = {
            "columns": columns,
            "quantiles": {str(coverage): values for coverage, values in calibration.quantiles.items()},
        }
        files |= within(expert_to_files(expert), level)
        files[f"{level}/calibration.json"] = json.dumps(head, indent=1, sort_keys=True).encode()
        # the scale model sees the features, the estimate and the members' spread
        files |= within(oblivious_to_files(calibration.scale_model), f"{level}/scale")
    return Bundle(files, {"kind": "target", "target": target, "features": FEATURE_NAMES, "metrics": results})
