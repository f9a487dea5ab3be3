"""Nodes of `benchmark`; each works for any target."""

from pathlib import Path
from typing import Any

import pandas as pd

from gpu_kedro.modelling.evaluation.cross_validation import predict_unseen, select_examples
from gpu_kedro.modelling.experiments.autogluon import ask_autogluon, build_question, score_answer
from gpu_kedro.modelling.experiments.benchmark import (
    ComparisonTask,
    Study,
    compare_models,
    list_studies,
    predict_baselines,
    summarise,
)
from gpu_kedro.modelling.options import (
    AutogluonOptions,
    EmbeddingOptions,
    IntervalOptions,
    ModelOptions,
    SplitOptions,
    StudyOptions,
)
from gpu_kedro.modelling.targets import TARGETS, Level
from gpu_kedro.pipelines.classification.nodes import evaluate_segments, pool_members
from gpu_kedro.pipelines.regression.nodes import calibrate_intervals, evaluate_target
from gpu_kedro.pipelines.reporting.nodes import only_finite

#: Strata whose figures are kept for every level; the compared level keeps all.
_MAIN_STRATA = ("all", "strict_match", "strict_match_1000_points")


def describe_task(target: str, level: Level, model: ModelOptions, embedding: EmbeddingOptions) -> ComparisonTask:
    """What models are compared in, and the inputs that they get."""
    return ComparisonTask(TARGETS[target], level, embedding, model.embedding_dims)


def arrange_studies(model_input: pd.DataFrame, target: str, splits: SplitOptions, options: StudyOptions) -> list[Study]:
    """Every study of one target: which GPUs train and are tested, what is hidden."""
    return list_studies(model_input, TARGETS[target], splits, options)


def predict_studies(
    studies: list[Study], target: str, model: ModelOptions, embedding: EmbeddingOptions, jobs: int
) -> pd.DataFrame:
    """Our predictions in every study, one below the other, with its name and seed in the columns `study` and `seed`."""
    frames = []
    for study in studies:
        examples = select_examples(study.table, TARGETS[target])
        unseen = predict_unseen(examples, TARGETS[target], model, embedding, study.seed, jobs)
        frames.append(unseen.assign(study=study.name, seed=study.seed))
    return pd.concat(frames, ignore_index=True)


def calibrate_studies(
    unseen: pd.DataFrame, studies: list[Study], target: str, intervals: IntervalOptions
) -> pd.DataFrame:
    """Add intervals, or pool the members' probabilities, in each study by itself.

    Later releases take the errors that shape their intervals from the main study's folds, as the temporal split does.
    """
    frames = []
    for study in studies:
        rows = _of_study(unseen, study)
        if TARGETS[target].task == "classification":
            calibrated, _ = pool_members(rows)
        else:
            if study.name == "releases":
                main = unseen[(unseen["study"] == "main") & (unseen["seed"] == study.seed)]
                known = main["split"].eq("grouped") & main["gpu_id"].isin(study.table["gpu_id"])
                rows = pd.concat([main[known], rows], ignore_index=True)
            calibrated, _ = calibrate_intervals(rows, study.table, target, intervals, study.splits)
        frames.append(calibrated[calibrated["study"] == study.name])
    return pd.concat(frames, ignore_index=True)


def _of_study(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    return rows[(rows["study"] == study.name) & (rows["seed"] == study.seed)]


def measure_studies(predictions: pd.DataFrame, studies: list[Study], target: str, level: Level) -> dict[str, Any]:
    """Our figures: means and standard deviations over the seeds, and one figure for each split in time.

    Returns:
        `grouped` (and `without_sheet_power`): level → stratum → metric → `mean, sd`; `later_tests` and
        `later_releases`: level → stratum → metric, where `newer` are GPUs released after the training part.
    """
    measured: dict[str, list[dict[str, Any]]] = {}
    later: dict[str, Any] = {}
    for study in studies:
        rows = _of_study(predictions, study)
        if TARGETS[target].task == "classification":
            found = evaluate_segments(rows, study.table)["splits"]
        else:
            found = evaluate_target(rows, study.table, target, study.splits)["splits"]
        ours = {split: {name: models["ours"] for name, models in levels.items()} for split, levels in found.items()}
        if "grouped" in ours:
            measured.setdefault(study.name, []).append(ours["grouped"])
        if "temporal" in ours:
            kept = {name: _choose(strata, ("all", "newer")) for name, strata in ours["temporal"].items()}
            later["later_releases" if study.name == "releases" else "later_tests"] = kept
    means = {
        "grouped" if name == "main" else name: {
            known: {
                stratum: summarise([run[known][stratum] for run in runs])
                for stratum in (runs[0][known] if known == level else _MAIN_STRATA)
                if all(stratum in run[known] for run in runs)
            }
            for known in runs[0]
        }
        for name, runs in measured.items()
    }
    return {**means, **later}


def _choose(strata: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: strata[name] for name in names if name in strata}


def predict_others(
    studies: list[Study],
    primary_gpus: pd.DataFrame,
    task: ComparisonTask,
    options: StudyOptions,
    jobs: int,
) -> pd.DataFrame:
    """Predictions of the baselines, on the folds of our main studies."""
    return pd.concat(
        [predict_baselines(study, primary_gpus, task, options, jobs) for study in studies if study.name == "main"],
        ignore_index=True,
    )


def ask_about_target(
    studies: list[Study], primary_gpus: pd.DataFrame, task: ComparisonTask, options: AutogluonOptions
) -> dict[str, Any]:
    """AutoGluon's figures on the first fold of the first seed, by kind of input, or why there are none.

    The one node that leaves the process: AutoGluon lives in an environment of its own, and its answers are kept.
    """
    answers: dict[str, Any] = {}
    for kind in options.inputs:
        question = build_question(studies[0], primary_gpus, task, kind, options)
        answer = ask_autogluon(question, Path(options.folder) / f"{task.target.name}_{kind}", options)
        answers[kind] = score_answer(answer, task.target.name)
    return answers


def compare_target(
    ours: dict[str, Any],
    predictions: pd.DataFrame,
    baselines: pd.DataFrame,
    autogluon: dict[str, Any],
    target: str,
    level: Level,
) -> dict[str, Any]:
    """Everything measured of one target: our figures, the comparison on the same folds, and AutoGluon's part in it."""
    first_fold = int(baselines["fold"].min())
    compared = compare_models(predictions, baselines, target, level, first_fold)
    for kind, answer in autogluon.items():
        compared[kind]["autogluon"] = answer
    return {"target": target, "level": level, "first_fold": first_fold, "comparison": compared, **ours}


def collect_benchmark(options: StudyOptions, autogluon: AutogluonOptions, *results: dict[str, Any]) -> dict[str, Any]:
    """The results of every target by its name, with what they were measured on."""
    asked = autogluon.model_dump(
        mode="json", include={"bag_folds", "cores", "memory_gib", "minutes_per_target", "presets"}
    )
    benchmark: dict[str, Any] = only_finite(
        {
            "seeds": list(options.seeds),
            "last_release_year": options.last_release_year,
            "autogluon": asked,
            "targets": {
                found["target"]: {key: value for key, value in found.items() if key != "target"} for found in results
            },
        }
    )
    return benchmark
