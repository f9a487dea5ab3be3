"""What the answers rest on in general, as a figure and a table."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from gpu_kedro.modelling.explanations.input_groups import INPUTS
from gpu_kedro.modelling.formatting import format_number
from gpu_kedro.modelling.targets import TARGETS
from gpu_kedro.reports.figures.style import BLUE, finish_figure
from gpu_kedro.reports.tables.table import Table

_ROW_HEIGHT = 34


def draw_importance(importance: Mapping[str, Mapping[str, Any]], target: str) -> go.Figure:
    """The weight of each input for one target as bars; without traces when it was not measured yet."""
    if target not in importance:
        return go.Figure()
    is_figure = TARGETS[target].task == "regression"
    inputs = importance[target]["inputs"]
    titles = {one.name: one.title for one in INPUTS}
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=[titles[name] for name in inputs],
            x=[value - 1 if is_figure else value for value in inputs.values()],
            base=1 if is_figure else 0,
            marker={"color": BLUE},
            text=[f"×/÷ {value:.2f}" if is_figure else f"{value:.1f}" for value in inputs.values()],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", title=None)
    figure.update_xaxes(title="Typical factor" if is_figure else "Typical share, percentage points")
    note = f"mean size of the contribution, {importance[target]['rows']} GPUs whose name and sheet are known"
    height = 190 + _ROW_HEIGHT * len(inputs)
    return finish_figure(figure, f"{TARGETS[target].title}: what it rests on", note, height)


def importance_table(importance: Mapping[str, Mapping[str, Any]]) -> Table:
    """One line for each input, one column for each target."""
    targets = [target for target in TARGETS if target in importance]
    heads = [
        f"{TARGETS[target].title}, {'factor' if TARGETS[target].task == 'regression' else 'percentage points'}"
        for target in targets
    ]
    weights = {one.name: [importance[target]["inputs"].get(one.name) for target in targets] for one in INPUTS}
    rows = [
        (one.title, *(format_number(value, 2) for value in weights[one.name]))
        for one in INPUTS
        if any(value is not None for value in weights[one.name])
    ]
    return Table(("input", *heads), tuple(rows))
