"""Figures of how good the served models are."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from gpu_kedro.modelling.evaluation.confidence import share_interval
from gpu_kedro.modelling.formatting import STRATUM_TITLES, stratum_title
from streamlit_app.charts.figures import finish
from streamlit_app.widgets.style import MEASURED, NEUTRAL, PREDICTED, SEGMENT_MARKS
from streamlit_app.widgets.wording import escape_html

SMALLEST_STRATUM = 10


def draw_coverage(strata: Mapping[str, Mapping[str, float | None]]) -> go.Figure:
    """Share of GPUs inside their 80 % and 90 % intervals by stratum, with its 95 % interval (`list_strata`)."""
    drawn = list_strata(strata)
    labels = [f"{stratum_title(name)} ({metrics['rows']:,.0f})" for name, metrics in drawn.items()]
    figure = go.Figure()
    for percent, colour, symbol in ((80, MEASURED, "square"), (90, PREDICTED, "circle")):
        spreads = [share_interval(one[f"coverage_{percent}"] or 0.0, one["rows"] or 1.0) for one in drawn.values()]
        figure.add_scatter(
            x=[100 * one.value for one in spreads], y=labels, mode="markers", name=f"{percent} % interval",
            marker={"color": colour, "symbol": symbol, "size": 9},
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 0,
                "array": [100 * (one.upper - one.value) for one in spreads],
                "arrayminus": [100 * (one.value - one.lower) for one in spreads],
            },
            hovertemplate="%{y}: %{x:.1f} % inside<extra></extra>",
        )  # fmt: skip
        figure.add_vline(percent, line={"color": colour, "width": 1.5, "dash": "dash"})
    figure.update_xaxes(title="GPUs inside their interval (%)", ticksuffix=" %")
    figure.update_yaxes(categoryorder="array", categoryarray=labels[::-1], automargin=True)
    return finish(figure, 130 + 26 * len(labels))


def list_strata(strata: Mapping[str, Mapping[str, float | None]]) -> dict[str, Mapping[str, float]]:
    """Strata with intervals and enough GPUs to say something."""
    return {
        name: {key: float(value) for key, value in metrics.items() if value is not None}
        for name, metrics in order_strata(strata).items()
        if (metrics.get("rows") or 0) >= SMALLEST_STRATUM and metrics.get("coverage_90") is not None
    }


def order_strata(strata: Mapping[str, Any]) -> dict[str, Any]:
    """Strata as the report orders them, whatever the order of the answer."""
    order = [*STRATUM_TITLES, *strata]
    return {name: strata[name] for name in sorted(strata, key=order.index)}


def draw_weights(weights: Sequence[Mapping[str, Any]], *, are_factors: bool) -> go.Figure:
    """How much the answers rest on each input, as bars from "no weight", the weightiest first.

    Figures are moved by factors, probabilities by percentage points.
    """
    nothing = 1.0 if are_factors else 0.0
    texts = [f"×/÷ {one['weight']:.2f}" if are_factors else f"{one['weight']:.1f}" for one in weights]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=[escape_html(one["title"]) for one in weights],
            x=[one["weight"] - nothing for one in weights],
            base=nothing,
            marker={"color": PREDICTED},
            text=texts,
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    furthest = max(one["weight"] for one in weights)
    figure.update_yaxes(autorange="reversed", automargin=True, title=None)
    figure.update_xaxes(
        title="Typical factor" if are_factors else "Typical percentage points", nticks=4, tickangle=0,
        range=[nothing, furthest + 0.35 * (furthest - nothing)],
    )  # fmt: skip
    return finish(figure, 90 + 34 * len(weights), legend=False)


def draw_reliability(bins: Mapping[str, Sequence[Mapping[str, Any]]]) -> go.Figure:
    """Observed share against predicted probability, for all segments together (`all`) and each alone."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", name="perfectly calibrated", hoverinfo="skip",
        line={"color": NEUTRAL, "width": 1.5, "dash": "dash"},
    )  # fmt: skip
    pooled = bins.get("all", [])
    figure.add_scatter(
        x=[100 * one["probability"] for one in pooled], y=[100 * one["share"] for one in pooled],
        mode="lines+markers", name="all segments", line={"color": PREDICTED, "width": 2}, marker={"size": 10},
        error_y={
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 0,
            "array": [100 * (one["upper"] - one["share"]) for one in pooled],
            "arrayminus": [100 * (one["share"] - one["lower"]) for one in pooled],
        },
        customdata=[one["rows"] for one in pooled], hovertemplate=_HOVER,
    )  # fmt: skip
    for segment, (colour, symbol) in SEGMENT_MARKS.items():
        some = bins.get(segment, [])
        figure.add_scatter(
            x=[100 * one["probability"] for one in some], y=[100 * one["share"] for one in some], mode="markers",
            name=segment, marker={"color": colour, "symbol": symbol, "size": 8}, opacity=0.8,
            customdata=[one["rows"] for one in some], hovertemplate=_HOVER,
        )  # fmt: skip
    figure.update_xaxes(title="Predicted probability", range=[-2, 102], ticksuffix=" %")
    figure.update_yaxes(title="Came true", range=[-4, 104], ticksuffix=" %")
    return finish(figure, 440)


_HOVER = "said %{x:.0f} %, came true %{y:.0f} %, %{customdata:,} answers"
