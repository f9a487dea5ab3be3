"""Nodes of `reporting`; what is not trained yet arrives empty and is reported as such."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.modelling.evaluation.suspects import find_suspects, summarise_suspects
from gpu_kedro.modelling.options import ModelOptions, SplitOptions
from gpu_kedro.modelling.targets import REGRESSION_TARGETS, TARGETS
from gpu_kedro.reports.cards import write_model_card
from gpu_kedro.reports.findings import illustrate_findings
from gpu_kedro.reports.importance import draw_importance
from gpu_kedro.reports.report_page import write_page

#: Figures of the benchmark table; the specification's columns start with `spec_`.
_KNOWN_FIGURES = ("g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year", "segment")


def collect_metrics(
    ledger_summary: Mapping[str, Any],
    join_reach: Mapping[str, Any],
    primary_gpus: pd.DataFrame,
    segment_fill: Mapping[str, Any],
    importance: Mapping[str, Any],
    suspect_summary: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    benchmark: Mapping[str, Any],
    tuning: Mapping[str, Any],
    **trained: Any,
) -> dict[str, Any]:
    """Every figure of the project in one dictionary that is valid JSON.

    `trained` holds `<target>_results` and `<target>_leakage` of every target. What was not trained or run is {}.

    Returns:
        `data`; `join`; `targets`: target → `splits` → split → level → model → stratum → metric; `leakage` and
        `importance` by target; `segment_fill`; `suspects`; `analysis`: finding → `rows` and its figures; `benchmark`
        and `tuning` when they were run; `not_trained`, the targets without results. A figure that is not a number is
        None.
    """
    results = {target: trained[f"{target}_results"] for target in TARGETS}
    leakage = {target: trained[f"{target}_leakage"] for target in REGRESSION_TARGETS}
    columns = [*_KNOWN_FIGURES, *(column for column in primary_gpus.columns if column.startswith("spec_"))]
    metrics = {
        "data": {
            **ledger_summary,
            "test_years": sorted(int(year) for year in primary_gpus["test_year"].dropna().unique()),
            "known_share": {column: float(primary_gpus[column].notna().mean()) for column in columns},
        },
        "join": join_reach,
        "targets": {
            target: {key: value for key, value in found.items() if key != "target"}
            for target, found in results.items()
            if found
        },
        "leakage": {target: found for target, found in leakage.items() if found},
        "segment_fill": segment_fill,
        "importance": importance,
        "suspects": suspect_summary,
        "analysis": {one["name"]: {"rows": one["rows"], **one["figures"]} for one in findings},
        "not_trained": [target for target, found in results.items() if not found],
    }
    metrics |= {name: found for name, found in (("benchmark", benchmark), ("tuning", tuning)) if found}
    finite: dict[str, Any] = only_finite(metrics)
    return finite


def list_suspects(
    raw_gpus: pd.DataFrame,
    clean_gpus: pd.DataFrame,
    primary_gpus: pd.DataFrame,
    ledger: pd.DataFrame,
    **unseen: pd.DataFrame,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Values with evidence against them, and their summary; `unseen` holds each target's predictions."""
    suspects = find_suspects(raw_gpus, clean_gpus, primary_gpus, ledger, unseen)
    return suspects, summarise_suspects(suspects)


def draw_importances(importance: Mapping[str, Any]) -> dict[str, go.Figure]:
    """For each target, what its answers rest on."""
    return {target: draw_importance(importance, target) for target in TARGETS}


def only_finite(value: Any) -> Any:
    """The same value with None for NaN and infinity, which JSON does not know."""
    if isinstance(value, Mapping):
        return {key: only_finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [only_finite(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def describe_models(metrics: Mapping[str, Any], splits: SplitOptions, **models: Any) -> str:
    """The model card; `models` holds `<target>_model`, the options of each target's blend."""
    options = {target: ModelOptions.model_validate(models[f"{target}_model"]) for target in TARGETS}
    return write_model_card(metrics, splits, options)


def assemble_page(
    metrics: Mapping[str, Any], splits: SplitOptions, findings: Sequence[Mapping[str, Any]], **drawn: Any
) -> str:
    """The report as one HTML page.

    `drawn` holds figures by name, and `analysis_<finding>_figure` and `analysis_<finding>_table` of every finding.
    """
    figures = {name: figure for name, figure in drawn.items() if not name.startswith("analysis_")}
    studied = {one["name"]: drawn[f"analysis_{one['name']}_figure"] for one in findings}
    tables = {one["name"]: drawn[f"analysis_{one['name']}_table"] for one in findings}
    return write_page(metrics, splits, figures, illustrate_findings(findings, studied, tables))
