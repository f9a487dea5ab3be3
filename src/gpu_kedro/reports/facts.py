"""The figures of a run, gathered for the model card and the report page: one dictionary that both templates read."""

from collections.abc import Iterator, Mapping
from typing import Any

from gpu_kedro.domain.table.rules import RULES
from gpu_kedro.modelling.formatting import SPLIT_TITLES
from gpu_kedro.modelling.options import SplitOptions
from gpu_kedro.modelling.targets import LEVELS, TARGETS
from gpu_kedro.reports.attribution import ATTRIBUTION
from gpu_kedro.reports.importance import importance_table
from gpu_kedro.reports.tables.benchmark import (
    autogluon_leads,
    autogluon_records,
    tabulate_comparison,
    tabulate_seeds,
    tabulate_tuning,
)
from gpu_kedro.reports.tables.data import (
    first_suspects_table,
    join_table,
    ledger_table,
    reach_table,
    suspects_table,
)
from gpu_kedro.reports.tables.results import (
    MAIN_METRICS,
    leakage_table,
    models_table,
    overview_table,
    strata_table,
    temporal_coverage_table,
    temporal_scores,
)
from gpu_kedro.reports.templates import render_paragraphs


def collect_facts(metrics: Mapping[str, Any], splits: SplitOptions) -> dict[str, Any]:
    """What the model card and the report page say.

    Args:
        metrics: what `gpu_kedro.pipelines.reporting.nodes.collect_metrics` gives.
        splits: how GPUs were split.

    Returns:
        What `collect_data_facts` gives; `targets`, each with its `title`, and its `splits` and `strata` once trained;
        `overview`, `leakage`, `coverage` and `importance` as tables; `comparison` and `tuning`, None when they were
        not run; `caveats`, the sentences that a reader must know; `metrics` and `splits` as they came.
    """
    return {
        **collect_data_facts(metrics),
        "metrics": metrics,
        "splits": splits,
        "levels": LEVELS,
        "targets": [_describe_target(metrics, target) for target in TARGETS],
        "not_trained": [TARGETS[target].title for target in metrics["not_trained"]],
        "overview": {split: overview_table(metrics, split) for split in SPLIT_TITLES},
        "segment_fill": metrics["segment_fill"],
        "leakage": leakage_table(metrics["leakage"]) if metrics["leakage"] else None,
        "coverage": temporal_coverage_table(metrics),
        "importance": importance_table(metrics["importance"]) if metrics["importance"] else None,
        "comparison": describe_comparison(metrics["benchmark"]) if metrics.get("benchmark") else None,
        "tuning": describe_tuning(metrics["tuning"]) if metrics.get("tuning") else None,
        "caveats": list_caveats(metrics, splits),
    }


def collect_data_facts(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """What every report says of the data: `data`, `join`, `suspects`, and their tables."""
    fired = {entry["rule"] for entry in metrics["data"]["by_rule"]}
    return {
        "attribution": ATTRIBUTION,
        "data": metrics["data"],
        "years": metrics["data"]["test_years"],
        "join": metrics["join"],
        "suspects": metrics["suspects"],
        "ledger_table": ledger_table(metrics["data"]["by_rule"]),
        "silent_rules": [rule.id for rule in RULES if rule.id not in fired],
        "reach_table": reach_table(metrics["join"]),
        "join_table": join_table(metrics["join"]),
        "suspects_table": suspects_table(metrics["suspects"]),
        "first_suspects_table": first_suspects_table(metrics["suspects"]),
    }


def list_caveats(metrics: Mapping[str, Any], splits: SplitOptions) -> list[str]:
    """What a reader must know before believing a figure, with the figures of this run."""
    data = metrics["data"]
    return render_paragraphs(
        "caveats.txt",
        years=data["test_years"],
        known_share=data["known_share"],
        dropped_prices=sum(
            entry["entries"]
            for entry in data["by_rule"]
            if entry["column"] == "price_usd" and entry["action"] == "set_missing"
        ),
        splits=splits,
        short_coverages=[
            {"title": TARGETS[target].title, "level": level, **scores}
            for target, level, scores in temporal_scores(metrics)
            if scores["coverage_90"] < 0.9
        ],
        ridge_leads=list(_find_ridge_leads(metrics)),
        is_tuned=bool(metrics.get("tuning")),
    )


def _find_ridge_leads(metrics: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Where the ridge baseline's main figure is as good as the model's."""
    for target, results in metrics["targets"].items():
        metric = MAIN_METRICS[TARGETS[target].task]
        for split, levels in results["splits"].items():
            for level, models in levels.items():
                ours, ridge = models["ours"]["all"][metric], models["ridge"]["all"][metric]
                if (ours >= ridge) if metric == "median_error" else (ours <= ridge):
                    yield {
                        "title": TARGETS[target].title,
                        "split": split,
                        "level": level,
                        "ours": ours,
                        "ridge": ridge,
                        "metric": metric.replace("_", " "),
                    }


def _describe_target(metrics: Mapping[str, Any], target: str) -> dict[str, Any]:
    described = {"name": target, "title": TARGETS[target].title, "splits": []}
    if target not in metrics["targets"]:
        return described
    splits = metrics["targets"][target]["splits"]
    everything = splits["grouped"]["everything"]
    return described | {
        "rows": everything["ours"]["all"]["rows"],
        "is_regression": TARGETS[target].task == "regression",
        "splits": [
            {"name": name, "title": SPLIT_TITLES[name], "table": models_table(target, levels)}
            for name, levels in splits.items()
        ],
        "strata": strata_table(target, everything),
    }


def describe_comparison(benchmark: Mapping[str, Any]) -> dict[str, Any]:
    """Paragraphs, main tables and tables by seed of the comparison with other models."""
    paragraphs = render_paragraphs(
        "comparison.txt",
        seeds=benchmark["seeds"],
        asked=benchmark["autogluon"],
        records=autogluon_records(benchmark),
        leads=list(autogluon_leads(benchmark)),
    )
    return {"paragraphs": paragraphs, "tables": tabulate_comparison(benchmark), "seeds": tabulate_seeds(benchmark)}


def describe_tuning(tuning: Mapping[str, Any]) -> dict[str, Any]:
    """Paragraph and tables of the search for recipes."""
    folds = next(iter(tuning.values()))["folds"]
    return {
        "paragraphs": render_paragraphs("tuning.txt", folds=len(folds), trials=len(folds[0]["trials"])),
        "tables": tabulate_tuning(tuning),
    }
