"""Figures of how well the models do; names from data are escaped before Plotly sees them."""

from collections.abc import Mapping
from math import floor
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from gpu_kedro.modelling.evaluation.confidence import Spread, median_interval, share_interval
from gpu_kedro.modelling.evaluation.metrics import segment_reliability, stratify
from gpu_kedro.modelling.formatting import MODEL_TITLES, format_count, stratum_title
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.reports.figures.style import (
    BLUE,
    DASHED,
    GREY,
    INK,
    ORANGE,
    ROW_HEIGHT,
    SEGMENT_MARKS,
    VERMILION,
    add_dots,
    escape,
    finish_figure,
    interval_bars,
    round_off,
)

_MODEL_MARKS = {"ours": (BLUE, "circle"), "ridge": (ORANGE, "square"), "dummy": (GREY, "x")}
_MATCH_MARKS = {
    "same model found": (BLUE, "circle"),
    "related model found": (ORANGE, "square"),
    "no specification": (VERMILION, "x"),
}
_COVERAGE_MARKS = {"80": (ORANGE, "square"), "90": (BLUE, "circle")}
#: Strata of fewer GPUs are not drawn: their figures are mostly chance.
_SMALLEST_STRATUM = 10
_RELIABILITY_HOVER = "predicted %{x:.2f}, observed %{y:.2f}, %{customdata:,} answers"


def draw_predicted(predictions: pd.DataFrame, model_input: pd.DataFrame, target: str) -> go.Figure:
    """Predicted against measured, both logarithmic, one point for each GPU (grouped split, everything known).

    Args:
        predictions: natural logs `true, predicted` by `gpu_id, split, level, fold`.
        model_input: `gpu_id, name, is_strict, match_kind`.
        target: a regression target.
    """
    facts = TARGETS[target]
    rows = _headline(predictions).merge(model_input[["gpu_id", "name", "is_strict", "match_kind"]], on="gpu_id")
    rows = rows.assign(measured=np.exp(rows["true"]), estimated=np.exp(rows["predicted"]))
    matches = np.select(
        [rows["is_strict"].astype(bool), rows["match_kind"].ne("none")],
        ["same model found", "related model found"],
        "no specification",
    )
    low, high = float(rows["measured"].min()), float(rows["measured"].max())
    figure = go.Figure()
    for name, factor, dash in (("exact", 1.0, "solid"), ("twice or half", 2.0, "dot"), ("half", 0.5, "dot")):
        figure.add_scatter(
            x=[low, high], y=[low * factor, high * factor], mode="lines", name=name, showlegend=factor >= 1,
            line={"color": INK, "width": 1, "dash": dash}, hoverinfo="skip",
        )  # fmt: skip
    for match, (colour, symbol) in _MATCH_MARKS.items():
        chosen = rows[matches == match]
        if chosen.empty:
            continue
        figure.add_scatter(
            x=round_off(chosen["measured"]), y=round_off(chosen["estimated"]),
            mode="markers", name=f"{match} ({format_count(len(chosen))})",
            text=escape(chosen["name"]),
            marker={"color": colour, "symbol": symbol, "size": 6, "opacity": 0.6},
            hovertemplate=f"%{{text}}<br>measured %{{x:,.4~g}} {facts.unit}<br>predicted %{{y:,.4~g}} {facts.unit}",
        )  # fmt: skip
    figure.update_xaxes(type="log", title=f"Measured, {facts.unit} (log scale)")
    figure.update_yaxes(type="log", title=f"Predicted, {facts.unit} (log scale)")
    note = f"{format_count(len(rows))} GPUs, each predicted from other chip families; everything known"
    return finish_figure(figure, f"{facts.title}: predicted against measured", note, 560)


