"""What the answers rest on in general: the mean size of each input's contribution over a sample of the training table.

Contributions are those of `gpu_kedro.modelling.explanations`, of the blend that answers when name and specification
sheet are known. An input that a GPU lacks, or has as usual, counts as adding nothing.
"""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

import numpy as np
import plotly.graph_objects as go

from gpu_kedro.domain.features import FeatureTable
from gpu_kedro.modelling.explanations import INPUT_NAMES, INPUTS, share_out
from gpu_kedro.modelling.figures import BLUE, finish_figure
from gpu_kedro.modelling.served import ServedBundle
from gpu_kedro.modelling.tables import Table
from gpu_kedro.modelling.targets import SEGMENTS, TARGETS
from gpu_kedro.modelling.wording import format_number

_ROW_HEIGHT = 34
IMPORTANCE_NOTE = (
    "The mean size of each input's contribution (Shapley values against a typical GPU of the table) for GPUs whose "
    "name and specification sheet are known. A factor of 1.50 means that the input typically makes the figure one and "
    "a half times as large, or as small."
)


def measure_importance(
    rows: Sequence[Mapping[str, Any]], table: FeatureTable, served: ServedBundle
) -> dict[str, dict[str, Any]]:
    """Mean size of every input's contribution to every answer.

    Args:
        rows: n GPUs (`gpu_kedro.domain.identify`) of which name and specification are known.
        table: their features.
        served: the bundle to ask.

    Returns:
        target → `rows` and `inputs`: input → its typical factor (a figure is that much larger or smaller for it), or
        its typical share in percentage points (the mean over the segments); the weightiest input first.

    Raises:
        ValueError: the bundle has no typical GPU to compare with.
    """
    if served.typical is None:
        raise ValueError("the bundle has no typical GPU: train it again")
    vectors = served.embedding.transform(table.texts)
    measured: dict[str, dict[str, Any]] = {}
    for name, target in TARGETS.items():
        outputs = 1 if target.task == "regression" else len(SEGMENTS)
        sizes = np.zeros((len(rows), len(INPUTS), outputs))
        for place, row in enumerate(rows):
            blend, columns = served.answer_like(target, row)
            shares = share_out(blend, table.values[place], vectors[place], served.typical, columns)
            for one, share in shares.contributions.items():
                sizes[place, INPUT_NAMES.index(one)] = np.abs(share)
        means = sizes.mean(axis=(0, 2))
        told = {
            INPUT_NAMES[place]: exp(means[place]) if target.task == "regression" else 100 * float(means[place])
            for place in np.argsort(-means, kind="stable").tolist()
            if means[place] > 0
        }
        measured[name] = {"rows": len(rows), "inputs": told}
    return measured


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
