"""Plotly figures of the findings, legible at a width of 800 pixels; names from data are escaped."""

from collections.abc import Callable

import plotly.graph_objects as go

from gpu_kedro.analysis.figures.comparisons import (
    draw_architectures,
    draw_label_noise,
    draw_leaks,
    draw_matched,
    draw_mobile_penalty,
    draw_premium,
)
from gpu_kedro.analysis.figures.frontiers import draw_frontier
from gpu_kedro.analysis.figures.tables import draw_missing, draw_saturation
from gpu_kedro.analysis.figures.years import (
    draw_benchmark_years,
    draw_index,
    draw_power_performance,
    draw_price_performance,
    draw_uplift,
)
from gpu_kedro.analysis.findings import Study

DRAWINGS: dict[str, Callable[[Study], go.Figure]] = {
    "price_performance": draw_price_performance,
    "power_performance": draw_power_performance,
    "power_architectures": draw_architectures,
    "power_matched": draw_matched,
    "price_frontier": draw_frontier,
    "power_frontier": draw_frontier,
    "score_saturation": draw_saturation,
    "mobile_penalty": draw_mobile_penalty,
    "generational_uplift": draw_uplift,
    "workstation_premium": draw_premium,
    "price_index": draw_index,
    "missing_values": draw_missing,
    "label_noise": draw_label_noise,
    "benchmark_years": draw_benchmark_years,
    "leaky_models": draw_leaks,
}


def draw_study(study: Study) -> go.Figure:
    """The figure of a finding; without traces where the table at hand could not answer."""
    return DRAWINGS[study.question.name](study) if study.rows else go.Figure()
