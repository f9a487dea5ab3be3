"""Figures of the relationships among all known GPUs."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from streamlit_app.backends.base import Record
from streamlit_app.charts.figures import finish, label_name
from streamlit_app.charts.relations import yearly_medians
from streamlit_app.widgets.inputs import title_spec
from streamlit_app.widgets.style import MEASURED, PALETTE, PREDICTED, SYMBOLS
from streamlit_app.widgets.wording import QUANTITIES, escape_html

_FIELD_TITLES = {
    "g3d_mark": "3D mark",
    "g2d_mark": "2D mark",
    "price_usd": "price",
    "tdp_w": "power",
    "test_year": "year of the test",
}


def draw_ratio_over_years(groups: Mapping[str, pd.DataFrame], ratio: str) -> go.Figure:
    """One point a GPU and a line of yearly medians for each group (`select_gpus`), over the year of release."""
    quantity = QUANTITIES[ratio]
    figure = go.Figure()
    for place, (group, gpus) in enumerate(groups.items()):
        colour, symbol = PALETTE[place % len(PALETTE)], SYMBOLS[place % len(SYMBOLS)]
        # a little apart, so that the groups of a year do not hide one another
        shift = (place - (len(groups) - 1) / 2) * 0.6 / max(len(groups), 1)
        figure.add_scatter(
            x=gpus["release_year"] + shift, y=gpus["ratio"], mode="markers", name=escape_html(group),
            legendgroup=group, showlegend=False,
            marker={"color": colour, "symbol": symbol, "size": 5, "opacity": 0.35},
            text=[label_name(name) for name in gpus["name"]],
            customdata=[
                [int(year), "measured" if measured else "predicted"]
                for year, measured in zip(gpus["release_year"], gpus["is_measured"], strict=True)
            ],
            hovertemplate="%{text}<br>%{customdata[0]}: %{y:,.1f}" + quantity.after + ", %{customdata[1]}",
        )  # fmt: skip
        medians = yearly_medians(gpus)
        figure.add_scatter(
            x=medians["release_year"] + shift, y=medians["ratio"], mode="lines+markers",
            name=f"{escape_html(group)} ({len(gpus):,})", legendgroup=group,
            line={"color": colour, "width": 2.5},
            marker={"symbol": symbol, "size": 9, "color": colour, "line": {"color": "white", "width": 1}},
            customdata=medians["rows"], hovertemplate="median %{y:,.1f}" + quantity.after + " of %{customdata} GPUs",
        )  # fmt: skip
    figure.update_xaxes(title="Year of release", dtick=2)
    figure.update_yaxes(
        title=f"{quantity.title} ({quantity.after.strip()}, log)", type="log", dtick="D2", tickformat=","
    )
    return finish(figure, 480)


def draw_siblings(pairs: pd.DataFrame) -> go.Figure:
    """Laptop performance as a share of the desktop sibling's, over the year of release."""
    figure = go.Figure()
    figure.add_hline(100, line={"color": "rgba(127,127,127,.8)", "dash": "dash", "width": 1.5})
    figure.add_scatter(
        x=pairs["release_year"], y=pairs["share"] * 100, mode="markers", name="pair",
        marker={"color": PREDICTED, "size": 9, "opacity": 0.75, "line": {"color": "white", "width": 1}},
        text=[label_name(name) for name in pairs["model"]], customdata=pairs[["desktop", "mobile"]],
        hovertemplate="%{text}<br>desktop %{customdata[0]:,.0f} points, laptop %{customdata[1]:,.0f} points"
        "<br>%{y:.0f} %<extra></extra>",
    )  # fmt: skip
    medians = yearly_medians(pairs.assign(ratio=pairs["share"] * 100))
    figure.add_scatter(
        x=medians["release_year"], y=medians["ratio"], mode="lines", name="median of the year",
        line={"color": MEASURED, "width": 3}, hovertemplate="median %{y:.0f} %<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title="Year of release", dtick=2)
    figure.update_yaxes(title="Laptop, % of the desktop card of the same number", rangemode="tozero", ticksuffix=" %")
    return finish(figure, 420)


def draw_missing(missing: Record) -> go.Figure:
    """Share of GPUs without a value, by field and segment."""
    order = sorted(
        range(len(missing["fields"])),
        key=lambda place: (missing["fields"][place].startswith("spec_"), -missing["missing"][place][0]),
    )
    shares = [[round(100 * share, 1) for share in missing["missing"][place]] for place in order]
    figure = go.Figure(
        go.Heatmap(
            x=[escape_html(group) for group in missing["groups"]],
            y=[_title_field(missing["fields"][place]) for place in order],
            z=shares,
            text=[[f"{share:.0f}" for share in line] for line in shares],
            texttemplate="%{text}",
            colorscale="Blues",
            zmin=0,
            zmax=100,
            showscale=False,
            hovertemplate="%{y}, %{x}<br>%{z:.1f} % missing<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", automargin=True, dtick=1)
    figure.update_xaxes(side="top", automargin=True, tickangle=-45)
    return finish(figure, 120 + 22 * len(order), legend=False)


def _title_field(field: str) -> str:
    if field.startswith("spec_"):
        return escape_html(f"sheet: {title_spec(field.removeprefix('spec_'))}")
    return escape_html(_FIELD_TITLES.get(field, field))
