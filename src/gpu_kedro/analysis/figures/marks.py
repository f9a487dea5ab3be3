"""Logarithmic axes, points by segment and lines, for figures of the findings."""

from collections.abc import Iterable
from math import ceil, floor, log2
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.modelling.formatting import format_count
from gpu_kedro.reports.figures.style import DASHED, GREY, INK, SEGMENT_MARKS, escape, round_off

_SEGMENT_MARKS = {**SEGMENT_MARKS, "not labelled": (GREY, "x")}
_MOST_TICKS = 8


def with_opacity(colour: str, opacity: float) -> str:
    """A hexadecimal colour with an opacity, as rgba()."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def log2_ticks(values: Iterable[float]) -> dict[str, Any]:
    """Settings of a logarithmic axis with ticks at powers of two, over positive values."""
    finite = [value for value in values if value is not None and value == value and 0 < value < float("inf")]
    low, high = floor(log2(min(finite))), ceil(log2(max(finite)))
    step = max(1, ceil((high - low) / _MOST_TICKS))
    ticks = [2.0**power for power in range(low, high + 1, step)]
    return {"type": "log", "tickvals": ticks, "ticktext": [_tick(tick) for tick in ticks]}


def _tick(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:.3g}"


def add_segment_points(figure: go.Figure, rows: pd.DataFrame, values: pd.Series, unit: str) -> None:
    """Add one small mark for each GPU (`name, release_year, segment`) over its year, by its first labelled segment."""
    first = rows["segment"].fillna("not labelled").str.split(", ").str[0]
    # whole years would lie on one another: spread by position, not by chance
    spread = np.linspace(-0.3, 0.3, 13)[np.arange(len(rows)) % 13]
    for segment, (colour, symbol) in _SEGMENT_MARKS.items():
        chosen = (first == segment).to_numpy()
        if not chosen.any():
            continue
        figure.add_scatter(
            x=round_off(rows["release_year"].to_numpy(float)[chosen] + spread[chosen]),
            y=round_off(values.to_numpy(float)[chosen]),
            mode="markers",
            name=f"{segment} ({format_count(int(chosen.sum()))})",
            text=escape(rows["name"].to_numpy()[chosen]),
            marker={"color": colour, "symbol": symbol, "size": 5, "opacity": 0.45},
            hovertemplate=f"%{{text}}: %{{y:,.3~g}} {unit}<extra></extra>",
        )


def add_line(figure: go.Figure, x: Any, y: Any, name: str, colour: str, dash: str = "solid") -> None:
    """Add a line."""
    figure.add_scatter(
        x=round_off(x),
        y=round_off(y),
        mode="lines",
        name=name,
        line={"color": colour, "width": 2.5, "dash": dash},
        hovertemplate="%{x:.0f}: %{y:,.3~g}",
    )


def mark_no_effect(figure: go.Figure, at: float, words: str) -> None:
    """Mark the place of "no effect" with a dashed vertical line."""
    figure.add_vline(at, line=DASHED)
    figure.add_annotation(
        x=log2(at) / log2(10) if figure.layout.xaxis.type == "log" else at,
        y=1, yref="paper", yanchor="bottom", text=words, showarrow=False, font={"size": 11, "color": INK},
    )  # fmt: skip
