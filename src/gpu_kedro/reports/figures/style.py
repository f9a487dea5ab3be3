"""What all Plotly figures share: colours, rounding, dots with intervals, the frame; legible at 800 pixels."""

import html
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

# Okabe and Ito (2008), Color universal design: eight colours that colour-blind people tell apart.
BLUE, ORANGE, GREEN, VERMILION, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
GREY, INK = "#7F7F7F", "#444444"
SEGMENT_MARKS = {"Desktop": (BLUE, "circle"), "Mobile": (ORANGE, "square"), "Workstation": (GREEN, "diamond")}
DASHED = {"color": INK, "width": 1, "dash": "dash"}
#: Pixels for one label of a vertical axis.
ROW_HEIGHT = 26


def round_off(values: Iterable[float]) -> list[float | None]:
    """Five significant digits: more cannot be seen, and they would double the file."""
    return [float(f"{value:.5g}") if value == value else None for value in values]


def escape(names: Iterable[Any]) -> list[str]:
    """Names as Plotly may show them."""
    return [html.escape(str(name)) for name in names]


def interval_bars(values: Any, lows: Any, highs: Any) -> dict[str, Any]:
    """Error bars from the lower to the upper end of each value's interval."""
    return {
        "type": "data",
        "symmetric": False,
        "array": round_off(np.maximum(highs - values, 0)),
        "arrayminus": round_off(np.maximum(values - lows, 0)),
    }


def add_dots(
    figure: go.Figure,
    labels: list[str],
    rows: pd.DataFrame,
    column: str,
    name: str,
    marks: tuple[str, str],
    scale: float = 1.0,
    unit: str = "",
    **place: Any,
) -> None:
    """Add horizontal dots with their 95 % intervals, one a label.

    Args:
        figure: is added to.
        labels: on the vertical axis.
        rows: `column`, `column_low` and `column_high`, in the order of the labels.
        column: what is drawn.
        name: in the legend.
        marks: colour and symbol.
        scale: what values are multiplied by.
        unit: of the hover text.
        place: of the trace.
    """
    colour, symbol = marks
    values, lows, highs = (scale * rows[f"{column}{end}"].to_numpy(float) for end in ("", "_low", "_high"))
    figure.add_scatter(
        x=round_off(values),
        y=labels,
        mode="markers",
        name=name,
        error_x=interval_bars(values, lows, highs) | {"thickness": 1.3, "width": 0},
        marker={"color": colour, "symbol": symbol, "size": 9},
        hovertemplate=f"%{{y}}: %{{x:,.3~g}}{unit}<extra>{html.escape(name)}</extra>",
        **place,
    )


def finish_figure(figure: go.Figure, title: str, note: str, height: int) -> go.Figure:
    """Give every figure the same frame: its title with a note, white ground, a legend below."""
    return figure.update_layout(
        template="plotly_white",
        title={
            "text": f"{title}<br><sup>{note}</sup>",
            "x": 0.01,
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 26},
        },
        height=height,
        font={"size": 13},
        margin={"t": 90, "r": 40, "b": 110, "l": 90},
        legend={"orientation": "h", "yref": "container", "y": 0.01, "yanchor": "bottom", "x": 0},
        hoverlabel={"namelength": -1},
    )
