"""Pareto frontiers as staircases, and the hypervolume over release years."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from gpu_kedro.analysis.figures.marks import log2_ticks, with_opacity
from gpu_kedro.analysis.findings import Study
from gpu_kedro.modelling.formatting import format_count
from gpu_kedro.reports.figures.style import BLUE, escape, finish_figure, round_off

_SHOWN = 5
#: From light to dark, so that the order of the years shows without colour.
_SHADES = ("#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08306b")
_COSTS = {"price_usd": ("Price, US dollars (log₂ scale)", "$"), "power_w": ("Design power, W (log₂ scale)", "W")}


def draw_frontier(study: Study) -> go.Figure:
    """Frontiers up to five release years, and the hypervolume up to each with its band."""
    fronts, table = study.points, study.table
    (cost,) = (name for name in _COSTS if name in fronts.columns)
    title, unit = _COSTS[cost]
    years = table["release_year"].to_numpy()
    shown = years[np.unique(np.linspace(0, len(years) - 1, _SHOWN).round().astype(int))]
    figure = make_subplots(2, 1, row_heights=[0.66, 0.34], vertical_spacing=0.16)
    for year, shade in zip(shown, _SHADES[-len(shown) :], strict=True):
        front = fronts[fronts["up_to"] == year]
        figure.add_scatter(
            x=round_off(front[cost]), y=round_off(front["g3d_mark"]), mode="lines+markers", name=f"up to {year}",
            line={"shape": "hv", "color": shade, "width": 2}, marker={"color": shade, "size": 6},
            text=escape(front["name"]), hovertemplate=f"%{{text}}: %{{x:,.4~g}} {unit}, %{{y:,}} points", row=1, col=1,
        )  # fmt: skip
    figure.add_scatter(
        x=[*years.tolist(), *years[::-1].tolist()],
        y=[*round_off(table["hypervolume_high"]), *round_off(table["hypervolume_low"][::-1])],
        fill="toself", fillcolor=with_opacity(BLUE, 0.2), line={"width": 0}, name="95 % band", hoverinfo="skip",
        showlegend=False, row=2, col=1,
    )  # fmt: skip
    figure.add_scatter(
        x=years.tolist(), y=round_off(table["hypervolume"]), mode="lines+markers", name="hypervolume", showlegend=False,
        line={"color": BLUE}, hovertemplate="up to %{x:.0f}: %{y:.2f}<extra></extra>", row=2, col=1,
    )  # fmt: skip
    figure.update_xaxes(title=title, **log2_ticks(fronts[cost]), row=1, col=1)
    figure.update_yaxes(title="G3D Mark, points (log₂ scale)", **log2_ticks(fronts["g3d_mark"]), row=1, col=1)
    figure.update_xaxes(title="Release year", row=2, col=1)
    figure.update_yaxes(title="Hypervolume, share", rangemode="tozero", row=2, col=1)
    note = f"{format_count(study.rows)} GPUs; below: the share of the whole that each frontier encloses, 95 % band"
    return finish_figure(figure, study.question.title, note, 760)
