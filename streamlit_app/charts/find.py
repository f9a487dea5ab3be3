"""Price against performance: all cards that are wanted, and those that no other beats."""

import math
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from streamlit_app.charts.figures import finish, label_name
from streamlit_app.widgets.style import MEASURED, PREDICTED

_LEAST_TICKS = 4
#: Multiples of powers of ten that an axis may show, coarse to fine.
_MANTISSAS: tuple[tuple[float, ...], ...] = (
    (1,), (1, 2, 5), (1, 1.5, 2, 3, 5, 7), (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9),
)  # fmt: skip
_MOST_LABELS = 7


def draw_frontier(best: pd.DataFrame, others: pd.DataFrame) -> go.Figure:
    """Both axes logarithmic; measured prices are diamonds, predicted ones open circles, the frontier is a line."""
    figure = go.Figure()
    is_measured = others["price_usd_source"] == "measured"
    looks = (
        ("predicted price", others[~is_measured], {"color": PREDICTED, "symbol": "circle-open", "size": 6}),
        ("measured price", others[is_measured], {"color": MEASURED, "symbol": "diamond", "size": 6}),
    )
    for title, part, marker in looks:
        if not part.empty:
            figure.add_scatter(
                x=part["price_usd"], y=part["g3d_mark"], mode="markers", name=title, marker={**marker, "opacity": 0.5},
                text=[label_name(name) for name in part["name"]],
                hovertemplate="%{text}<br>$%{x:,.0f}, %{y:,.0f} points<extra></extra>",
            )  # fmt: skip
    if not best.empty:
        figure.add_scatter(
            x=best["price_usd"], y=best["g3d_mark"], mode="lines+markers+text", name="best for the money",
            line={"color": MEASURED, "width": 2, "shape": "hv"},
            marker={"color": MEASURED, "symbol": "diamond", "size": 11, "line": {"color": "white", "width": 1}},
            text=_choose_labels(best), cliponaxis=False, textposition="top left", textfont={"size": 11},
            customdata=[label_name(name) for name in best["name"]],
            hovertemplate="<b>%{customdata}</b><br>$%{x:,.0f}, %{y:,.0f} points<extra></extra>",
        )  # fmt: skip
    for update, title, prefix, values in (
        (figure.update_xaxes, "Price (US dollars)", "$", others["price_usd"]),
        (figure.update_yaxes, "3D performance (points)", "", others["g3d_mark"]),
    ):
        low, high = float(values.min()) / 1.5, float(values.max()) * 1.9
        update(
            type="log", title=title, tickprefix=prefix, tickformat=",", range=[math.log10(low), math.log10(high)],
            tickvals=list_ticks(low, high), tickangle=0,
        )  # fmt: skip
    return finish(figure, 460)


def list_ticks(low: float, high: float) -> list[float]:
    """Round numbers between two above 0 for a logarithmic axis: at least four, however near they lie, and else few."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for mantissas in _MANTISSAS:
        ticks = [mantissa * 10**decade for decade in decades for mantissa in mantissas]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) >= _LEAST_TICKS:
            return inside
    step = 10 ** math.floor(math.log10((high - low) / _LEAST_TICKS))
    step *= next(many for many in (5, 2, 1) if (high - low) / (many * step) >= _LEAST_TICKS)
    first = math.ceil(low / step)
    return [place * step for place in range(first, math.floor(high / step) + 1)]


def _choose_labels(best: pd.DataFrame) -> Sequence[str]:
    """Names of points that lie far enough apart to be read, the dearest ones first; the others are empty."""
    places = [math.log10(price) for price in best["price_usd"]]
    apart = (max(places) - min(places)) / _MOST_LABELS
    labels = [""] * len(best)
    last = math.inf
    for place in range(len(best) - 1, -1, -1):
        if last - places[place] >= apart:
            labels[place], last = label_name(best["name"].iloc[place], 22), places[place]
    return labels