def draw_errors(predictions: pd.DataFrame, model_input: pd.DataFrame, target: str) -> go.Figure:
    """Median relative error with its 95 % interval by stratum, for the model and both baselines.

    Args:
        predictions: natural logs `true, predicted, ridge, dummy` by `gpu_id, split, level`.
        model_input: what `stratify` reads, by `gpu_id`.
        target: a regression target.
    """
    rows = _headline(predictions)
    masks = stratify(model_input.set_index("gpu_id").loc[rows["gpu_id"]])
    drawn = {name: mask.to_numpy() for name, mask in masks.items() if mask.sum() >= _SMALLEST_STRATUM}
    labels = [f"{stratum_title(name)} ({format_count(int(mask.sum()))})" for name, mask in drawn.items()]
    figure = go.Figure()
    for model, column in (("dummy", "dummy"), ("ridge", "ridge"), ("ours", "predicted")):
        errors = np.abs(np.expm1((rows[column] - rows["true"]).to_numpy()))
        spreads = [median_interval(errors[mask]) for mask in drawn.values()]
        _add_spreads(figure, spreads, labels, MODEL_TITLES[model], _MODEL_MARKS[model])
    figure.update_xaxes(title="Median relative error, % of the measured value (log scale)", type="log")
    figure.update_yaxes(title="Stratum (GPUs)", autorange="reversed")
    note = "grouped split, everything known; bars: 95 % interval of the median"
    return finish_figure(figure, f"{TARGETS[target].title}: error by stratum", note, 220 + ROW_HEIGHT * len(drawn))


def draw_coverage(results: Mapping[str, Any]) -> go.Figure:
    """Share of GPUs inside their 80 % and 90 % intervals by stratum, one panel for each split (everything known).

    Args:
        results: split → level → model → stratum → metric of one regression target.
    """
    splits = {split: levels["everything"]["ours"] for split, levels in results["splits"].items()}
    titles = [f"{split} split ({format_count(strata['all']['rows'])} GPUs)" for split, strata in splits.items()]
    figure = make_subplots(1, len(splits), shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.06)
    order = [
        stratum_title(name)
        for name, metrics in next(iter(splits.values())).items()
        if metrics["rows"] >= _SMALLEST_STRATUM
    ]
    for place, strata in enumerate(splits.values(), start=1):
        drawn = {name: item for name, item in strata.items() if item["rows"] >= _SMALLEST_STRATUM}
        labels = [stratum_title(name) for name in drawn]
        for percent, marks in _COVERAGE_MARKS.items():
            if not all(f"coverage_{percent}" in metrics for metrics in drawn.values()):
                continue
            spreads = [share_interval(item[f"coverage_{percent}"], item["rows"]) for item in drawn.values()]
            _add_spreads(
                figure, spreads, labels, f"{percent} % interval", marks, row=1, col=place, showlegend=place == 1
            )
            figure.add_vline(int(percent), line={"color": marks[0], "width": 1, "dash": "dash"}, row=1, col=place)
    shown = [trace.x[place] - trace.error_x.arrayminus[place] for trace in figure.data for place in range(len(trace.x))]
    lowest = 10 * floor(min([*shown, 70.0]) / 10)
    figure.update_xaxes(title="GPUs inside their interval, %", range=[lowest, 102], dtick=10)
    figure.update_yaxes(categoryorder="array", categoryarray=order[::-1])
    figure.update_yaxes(title="Stratum", col=1)
    title = f"{TARGETS[results['target']].title}: interval coverage by stratum"
    note = "dashed: nominal; bars: 95 % interval of the share; everything known"
    return finish_figure(figure, title, note, 240 + ROW_HEIGHT * len(order))


