"""The backtest of the market: how well each way tells prices, in tables and a plot (`templates/market.html.j2`)."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from gpu_kedro.modelling.formatting import format_count, format_share
from gpu_kedro.reports.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, finish_figure
from gpu_kedro.reports.tables.table import Table
from gpu_kedro.reports.templates import render

_COLOURS = (BLUE, GREY, ORANGE, GREEN, VERMILION)
_ALONE = "this month only"


def write_market_page(backtest: Mapping[str, Any]) -> tuple[go.Figure, str]:
    """The plot, and the page with it.

    Args:
        backtest: what `gpu_kedro.pipelines.market.nodes.replay_history` gives.
    """
    figure = draw_backtest(backtest["rows"])
    contents = {"errors": "How far prices are off", "junk": "With junk among the known prices", "fleets": "Fleets"}
    page = render(
        "market.html",
        contents=contents,
        backtest=backtest,
        figure=figure,
        errors=tabulate_backtest(backtest["rows"]),
        junk=tabulate_backtest(backtest["junk_rows"]),
    )
    return figure, page


def draw_backtest(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Error against the number of known prices of the month: a line for each way, dashed with earlier months."""
    figure = go.Figure()
    names = dict.fromkeys((row["method"], row["cards"]) for row in rows)
    methods = list(dict.fromkeys(method for method, _ in names))
    for method, cards in names:
        chosen = sorted(
            (row["known"], row["error"]) for row in rows if (row["method"], row["cards"]) == (method, cards)
        )
        figure.add_scatter(
            x=[known for known, _ in chosen],
            y=[error for _, error in chosen],
            mode="lines+markers",
            name=method if cards == _ALONE else f"{method}, {cards}",
            line={
                "color": _COLOURS[methods.index(method) % len(_COLOURS)],
                "dash": {_ALONE: "solid", "seen before": "dash"}.get(cards, "dot"),
            },
            hovertemplate="%{x} known: %{y:.1%}",
        )
    figure.update_xaxes(title="known prices of the month", tickvals=sorted({row["known"] for row in rows}))
    figure.update_yaxes(title="median error", tickformat=".0%", rangemode="tozero")
    return finish_figure(figure, "Telling the prices of a month", "mean over months of the median error", 460)


def tabulate_backtest(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One row for each way and number of known prices."""
    ordered = sorted(rows, key=lambda row: (row["cards"] != _ALONE, row["cards"], row["method"] != "market"))
    return Table(
        ("cards", "way", "known prices", "median error", "inside the 90 % interval", "rounds"),
        tuple(
            (
                row["cards"],
                row["method"],
                format_count(row["known"]),
                format_share(row["error"]),
                format_share(row["coverage_90"]),
                format_count(row["rounds"]),
            )
            for row in ordered
        ),
    )
