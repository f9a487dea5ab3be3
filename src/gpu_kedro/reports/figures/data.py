"""Figures of the data: what is missing, and which cleaning rules fired."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from gpu_kedro.modelling.formatting import format_count
from gpu_kedro.modelling.targets import SEGMENTS
from gpu_kedro.reports.figures.style import BLUE, GREY, ORANGE, ROW_HEIGHT, VERMILION, finish_figure, round_off

_ACTION_MARKS = {
    "rejected": (VERMILION, "x"),
    "set_missing": (ORANGE, "square"),
    "repaired": (BLUE, "circle"),
    "flagged": (GREY, "diamond"),
}


def draw_missing(primary_gpus: pd.DataFrame) -> go.Figure:
    """Share of missing values by column and segment.

    Args:
        primary_gpus: the primary table; `segment` may hold several segments and then counts in each.
    """
    segments = primary_gpus["segment"]
    groups = {"all": pd.Series(True, index=primary_gpus.index)}
    groups |= {name: segments.str.contains(name, regex=False).fillna(False).astype(bool) for name in SEGMENTS}
    groups["unknown"] = segments.isna()
    groups = {name: mask for name, mask in groups.items() if mask.any()}
    known = ["g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year"]
    columns = [*known, *(column for column in primary_gpus.columns if column.startswith("spec_"))]
    missing = primary_gpus[columns].isna()
    columns = [column for column in columns if missing[column].any()]
    columns = sorted(columns, key=lambda column: (column not in known, -missing[column].mean(), column))
    shares = [[missing.loc[mask, column].mean() * 100 for mask in groups.values()] for column in columns]
    figure = go.Figure(
        go.Heatmap(
            x=[f"{name}<br>({format_count(int(mask.sum()))})" for name, mask in groups.items()],
            y=columns,
            z=[round_off(line) for line in shares],
            texttemplate="%{z:.0f}",
            colorscale="Blues",
            zmin=0,
            zmax=100,
            showscale=False,
            hovertemplate="%{y}<br>%{x}<br>%{z:.1f} % missing<extra></extra>",
        )
    )
    figure.update_xaxes(title="Segment (GPUs)", tickangle=0)
    figure.update_yaxes(title="Column", autorange="reversed")
    note = "% of GPUs without a value; spec_… come from the joined specification"
    return finish_figure(figure, "What is missing, by column and segment", note, 200 + 20 * len(columns))


def draw_ledger(ledger_summary: Mapping[str, Any]) -> go.Figure:
    """How often each cleaning rule fired, by what it did.

    Args:
        ledger_summary: `rows_in, rows_kept, rows_rejected, by_rule`.
    """
    fired = sorted(ledger_summary["by_rule"], key=lambda entry: (-entry["entries"], entry["rule"], entry["column"]))
    labels = [f"{entry['rule']} · {entry['column']}" for entry in fired]
    figure = go.Figure()
    for action, (colour, symbol) in _ACTION_MARKS.items():
        chosen = [place for place, entry in enumerate(fired) if entry["action"] == action]
        if not chosen:
            continue
        counts = [fired[place]["entries"] for place in chosen]
        figure.add_scatter(
            x=counts, y=[labels[place] for place in chosen], mode="markers+text", name=action.replace("_", " "),
            text=[f"{count:,}" for count in counts], textposition="middle right", cliponaxis=False,
            marker={"color": colour, "symbol": symbol, "size": 10},
            hovertemplate="%{y}: %{x:,} times",
        )  # fmt: skip
    figure.update_xaxes(type="log", title="Times the rule fired (log scale)")
    figure.update_yaxes(title="Rule · column", categoryorder="array", categoryarray=labels[::-1])
    note = (
        f"{format_count(ledger_summary['rows_in'])} rows in, {format_count(ledger_summary['rows_kept'])} kept, "
        f"{format_count(ledger_summary['rows_rejected'])} rejected"
    )
    return finish_figure(figure, "Cleaning rules that fired", note, 220 + ROW_HEIGHT * len(fired))
