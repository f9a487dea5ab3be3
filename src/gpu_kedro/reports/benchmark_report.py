"""The comparison and the search for recipes as headed tables and sentences, for the report and the model card."""

from collections.abc import Mapping
from typing import Any

from gpu_kedro.modelling.formatting import (
    UNKNOWN,
    format_count,
    format_number,
    format_share,
    level_title,
    stratum_title,
)
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.reports.benchmark_figures import INPUT_TITLES, OPPONENT_TITLES
from gpu_kedro.reports.tables import Table

#: Metric → heading and whether it is a share, in the order of the columns; the first two are what is compared.
_REGRESSION: dict[str, tuple[str, bool]] = {
    "rmsle": ("RMSLE", False),
    "median_error": ("median error", True),
    "r2_log": ("R² (log)", False),
    "within_20pct": ("within 20 %", True),
    "coverage_90": ("in 90 %", True),
    "width_90": ("90 % width", False),
}
_SEGMENT: dict[str, tuple[str, bool]] = {
    "log_loss": ("log loss", False),
    "exact": ("exact", True),
    "macro_f1": ("macro-F1", False),
    "ece": ("calibration error", False),
}
_SMALLER_IS_BETTER = frozenset({"rmsle", "median_error", "log_loss"})
_STRATA = ("all", "strict_match", "strict_match_1000_points")


def introduce_comparison(benchmark: Mapping[str, Any]) -> list[str]:
    """What was compared, how AutoGluon was asked, and where it is ahead."""
    asked, seeds = benchmark["autogluon"], benchmark["seeds"]
    facts = [
        "Every model is tested on the same grouped folds, whose name embedding, medians and scales are fitted on the "
        f"training part; ± is the standard deviation over {len(seeds)} seeds ({', '.join(map(str, seeds))}), which "
        "shuffle the folds and seed the models. Raw columns are the numbers of the two sources as they are.",
    ]
    answers = [found["comparison"]["features"].get("autogluon", {}) for found in benchmark["targets"].values()]
    records = [answer["record"] for answer in answers if "record" in answer]
    if not records:
        return [*facts, "AutoGluon has not been run: make benchmark."]
    minutes = ", ".join(f"{record['seconds'] / 60:.1f}" for record in records)
    facts.append(
        f"AutoGluon {records[0]['version']} ({asked['presets']}) was given {asked['minutes_per_target']:g} minutes a "
        f"target on {asked['cores']} cores (used: {minutes}), {asked['memory_gib']:g} GiB, the first fold of the first "
        f"seed, and {asked['bag_folds']} bags that keep chip groups together. It never saw an answer of the fold."
    )
    behind = [
        f"{TARGETS[name].title} ({heading})"
        for name, found in benchmark["targets"].items()
        for metric, (heading, _) in list(_columns(name).items())[:2]
        if _is_behind(found["comparison"], metric)
    ]
    verdict = f"AutoGluon is ahead on that fold for {'; '.join(behind)}." if behind else "It is ahead nowhere."
    return [*facts, verdict]


def _is_behind(comparison: Mapping[str, Any], metric: str) -> bool:
    """Whether AutoGluon, on any inputs, is ahead of ours on the common split."""
    ours = comparison["features"]["ours"]["same_split"][metric]
    theirs = [
        models["autogluon"]["same_split"][metric]
        for models in comparison.values()
        if "same_split" in models.get("autogluon", {})
    ]
    return any(value < ours if metric in _SMALLER_IS_BETTER else value > ours for value in theirs)


def tabulate_comparison(benchmark: Mapping[str, Any]) -> list[tuple[str, Table]]:
    """For each target, every model's two main figures over all folds and seeds, and on the common split."""
    tables = []
    for name, found in benchmark["targets"].items():
        shown = dict(list(_columns(name).items())[:2])
        rows = []
        for kind, models in found["comparison"].items():
            for model in sorted(models, key=list(OPPONENT_TITLES).index):
                entry = models[model]
                several, single = entry.get("seeds", {}), entry.get("same_split")
                means = [_mean_cell(several.get(metric), is_share) for metric, (_, is_share) in shown.items()]
                alone = [_cell(single[metric], is_share) for metric, (_, is_share) in shown.items()] if single else []
                told = alone or [entry["status"], *[UNKNOWN] * (len(shown) - 1)]
                rows.append((OPPONENT_TITLES[model], INPUT_TITLES[kind], *means, *told))
        headings = [heading for heading, _ in shown.values()]
        columns = ("model", "inputs", *headings, *(f"{heading}, first fold" for heading in headings))
        tables.append((f"{TARGETS[name].title}, {level_title(found['level'])}", Table(columns, tuple(rows))))
    return tables


