"""Findings over release years."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.analysis.figures.marks import add_line, add_segment_points, log2_ticks, with_opacity
from gpu_kedro.analysis.findings import Study
from gpu_kedro.analysis.price_performance import EPOCH_YEARS
from gpu_kedro.modelling.formatting import format_count
from gpu_kedro.reports.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SEGMENT_MARKS,
    VERMILION,
    escape,
    finish_figure,
    round_off,
)

_YEARS = "Release year"
_TIER_MARKS = {60: (BLUE, "circle"), 70: (ORANGE, "square"), 80: (GREEN, "diamond")}


def draw_price_performance(study: Study) -> go.Figure:
    """Points per dollar of each GPU with the median and the 90th-percentile line, and Epoch's slope."""
    lines = study.table[(study.table["gpus"] == "all GPUs")].set_index("line")
    trends = [
        (name, lines.loc[name].to_dict(), colour) for name, colour in (("median", INK), ("90th percentile", VERMILION))
    ]
    epoch = {**trends[0][1], "log2_per_year": 1 / EPOCH_YEARS, "doubling_years": EPOCH_YEARS}
    figure = _draw_trends(study, "points_per_usd", "points per US dollar", trends)
    _add_trend(figure, study.points, epoch, f"slope of Epoch: {EPOCH_YEARS} years", PURPLE, "dot")
    note = f"{format_count(study.rows)} GPUs with a price (seen up to 2022) and a specification of their own"
    return finish_figure(figure, study.question.title, note, 600)


def draw_power_performance(study: Study) -> go.Figure:
    """Points per watt of each GPU with a line for each segment."""
    lines = study.table.to_dict("records")
    trends = [(line["segment"], line, SEGMENT_MARKS[line["segment"]][0]) for line in lines]
    figure = _draw_trends(study, "points_per_w", "points per watt", trends)
    note = f"{format_count(study.rows)} GPUs with a power, a labelled segment and a specification of their own"
    return finish_figure(figure, study.question.title, note, 600)


def _draw_trends(
    study: Study, column: str, unit: str, trends: Iterable[tuple[str, Mapping[Any, Any], str]]
) -> go.Figure:
    """A mark for each GPU over its release year, and a line for each trend: name, row of the table, colour."""
    rows, figure = study.points, go.Figure()
    add_segment_points(figure, rows, rows[column], unit.replace("US ", ""))
    for name, trend, colour in trends:
        _add_trend(figure, rows, trend, f"{name}: doubles in {trend['doubling_years']:.1f} years", colour)
    figure.update_xaxes(title=_YEARS)
    figure.update_yaxes(title=f"G3D Mark {unit} (log₂ scale)", **log2_ticks(rows[column]))
    return figure


def _add_trend(
    figure: go.Figure, rows: pd.DataFrame, trend: Mapping[Any, Any], name: str, colour: str, dash: str = "solid"
) -> None:
    years = np.array([rows["release_year"].min(), rows["release_year"].max()], dtype=float)
    heights = 2.0 ** (trend["log2_level"] + trend["log2_per_year"] * (years - trend["at_year"]))
    add_line(figure, years, heights, name, colour, dash)


def draw_uplift(study: Study) -> go.Figure:
    """G3D Mark of each card of the ladder, with the factor to its predecessor."""
    cards, figure = study.points, go.Figure()
    names = {
        one: f"GTX {one}00" if one < 10 else f"{'GTX' if one == 10 else 'RTX'} {one}"
        for one in sorted(cards["generation"].unique())
    }
    for tier, (colour, symbol) in _TIER_MARKS.items():
        own = cards[cards["tier"] == tier]
        ratios = (own["g3d_mark"] / own["g3d_mark"].shift()).to_list()
        figure.add_scatter(
            x=[names[one] for one in own["generation"]],
            y=round_off(own["g3d_mark"]),
            mode="lines+markers+text",
            name=f"x{tier}",
            text=["" if ratio != ratio else f"×{ratio:.2f}" for ratio in ratios],
            textposition="top center" if tier == 80 else "bottom center" if tier == 60 else "bottom right",
            textfont={"size": 11, "color": colour},
            customdata=escape(own["name"]),
            marker={"color": colour, "symbol": symbol, "size": 9},
            line={"color": colour},
            hovertemplate="%{customdata}: %{y:,} points<extra></extra>",
        )
    figure.update_xaxes(
        title="Generation of NVIDIA's desktop cards", categoryorder="array", categoryarray=list(names.values())
    )
    figure.update_yaxes(
        title="G3D Mark, points (log₂ scale)", **log2_ticks([*cards["g3d_mark"], cards["g3d_mark"].min() / 1.3])
    )
    note = f"factor to the card before; {study.rows} steps of {len(cards)} cards"
    return finish_figure(figure, study.question.title, note, 680)


def draw_index(study: Study) -> go.Figure:
    """The quality-adjusted index with its interval, and the plain median price beside it."""
    rows, figure = study.table, go.Figure()
    base = int(study.figures["base_year"])
    years = rows["release_year"].astype(float)
    figure.add_scatter(
        x=[*years, *years[::-1]],
        y=[*round_off(rows["index_high"]), *round_off(rows["index_low"][::-1])],
        fill="toself", fillcolor=with_opacity(BLUE, 0.18), line={"width": 0}, name="95 % interval", hoverinfo="skip",
    )  # fmt: skip
    add_line(figure, years, rows["index"], "equal quality", BLUE)
    add_line(figure, years, rows["median_price_index"], "median price, not adjusted", ORANGE, "dash")
    figure.update_xaxes(title=_YEARS)
    figure.update_yaxes(
        title=f"Price index, {base} = 100 (log₂ scale)",
        **log2_ticks([*rows["index_low"], *rows["index_high"], *rows["median_price_index"]]),
    )
    note = f"{format_count(study.rows)} Desktop and Workstation cards; prices seen up to 2022, in dollars of then"
    return finish_figure(figure, study.question.title, note, 500)


def draw_benchmark_years(study: Study) -> go.Figure:
    """Median test year with the span from the 10th to the 90th percentile, over release years."""
    rows, figure = study.table, go.Figure()
    years = rows["release_year"].astype(float)
    add_line(
        figure, [years.min(), years.max()], [years.min(), years.max()], "tested in the year of release", INK, "dash"
    )
    middle = rows["median_test_year"]
    figure.add_scatter(
        x=years.tolist(),
        y=middle.tolist(),
        mode="markers",
        name="median test year, 10th to 90th percentile",
        error_y={
            "type": "data", "symmetric": False, "thickness": 1.3, "width": 0,
            "array": round_off(rows["test_year_p90"] - middle), "arrayminus": round_off(middle - rows["test_year_p10"]),
        },
        marker={"color": BLUE, "size": 9},
        customdata=rows["rows"].tolist(),
        hovertemplate="released %{x:.0f}: tested %{y:.0f} (median of %{customdata:,})<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title=_YEARS)
    figure.update_yaxes(title="Year of the benchmark", tickformat=".0f")
    return finish_figure(
        figure, study.question.title, f"{format_count(study.rows)} GPUs with a specification of their own", 500
    )
