"""Interactive figures. Plotly reads HTML in its texts, so names are escaped before it sees them."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from streamlit_app.widgets.style import LISTED, MEASURED, PREDICTED
from streamlit_app.widgets.wording import QUANTITIES, escape_html, shorten

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
_BANDS = {90: "rgba(27, 127, 196, 0.18)", 80: "rgba(27, 127, 196, 0.32)"}
#: Source → colour and shape of its mark: those of `style.css`.
_MARKS = {
    "measured": (MEASURED, "diamond"),
    "given": (LISTED, "triangle-up"),
    "listed": (LISTED, "square"),
    "predicted": (PREDICTED, "circle"),
}


def label_name(name: str | None, length: int = 34) -> str:
    """A name as an axis or a hover shows it."""
    return escape_html(shorten(name or "unnamed", length))


def finish(figure: go.Figure, height: int, *, legend: bool = True) -> go.Figure:
    """The same frame for every figure: no ground of its own, little margin, the legend above."""
    return figure.update_layout(
        height=height,
        margin={"t": 40 if legend else 12, "r": 12, "b": 8, "l": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": None},
        hoverlabel={"namelength": -1},
        dragmode=False,
    )


def draw_curve(
    xs: Sequence[float], columns: Mapping[str, Sequence[float]], target: str, here: float, title: str
) -> go.Figure:
    """The predicted figure over one field of the sheet, with its 80 % and 90 % bands, and where the field stands now.

    Args:
        xs: values of the field, whose words are the title.
        columns: `<target>_predicted`, `<target>_low_80` and so on, as a batch answers.
    """
    quantity = QUANTITIES[target]
    figure = go.Figure()
    for percent, colour in _BANDS.items():
        figure.add_scatter(
            x=[*xs, *reversed(xs)],
            y=[*columns[f"{target}_high_{percent}"], *reversed(columns[f"{target}_low_{percent}"])],
            fill="toself", fillcolor=colour, line={"width": 0}, name=f"{percent} % band", hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=list(xs), y=list(columns[f"{target}_predicted"]), mode="lines", name="predicted",
        line={"color": PREDICTED, "width": 3},
        hovertemplate=f"%{{x:,.5~g}}<br>{quantity.before}%{{y:,.0f}}{quantity.after}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(here, line={"color": "rgba(127,127,127,.8)", "dash": "dash", "width": 1.5})
    figure.update_xaxes(title=title, tickformat=",")
    figure.update_yaxes(
        title=f"{quantity.title} ({quantity.unit})", rangemode="tozero", tickformat=",", tickprefix=quantity.before
    )
    return finish(figure, 380)


def draw_side_by_side(rows: Sequence[Mapping[str, Any]], quantity_name: str) -> go.Figure:
    """One figure of several GPUs as points with their 80 % (thick) and 90 % (thin) intervals.

    Args:
        rows: `name`, `value`, `source`, `interval_80`, `interval_90`, in the order shown; a missing value is None.
    """
    quantity = QUANTITIES[quantity_name]
    labels = _distinct([label_name(row["name"], 26) for row in rows])
    figure = go.Figure()
    for percent, width in ((90, 5), (80, 11)):
        for label, row in zip(labels, rows, strict=True):
            if row[f"interval_{percent}"] is None:
                continue
            low, high = row[f"interval_{percent}"]
            figure.add_scatter(
                x=[low, high], y=[label, label], mode="lines", showlegend=False,
                line={"color": _BANDS[percent].replace("0.18", "0.45").replace("0.32", "0.6"), "width": width},
                hovertemplate=f"{percent} %: {quantity.write_range((low, high))}<extra>{label}</extra>",
            )  # fmt: skip
    for source, (colour, symbol) in _MARKS.items():
        chosen = [(label, row) for label, row in zip(labels, rows, strict=True) if row["source"] == source]
        if chosen:
            figure.add_scatter(
                x=[row["value"] for _, row in chosen], y=[label for label, _ in chosen], mode="markers", name=source,
                marker={"color": colour, "symbol": symbol, "size": 13, "line": {"color": "white", "width": 1.5}},
                customdata=[quantity.write(row["value"]) for _, row in chosen],
                hovertemplate="%{customdata}<extra>%{y}, " + source + "</extra>",
            )  # fmt: skip
    figure.update_yaxes(categoryorder="array", categoryarray=labels[::-1], automargin=True, title=None)
    ends = [end for row in rows for end in (row["value"], *(row["interval_90"] or ())) if end is not None]
    figure.update_xaxes(
        title=quantity.unit,
        range=[0, 1.06 * max(ends, default=1)],
        tickformat=",",
        tickprefix=quantity.before,
        nticks=5,
        tickangle=0,
    )
    return finish(figure, 70 + 44 * len(rows), legend=False)


def _distinct(labels: Sequence[str]) -> list[str]:
    """Labels that are alike would share a line: the later ones get a number."""
    seen: dict[str, int] = {}
    told = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        told.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return told
