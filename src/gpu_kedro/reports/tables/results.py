"""How well each model does, as tables: an overview, by level of knowledge, by stratum, with a leak, on later GPUs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gpu_kedro.modelling.formatting import (
    MODEL_TITLES,
    format_count,
    format_factor,
    format_number,
    format_share,
    level_title,
    stratum_title,
)
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, TARGETS, Task
from gpu_kedro.reports.tables.table import Table


class Column(NamedTuple):
    """One metric of a table: its key in `metrics.json`, its heading, and how it is written."""

    metric: str
    heading: str
    write: Callable[[float | None], str]

    def cell(self, metrics: Mapping[str, Any]) -> str:
        """The metric, or the sign for a missing one."""
        return self.write(metrics.get(self.metric))


_COLUMNS = {
    column.metric: column
    for column in (
        Column("rows", "GPUs", format_count),
        Column("median_error", "median error", format_share),
        Column("within_20pct", "within 20 %", format_share),
        Column("coverage_80", "in 80 %", format_share),
        Column("coverage_90", "in 90 %", format_share),
        Column("exact", "exact", format_share),
        Column("r2_log", "R² (log)", format_number),
        Column("rmsle", "RMSLE", format_number),
        Column("macro_f1", "macro-F1", format_number),
        Column("log_loss", "log loss", format_number),
        Column("ece", "calibration error", format_number),
        Column("width_90", "90 % interval", format_factor),
    )
}


def select_columns(*metrics: str) -> tuple[Column, ...]:
    """Columns of these metrics, in this order."""
    return tuple(_COLUMNS[metric] for metric in metrics)


COLUMNS: dict[Task, tuple[Column, ...]] = {
    "regression": select_columns(
        "rows", "median_error", "within_20pct", "r2_log", "coverage_80", "coverage_90", "width_90"
    ),
    "classification": select_columns("rows", "exact", "macro_f1", "log_loss", "ece"),
}
#: What a target is judged by first, and what it is compared in with a baseline.
MAIN_METRICS: dict[Task, str] = {"regression": "median_error", "classification": "exact"}


def overview_table(metrics: Mapping[str, Any], split: str) -> Table:
    """One line for each trained target and level: the main figures beside the ridge baseline's."""
    rows = []
    for target, results in metrics["targets"].items():
        for level, models in results["splits"].get(split, {}).items():
            ours, ridge = models["ours"]["all"], models["ridge"]["all"]
            is_regression = TARGETS[target].task == "regression"
            main, sign, fit = ("median_error", "off", "r2_log") if is_regression else ("exact", "exact", "macro_f1")
            asked = (TARGETS[target].title, level_title(level), format_count(ours["rows"]))
            errors = (f"{format_share(ours[main])} {sign}", format_share(ridge[main]))
            rows.append((*asked, *errors, format_number(ours[fit]), format_share(ours.get("coverage_90"))))
    columns = (
        "target", "known", "GPUs", "median error or exact", "ridge baseline", "R² (log) or macro-F1", "in 90 %",
    )  # fmt: skip
    return Table(columns, tuple(rows))


def models_table(target: str, levels: Mapping[str, Any]) -> Table:
    """The model and its baselines at every level of knowledge of one split, over all GPUs."""
    columns = COLUMNS[TARGETS[target].task]
    rows = [
        (level_title(level), MODEL_TITLES[model], *(column.cell(strata["all"]) for column in columns))
        for level, models in levels.items()
        for model, strata in models.items()
    ]
    return Table(("known", "", *(column.heading for column in columns)), tuple(rows))


def strata_table(target: str, models: Mapping[str, Any]) -> Table:
    """The model in every stratum of one split and level, with the ridge and dummy baselines' main figure."""
    task = TARGETS[target].task
    # the mean F1 over three segments says nothing of a stratum whose GPUs all belong to one
    columns = [column for column in COLUMNS[task] if column.metric != "macro_f1"]
    main = MAIN_METRICS[task]
    rows = [
        (
            stratum_title(stratum),
            *(column.cell(metrics) for column in columns),
            format_share(models["ridge"][stratum][main]),
            format_share(models["dummy"][stratum][main]),
        )
        for stratum, metrics in models["ours"].items()
    ]
    return Table(("stratum", *(column.heading for column in columns), "ridge", "dummy"), tuple(rows))


def leakage_table(leakage: Mapping[str, Sequence[Mapping[str, Any]]]) -> Table:
    """What the compilation's ratio columns would pretend, beside the honest score of the same model and GPUs."""
    rows = []
    for target, variants in leakage.items():
        scores = {entry["variant"]: entry for entry in variants}
        pair = scores["honest"], scores["leaky"]
        errors = (format_share(one["median_error"]) for one in pair)
        fits = (format_number(one["r2_log"]) for one in pair)
        rows.append((TARGETS[target].title, format_count(pair[0]["rows"]), *errors, *fits))
    columns = (
        "target", "GPUs", "median error, honest", "median error, leaky", "R² (log), honest", "R² (log), leaky",
    )  # fmt: skip
    return Table(columns, tuple(rows))


def temporal_coverage_table(metrics: Mapping[str, Any]) -> Table:
    """How many later GPUs fall inside the intervals that earlier ones were calibrated on."""
    rows = [
        (
            TARGETS[target].title,
            level_title(level),
            format_count(scores["rows"]),
            format_share(scores["coverage_80"]),
            format_share(scores["coverage_90"]),
        )
        for target, level, scores in temporal_scores(metrics)
    ]
    return Table(("target", "known", "GPUs", "in 80 % interval", "in 90 % interval"), tuple(rows))


def temporal_scores(metrics: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, float]]]:
    """Target, level and metrics of the model on the temporal split, for each trained figure."""
    for target, results in metrics["targets"].items():
        if target in REGRESSION_TARGETS:
            for level, models in results["splits"].get("temporal", {}).items():
                yield target, level, models["ours"]["all"]
