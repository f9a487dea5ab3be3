"""The comparison with other models and the search for recipes, as tables with headings."""

from collections.abc import Iterator, Mapping
from typing import Any

from gpu_kedro.modelling.formatting import (
    UNKNOWN,
    format_count,
    format_number,
    level_title,
    stratum_title,
)
from gpu_kedro.modelling.targets import TARGETS, Task
from gpu_kedro.reports.figures.benchmark import INPUT_TITLES, OPPONENT_TITLES
from gpu_kedro.reports.tables.results import Column, select_columns
from gpu_kedro.reports.tables.table import Table

#: In the order of the columns; the first two are what models are compared in.
_COLUMNS: dict[Task, tuple[Column, ...]] = {
    "regression": (
        *select_columns("rmsle", "median_error", "r2_log", "within_20pct", "coverage_90"),
        Column("width_90", "90 % width", format_number),
    ),
    "classification": select_columns("log_loss", "exact", "macro_f1", "ece"),
}
_SMALLER_IS_BETTER = frozenset({"rmsle", "median_error", "log_loss"})
_STRATA = ("all", "strict_match", "strict_match_1000_points")
#: Tables with their headings.
Headed = list[tuple[str, Table]]


def autogluon_records(benchmark: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Version and seconds of each run of AutoGluon; none when it was not run."""
    answers = [found["comparison"]["features"].get("autogluon", {}) for found in benchmark["targets"].values()]
    return [answer["record"] for answer in answers if "record" in answer]


def autogluon_leads(benchmark: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Title of the target and heading of the metric wherever AutoGluon is ahead on the common fold."""
    for name, found in benchmark["targets"].items():
        for column in _columns(name)[:2]:
            if _is_behind(found["comparison"], column.metric):
                yield TARGETS[name].title, column.heading


def _is_behind(comparison: Mapping[str, Any], metric: str) -> bool:
    """Whether AutoGluon, on any inputs, is ahead of ours on the common split."""
    ours = comparison["features"]["ours"]["same_split"][metric]
    theirs = [
        models["autogluon"]["same_split"][metric]
        for models in comparison.values()
        if "same_split" in models.get("autogluon", {})
    ]
    return any(value < ours if metric in _SMALLER_IS_BETTER else value > ours for value in theirs)


def tabulate_comparison(benchmark: Mapping[str, Any]) -> Headed:
    """For each target, every model's two main figures over all folds and seeds, and on the common split."""
    tables = []
    for name, found in benchmark["targets"].items():
        shown = _columns(name)[:2]
        rows = []
        for kind, models in found["comparison"].items():
            for model in sorted(models, key=list(OPPONENT_TITLES).index):
                entry = models[model]
                means = [_mean_cell(entry.get("seeds", {}), column) for column in shown]
                single = entry.get("same_split")
                alone = [column.cell(single) for column in shown] if single else [entry["status"], UNKNOWN]
                rows.append((OPPONENT_TITLES[model], INPUT_TITLES[kind], *means, *alone))
        headings = [column.heading for column in shown]
        columns = ("model", "inputs", *headings, *(f"{heading}, first fold" for heading in headings))
        tables.append((f"{TARGETS[name].title}, {level_title(found['level'])}", Table(columns, tuple(rows))))
    return tables


def tabulate_seeds(benchmark: Mapping[str, Any]) -> Headed:
    """Our figures by target, level and main stratum: mean ± standard deviation over the seeds; then later GPUs.

    Widths are in natural logarithms.
    """
    tables = []
    for name, found in benchmark["targets"].items():
        metrics = _columns(name)
        rows = [
            (
                f"{level_title(level)}{told}",
                stratum_title(stratum),
                format_count(strata[stratum]["rows"]["mean"]),
                *(_mean_cell(strata[stratum], column) for column in metrics),
            )
            for study, told in (("grouped", ""), ("without_sheet_power", ", without the sheet's power"))
            for level, strata in found.get(study, {}).items()
            for stratum in _STRATA
            if stratum in strata
        ]
        columns = ("known", "stratum", "GPUs", *(column.heading for column in metrics))
        tables.append((f"{TARGETS[name].title} over {len(benchmark['seeds'])} seeds", Table(columns, tuple(rows))))
    return [*tables, *_tabulate_later(benchmark)]


def _tabulate_later(benchmark: Mapping[str, Any]) -> Headed:
    splits = {
        "later_tests": "released and tested after the last training year",
        "later_releases": f"released after {benchmark['last_release_year']}, trained on earlier releases",
    }
    metrics = (*_COLUMNS["regression"], Column("mean_width_90", "mean 90 % width", format_number))
    columns = ("known", "GPUs", *(column.heading for column in metrics))
    tables = []
    for name, found in benchmark["targets"].items():
        for split, told in splits.items():
            rows = [
                (
                    level_title(level),
                    format_count(strata["newer"]["rows"]),
                    *(column.cell(strata["newer"]) for column in metrics),
                )
                for level, strata in found.get(split, {}).items()
                if "newer" in strata
            ]
            if rows:
                tables.append((f"{TARGETS[name].title}, {told}", Table(columns, tuple(rows))))
    return tables


def tabulate_tuning(tuning: Mapping[str, Any]) -> Headed:
    """For each target, what the outer folds chose, and how it did there beside the recipe of the configuration."""
    columns = (
        "outer fold", "weight", "freedom", "leaf", "inputs", "RMSLE inside", "RMSLE outside", "recipe in use",
    )  # fmt: skip
    tables = []
    for name, found in tuning.items():
        rows = [
            (
                f"fold {fold['fold']}",
                *_value_cells(fold["chosen"]),
                format_number(fold["inner_rmsle"]),
                *_outer_cells(fold["outer"]),
            )
            for fold in found["folds"]
        ]
        rows.append(("recipe in use", *_value_cells(found["recipe"]), UNKNOWN, *_outer_cells(found["outer"])))
        tables.append((f"{TARGETS[name].title}, {level_title(found['level'])}", Table(columns, tuple(rows))))
    return tables


def _outer_cells(outer: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    return tuple(format_number(outer[who]["rmsle"]) for who in ("chosen", "recipe"))


def _value_cells(values: Mapping[str, float]) -> tuple[str, ...]:
    return (
        format_number(values["process_weight"], 2),
        format_number(values["degrees_of_freedom"], 0),
        format_count(values["min_leaf"]),
        format_number(values["max_features"], 2),
    )


def _columns(target: str) -> tuple[Column, ...]:
    return _COLUMNS[TARGETS[target].task]


def _mean_cell(summaries: Mapping[str, Mapping[str, float | None]], column: Column) -> str:
    """Mean ± standard deviation over the seeds."""
    summary = summaries.get(column.metric)
    if summary is None:
        return UNKNOWN
    told = column.write(summary["mean"])
    return told if summary["sd"] is None else f"{told.removesuffix(' %')} ± {column.write(summary['sd'])}"