def tabulate_seeds(benchmark: Mapping[str, Any]) -> list[tuple[str, Table]]:
    """Our figures by target, level and main stratum: mean ± standard deviation over the seeds; then later GPUs.

    Widths are in natural logarithms.
    """
    tables = []
    for name, found in benchmark["targets"].items():
        metrics = _columns(name)
        rows = []
        for study, told in (("grouped", ""), ("without_sheet_power", ", without the sheet's power")):
            for level, strata in found.get(study, {}).items():
                rows += [
                    (
                        f"{level_title(level)}{told}",
                        stratum_title(stratum),
                        format_count(strata[stratum]["rows"]["mean"]),
                        *(_mean_cell(strata[stratum].get(metric), share) for metric, (_, share) in metrics.items()),
                    )
                    for stratum in _STRATA
                    if stratum in strata
                ]
        columns = ("known", "stratum", "GPUs", *(heading for heading, _ in metrics.values()))
        tables.append((f"{TARGETS[name].title} over {len(benchmark['seeds'])} seeds", Table(columns, tuple(rows))))
    return [*tables, *_tabulate_later(benchmark)]


def _tabulate_later(benchmark: Mapping[str, Any]) -> list[tuple[str, Table]]:
    splits = {
        "later_tests": "released and tested after the last training year",
        "later_releases": f"released after {benchmark['last_release_year']}, trained on earlier releases",
    }
    metrics = {**_REGRESSION, "mean_width_90": ("mean 90 % width", False)}
    columns = ("known", "GPUs", *(heading for heading, _ in metrics.values()))
    tables = []
    for name, found in benchmark["targets"].items():
        for split, told in splits.items():
            rows = [
                (
                    level_title(level),
                    format_count(strata["newer"]["rows"]),
                    *(_cell(strata["newer"].get(metric), is_share) for metric, (_, is_share) in metrics.items()),
                )
                for level, strata in found.get(split, {}).items()
                if "newer" in strata
            ]
            if rows:
                tables.append((f"{TARGETS[name].title}, {told}", Table(columns, tuple(rows))))
    return tables


def introduce_tuning(tuning: Mapping[str, Any]) -> str:
    """How recipes were searched for."""
    folds = next(iter(tuning.values()))["folds"]
    return (
        f"In each of {len(folds)} outer folds {len(folds[0]['trials'])} recipes were tried (tree-structured Parzen "
        "estimator) on inner grouped folds of its training part; the one with the smallest RMSLE inside was then "
        "scored once on the outer fold. Weight is that of the Gaussian process, freedom the degrees of freedom of its "
        "noise, leaf the fewest GPUs in a leaf of the trees, inputs the share of the inputs that a split of theirs "
        "tries. Last comes the recipe of the configuration, with the RMSLE of all outer folds together. Every trial is "
        "a child run in MLflow and an entry of tuning.json."
    )


def tabulate_tuning(tuning: Mapping[str, Any]) -> list[tuple[str, Table]]:
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


def _columns(target: str) -> dict[str, tuple[str, bool]]:
    return _REGRESSION if TARGETS[target].task == "regression" else _SEGMENT


def _cell(value: float | None, is_share: bool) -> str:
    return format_share(value) if is_share else format_number(value)


def _mean_cell(summary: Mapping[str, float | None] | None, is_share: bool) -> str:
    if summary is None:
        return UNKNOWN
    told = _cell(summary["mean"], is_share)
    return told if summary["sd"] is None else f"{told.removesuffix(' %')} ± {_cell(summary['sd'], is_share)}"
