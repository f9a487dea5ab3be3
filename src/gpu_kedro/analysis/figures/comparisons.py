"""Findings that compare groups: dots with intervals."""

import plotly.graph_objects as go

from gpu_kedro.analysis.figures.marks import log2_ticks, mark_no_effect
from gpu_kedro.analysis.findings import Study
from gpu_kedro.modelling.formatting import format_count
from gpu_kedro.reports.figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    ROW_HEIGHT,
    VERMILION,
    add_dots,
    escape,
    finish_figure,
)

_MAKER_MARKS = {
    "NVIDIA": (GREEN, "circle"),
    "AMD": (VERMILION, "square"),
    "ATI": (ORANGE, "square-open"),
    "Intel": (BLUE, "diamond"),
}
_BARS = "bars: 95 % intervals"


def draw_architectures(study: Study) -> go.Figure:
    """Median points per watt of each architecture, oldest on top."""
    rows, figure = study.table, go.Figure()
    labels = [
        f"{name} ({year:.0f}, n = {count})"
        for name, year, count in zip(escape(rows["architecture"]), rows["release_year"], rows["rows"], strict=True)
    ]
    for maker in rows["manufacturer"].unique():
        own = rows.assign(label=labels)[rows["manufacturer"] == maker]
        marks = _MAKER_MARKS.get(maker, (GREY, "x"))
        add_dots(figure, own["label"].tolist(), own, "points_per_w", maker, marks, unit=" points per watt")
    figure.update_xaxes(
        title="Median G3D Mark points per watt (log₂ scale)",
        **log2_ticks([*rows["points_per_w_low"], *rows["points_per_w_high"]]),
    )
    figure.update_yaxes(
        title="Architecture (median release year, GPUs)", categoryorder="array", categoryarray=labels[::-1]
    )
    note = f"{format_count(study.rows)} GPUs with a power and a specification of their own; {_BARS}"
    return finish_figure(figure, study.question.title, note, 220 + ROW_HEIGHT * len(rows))


def draw_matched(study: Study) -> go.Figure:
    """Ratio of points per watt between segments, over all GPUs and matched."""
    rows, figure = study.table, go.Figure()
    labels = [f"{one['pair']}, {one['matching']} (n = {one['rows']})" for one in rows.to_dict("records")]
    for matching, name, marks in (
        ("all GPUs", "all GPUs", (GREY, "square")),
        ("matched", "matched by release years and power band", (BLUE, "circle")),
    ):
        own = rows.assign(label=labels)[rows["matching"] == matching]
        add_dots(figure, own["label"].tolist(), own, "ratio", name, marks, unit=" times as many points per watt")
    ticks = [0.25, 0.5, 0.71, 1, 1.41, 2, 2.83, 4, 8]
    figure.update_xaxes(title="Ratio of median points per watt (log₂ scale)", type="log", tickvals=ticks)
    figure.update_yaxes(title="Segments compared", categoryorder="array", categoryarray=labels[::-1])
    mark_no_effect(figure, 1.0, "no difference")
    note = f"{format_count(study.rows)} GPUs with a power and a labelled segment; {_BARS}"
    return finish_figure(figure, study.question.title, note, 240 + ROW_HEIGHT * len(rows))


def draw_mobile_penalty(study: Study) -> go.Figure:
    """Laptop score in percent of the desktop namesake's, by generation and span of years."""
    rows, figure = study.table, go.Figure()
    labels = [
        f"{group[:1].upper()}{group[1:]} (n = {count})"
        for group, count in zip(escape(rows["group"]), rows["rows"], strict=True)
    ]
    for kind, name, marks in (
        ("all", "all pairs", (INK, "diamond")),
        ("era", "by release year", (VERMILION, "square")),
        ("generation", "by generation of the desktop card", (BLUE, "circle")),
    ):
        own = rows.assign(label=labels)[rows["kind"] == kind]
        add_dots(figure, own["label"].tolist(), own, "ratio", name, marks, 100, " % of the desktop score")
    figure.update_xaxes(title="Laptop's G3D Mark, % of the desktop card of the same name")
    figure.update_yaxes(title="Pairs", categoryorder="array", categoryarray=labels[::-1])
    mark_no_effect(figure, 100.0, "as fast")
    note = f"{study.rows} sibling pairs, medians; {_BARS}"
    return finish_figure(figure, study.question.title, note, 230 + ROW_HEIGHT * len(rows))


def draw_premium(study: Study) -> go.Figure:
    """Workstation premium in percent, with more and more held equal."""
    rows, figure = study.table, go.Figure()
    labels = rows["held_equal"].tolist()
    add_dots(figure, labels, rows, "premium", "workstation premium", (BLUE, "circle"), 100, " %")
    figure.update_xaxes(title="Workstation card's price above a desktop card's, %", rangemode="tozero")
    figure.update_yaxes(title="Held equal", categoryorder="array", categoryarray=labels[::-1])
    mark_no_effect(figure, 0.0, "no premium")
    note = f"{study.rows} priced cards; bars: 95 % intervals, clustered by chip group"
    return finish_figure(figure, study.question.title, note, 230 + 2 * ROW_HEIGHT * len(rows))


def draw_label_noise(study: Study) -> go.Figure:
    """Median factor between two listings of one model, by their score."""
    rows, figure = study.table, go.Figure()
    labels = [f"{points} ({count} pairs)" for points, count in zip(rows["points"], rows["rows"], strict=True)]
    add_dots(figure, labels, rows, "factor", "median factor between two listings", (BLUE, "circle"))
    figure.update_xaxes(title="Factor between two scores of the same GPU model", rangemode="normal")
    figure.update_yaxes(title="G3D Mark, points", categoryorder="array", categoryarray=labels[::-1])
    mark_no_effect(figure, 1.0, "equal")
    return finish_figure(figure, study.question.title, f"{study.rows} pairs; {_BARS}", 230 + 2 * ROW_HEIGHT * len(rows))


def draw_leaks(study: Study) -> go.Figure:
    """Median error of the honest and of the leaky model, by target."""
    rows, figure = study.table, go.Figure()
    for variant, name, (colour, symbol), side in (
        ("honest", "honest", (BLUE, "circle"), "top center"),
        ("leaky", "with columns made from the answer", (ORANGE, "x"), "bottom center"),
    ):
        own = rows[rows["variant"] == variant]
        figure.add_scatter(
            x=(100 * own["median_error"]).round(2).tolist(), y=escape(own["title"]), mode="markers+text", name=name,
            text=[f"{100 * error:.1f} %" for error in own["median_error"]], textposition=side,
            marker={"color": colour, "symbol": symbol, "size": 11}, hovertemplate="%{y}: %{x:.1f} %",
        )  # fmt: skip
    figure.update_xaxes(title="Median relative error, %", rangemode="tozero")
    figure.update_yaxes(title="Target", range=[rows["target"].nunique() - 0.5, -0.5])
    note = f"{study.rows} GPUs with a price and a power, grouped folds"
    return finish_figure(figure, study.question.title, note, 240 + 80 * rows["target"].nunique())