def draw_confusion(predictions: pd.DataFrame) -> go.Figure:
    """True against likeliest combination of segments (grouped split, everything known).

    Args:
        predictions: `true` (position of the combination) and `p_…` by `split, level`.
    """
    rows = _headline(predictions)
    classes = _classes(rows)
    chosen = rows[[f"p_{name}" for name in classes]].to_numpy().argmax(axis=1)
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(counts, (rows["true"].to_numpy(), chosen), 1)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    figure = go.Figure(
        go.Heatmap(
            x=[name.replace(", ", ",<br>") for name in classes],
            y=[f"{name} ({total:,})" for name, total in zip(classes, totals[:, 0], strict=True)],
            z=[round_off(line) for line in shares * 100],
            text=[[f"{count:,}" if count else "" for count in line] for line in counts],
            texttemplate="%{text}",
            colorscale="Blues",
            zmin=0,
            zmax=100,
            colorbar={"title": "% of row", "ticksuffix": " %"},
            hovertemplate="true: %{y}<br>predicted: %{x}<br>%{text} GPUs, %{z:.1f} % of the row<extra></extra>",
        )
    )
    figure.update_xaxes(title="Predicted segments", tickangle=0)
    figure.update_yaxes(title="True segments (GPUs)", autorange="reversed")
    note = f"{format_count(len(rows))} GPUs, each predicted from other chip families; everything known"
    return finish_figure(figure, "Market segment: predicted against true", note, 480)


def draw_reliability(predictions: pd.DataFrame) -> go.Figure:
    """Observed share against predicted probability of each segment in ten bins, with the GPUs in each bin.

    Args:
        predictions: `true` (position of the combination) and `p_…` by `split, level`.
    """
    rows = _headline(predictions)
    classes = _classes(rows)
    probabilities = rows[[f"p_{name}" for name in classes]].to_numpy()
    bins = segment_reliability(rows["true"].to_numpy(), probabilities, classes)
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.06)
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="perfectly calibrated", hoverinfo="skip",
        line=DASHED, row=1, col=1,
    )  # fmt: skip
    pooled = pd.DataFrame(bins["all"])
    figure.add_scatter(
        x=round_off(pooled["probability"]), y=round_off(pooled["share"]), mode="lines+markers", name="all segments",
        marker={"color": "#000000", "size": 9}, line={"color": "#000000", "width": 1},
        error_y=interval_bars(pooled["share"], pooled["lower"], pooled["upper"]), customdata=pooled["rows"].tolist(),
        hovertemplate=_RELIABILITY_HOVER, row=1, col=1,
    )  # fmt: skip
    for segment, (colour, symbol) in SEGMENT_MARKS.items():
        own = pd.DataFrame(bins[segment])
        figure.add_scatter(
            x=round_off(own["probability"]), y=round_off(own["share"]), mode="markers", name=segment, opacity=0.7,
            marker={"color": colour, "symbol": symbol, "size": 8}, customdata=own["rows"].tolist(),
            hovertemplate=_RELIABILITY_HOVER, row=1, col=1,
        )  # fmt: skip
        figure.add_bar(
            x=own["middle"].tolist(), y=own["rows"].tolist(), name=segment, showlegend=False,
            marker={"color": colour}, hovertemplate="%{y:,} GPUs", row=2, col=1,
        )  # fmt: skip
    figure.update_xaxes(range=[-0.02, 1.02])
    figure.update_xaxes(title="Predicted probability of the segment", row=2)
    figure.update_yaxes(title="Observed share", range=[-0.04, 1.04], row=1)
    figure.update_yaxes(title="GPUs in the bin<br>(log scale)", type="log", row=2)
    note = "ten equal bins; bars: 95 % interval of the share over all segments; grouped split, everything known"
    return finish_figure(figure, "Market segment: are the probabilities right?", note, 620)


def _headline(predictions: pd.DataFrame) -> pd.DataFrame:
    """The predictions that figures show: grouped split, everything known."""
    chosen = (predictions["split"] == "grouped") & (predictions["level"] == "everything")
    return predictions[chosen].reset_index(drop=True)


def _classes(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(column.removeprefix("p_") for column in rows.columns if column.startswith("p_"))


def _add_spreads(
    figure: go.Figure, spreads: list[Spread], labels: list[str], name: str, marks: tuple[str, str], **place: Any
) -> None:
    """Add one horizontal dot with its interval for each label, in percent."""
    rows = pd.DataFrame(spreads, columns=["share", "share_low", "share_high"])
    add_dots(figure, labels, rows, "share", name, marks, scale=100, unit=" %", **place)
