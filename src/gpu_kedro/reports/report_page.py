"""The report: one HTML page that works offline, with the main tables and every figure (`templates/report.html.j2`)."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from gpu_kedro.modelling.formatting import SPLIT_TITLES
from gpu_kedro.modelling.options import SplitOptions
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.reports.facts import collect_facts
from gpu_kedro.reports.figures.benchmark import draw_comparison
from gpu_kedro.reports.templates import render


def write_page(
    metrics: Mapping[str, Any],
    splits: SplitOptions,
    figures: Mapping[str, go.Figure],
    findings: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The whole page.

    Args:
        metrics: what `collect_metrics` gives.
        splits: how GPUs were split.
        figures: by name, those of a target starting with its name; one without traces is not drawn yet and left out.
        findings: what the data says, each with its `figure` and its `table` (`gpu_kedro.reports.findings`).
    """
    facts = collect_facts(metrics, splits)
    drawn = {name: figure for name, figure in figures.items() if figure.data}
    by_section: dict[str, dict[str, go.Figure]] = {
        target: {name: figure for name, figure in drawn.items() if name.startswith(f"{target}_")} for target in TARGETS
    }
    by_section["data"] = {name: figure for name, figure in drawn.items() if not name.startswith(tuple(TARGETS))}
    if facts["comparison"]:
        by_section["comparison"] = {"comparison_figure": draw_comparison(metrics["benchmark"])}
    undrawn = {target: any(name.startswith(f"{target}_") for name in figures.keys() - drawn) for target in TARGETS}
    return render(
        "report.html",
        **facts,
        contents=_list_contents(facts),
        split_titles=SPLIT_TITLES,
        figures=by_section,
        undrawn=undrawn,
        findings=findings,
    )


def _list_contents(facts: Mapping[str, Any]) -> dict[str, str]:
    """Anchor and title of every section, in their order."""
    studies = {"comparison": "Compared with", "tuning": "Choice of the recipe"}
    return {
        "results": "Results",
        **{target["name"]: target["title"] for target in facts["targets"]},
        **{name: title for name, title in studies.items() if facts[name]},
        "leakage": "Leaky against honest",
        "data": "Data",
        "analysis": "Analysis",
        "limits": "Limits and caveats",
        "sources": "Sources",
    }
