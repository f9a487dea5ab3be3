"""The monitoring report: what has moved, drawn and in tables (`templates/drift.html.j2`)."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.modelling.evaluation.drift import rank_shifts
from gpu_kedro.modelling.formatting import format_count, format_number, format_share
from gpu_kedro.modelling.options import MonitoringOptions
from gpu_kedro.reports.figures.style import BLUE, ORANGE, VERMILION, finish_figure
from gpu_kedro.reports.tables.table import Table
from gpu_kedro.reports.templates import render

_DRAWN = 25
_DISTRIBUTIONS = 6
_ROW_HEIGHT = 24


def draw_shifts(drift: Mapping[str, Any], options: MonitoringOptions) -> go.Figure:
    """PSI of the quantities that moved most, with its threshold."""
    rows = rank_shifts(drift)[:_DRAWN][::-1]
    figure = go.Figure()
    for side, colour in (("inputs", BLUE), ("outputs", ORANGE)):
        chosen = [(name, measured) for kind, name, measured in rows if kind == side]
        figure.add_bar(
            x=[measured["psi"] for _, measured in chosen],
            y=[name for name, _ in chosen],
            orientation="h",
            name=side,
            marker_color=colour,
            customdata=[[measured["ks"], measured["rows"]] for _, measured in chosen],
            hovertemplate="%{y}: PSI %{x:.3f}, KS %{customdata[0]:.3f}, %{customdata[1]:,} values",
        )
    figure.add_vline(x=options.max_psi, line={"color": VERMILION, "dash": "dash"})
    figure.update_xaxes(title="population stability index")
    figure.update_yaxes(categoryorder="array", categoryarray=[name for _, name, _ in rows])
    return finish_figure(
        figure, "What moved most against the training data", "dashed: threshold", 220 + _ROW_HEIGHT * len(rows)
    )


def draw_distribution(name: str, training: pd.Series, asked: pd.Series) -> go.Figure:
    """Shares of one quantity's values in the training data and in what was asked."""
    figure = go.Figure()
    for title, values, colour in (("training data", training, BLUE), ("asked", asked, ORANGE)):
        figure.add_histogram(
            x=values.dropna().to_numpy(float),
            name=title,
            histnorm="probability",
            nbinsx=40,
            opacity=0.6,
            marker_color=colour,
        )
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(title="share")
    return finish_figure(figure, name, "features starting with log_ are natural logarithms", 380)


def write_drift_page(
    drift: Mapping[str, Any],
    training: tuple[pd.DataFrame, pd.DataFrame],
    asked: tuple[pd.DataFrame, pd.DataFrame],
    options: MonitoringOptions,
) -> str:
    """The report as one HTML page.

    Args:
        drift: what `measure_drift` gives.
        training: inputs and outputs of the training data.
        asked: inputs and outputs of the prediction log.
        options: thresholds.
    """
    sides = {"inputs": 0, "outputs": 1}
    ranked = rank_shifts(drift)
    distributions = {
        f"distribution_{name}": draw_distribution(name, training[sides[side]][name], asked[sides[side]][name])
        for side, name, _ in ranked[:_DISTRIBUTIONS]
    }
    shares = Table(
        ("share", "asked", "training data", "threshold"),
        tuple(
            (title, format_share(drift[key]), format_share(drift[f"{key}_in_training"]), format_share(limit))
            for title, key, limit in (
                ("names without a specification", "unmatched_share", options.max_unmatched_share),
                ("answers beyond the training range", "out_of_range_share", options.max_out_of_range_share),
            )
        ),
    )
    everything = Table(
        ("quantity", "side", "PSI", "KS", "values"),
        tuple(
            (name, side, format_number(measured["psi"]), format_number(measured["ks"]), format_count(measured["rows"]))
            for side, name, measured in ranked
        ),
    )
    return render(
        "drift.html",
        contents={
            "verdict": "Verdict",
            "distributions": "Distributions of what moved most",
            "everything": "Every quantity",
        },
        drift=drift,
        options=options,
        shifts=draw_shifts(drift, options),
        distributions=distributions,
        shares=shares,
        everything=everything,
    )
