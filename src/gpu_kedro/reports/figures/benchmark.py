"""The comparison with other models as a plot: a dot for each model, its spread over the seeds as a bar."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.reports.figures.style import BLUE, ORANGE, VERMILION, finish_figure

OPPONENT_TITLES: dict[str, str] = {
    "dummy": "dummy",
    "ridge": "ridge",
    "random_forest": "random forest",
    "catboost": "CatBoost default",
    "autogluon": "AutoGluon",
    "ours": "this model",
}
INPUT_TITLES: dict[str, str] = {"features": "our features", "raw": "raw columns"}
#: The figure a target is judged by, smaller is better, and what it is called.
MAIN_METRICS: dict[str, tuple[str, str]] = {
    "regression": ("rmsle", "RMSLE"),
    "classification": ("log_loss", "log loss"),
}
_MARKS = {"features": (BLUE, "circle"), "raw": (ORANGE, "square"), "same_split": (VERMILION, "diamond-open")}
_TICKS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 1.5, 2, 3)


def draw_comparison(benchmark: Mapping[str, Any]) -> go.Figure:
    """The main figure of every model and target: means over the seeds, and what the common split with AutoGluon gave.

    Args:
        benchmark: what `gpu_kedro.pipelines.benchmark` collects.
    """
    targets: Mapping[str, Any] = benchmark["targets"]
    panels = [f"{TARGETS[name].title}: {MAIN_METRICS[TARGETS[name].task][1]}" for name in targets]
    figure = make_subplots(
        (len(targets) + 1) // 2, 2, subplot_titles=panels, vertical_spacing=0.14, horizontal_spacing=0.18
    )
    for place, (name, found) in enumerate(targets.items()):
        metric, _ = MAIN_METRICS[TARGETS[name].task]
        for kind, (colour, symbol) in _MARKS.items():
            points = _points(found["comparison"], kind, metric)
            figure.add_scatter(
                x=[point[1] for point in points],
                y=[OPPONENT_TITLES[point[0]] for point in points],
                error_x={"type": "data", "array": [point[2] or 0.0 for point in points], "thickness": 1.2, "width": 3},
                mode="markers",
                name="our features, first fold" if kind == "same_split" else INPUT_TITLES[kind],
                legendgroup=kind,
                showlegend=place == 0,
                marker={"color": colour, "symbol": symbol, "size": 9},
                hovertemplate="%{y}: %{x:.3f}",
                row=place // 2 + 1,
                col=place % 2 + 1,
            )
    figure.update_yaxes(categoryorder="array", categoryarray=list(OPPONENT_TITLES.values()))
    figure.update_xaxes(type="log", tickvals=_TICKS, tickangle=0, tickfont={"size": 10})
    seeds = len(benchmark["seeds"])
    note = f"smaller is better, log scale; dots: mean over {seeds} seeds of all grouped folds, bars: ± their deviation"
    figure = finish_figure(figure, "Error of each model", note, 180 + 270 * ((len(targets) + 1) // 2))
    return figure.update_layout(margin={"l": 130})


def _points(comparison: Mapping[str, Any], kind: str, metric: str) -> list[tuple[str, float, float | None]]:
    """Model, value and deviation of each dot of one kind."""
    if kind == "same_split":
        return [
            (model, entry["same_split"][metric], None)
            for model, entry in comparison["features"].items()
            if "same_split" in entry
        ]
    return [
        (model, entry["seeds"][metric]["mean"], entry["seeds"][metric]["sd"])
        for model, entry in comparison[kind].items()
        if "seeds" in entry
    ]
