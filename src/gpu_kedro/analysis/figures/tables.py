"""What is missing, and where one score stops to follow the other."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from gpu_kedro.analysis.figures.marks import with_opacity
from gpu_kedro.analysis.findings import Study
from gpu_kedro.modelling.formatting import format_count
from gpu_kedro.reports.figures.style import BLUE, SEGMENT_MARKS, VERMILION, add_dots, escape, finish_figure, round_off

_FIELD_MARKS = dict(zip(("price", "power", "segment"), SEGMENT_MARKS.values(), strict=True))


def draw_missing(study: Study) -> go.Figure:
    """Known shares over release years, and how much faster GPUs with a figure are than those without."""
    table = study.table
    figure = make_subplots(2, 1, row_heights=[0.64, 0.36], vertical_spacing=0.2)
    by_year, bias = table[table["by"] == "release_year"], table[table["by"] == "bias"]
    for field, (colour, symbol) in _FIELD_MARKS.items():
        own = by_year[by_year["field"] == field]
        figure.add_scatter(
            x=own["group"].astype(int).tolist(), y=round_off(100 * own["known_share"]), mode="lines+markers",
            name=field, line={"color": colour}, marker={"color": colour, "symbol": symbol},
            customdata=own["rows"].tolist(),
            hovertemplate=f"{field} known of %{{y:.0f}} % of %{{customdata:,}} GPUs of %{{x}}<extra></extra>",
            row=1, col=1,
        )  # fmt: skip
        own = bias[bias["field"] == field]
        add_dots(figure, [field], own, "ratio", field, (colour, symbol), showlegend=False, row=2, col=1)
    figure.add_vline(1, line={"color": "#444444", "width": 1, "dash": "dash"}, row=2, col=1)
    figure.update_xaxes(title="Release year", row=1, col=1)
    figure.update_yaxes(title="GPUs with a value, %", range=[0, 102], row=1, col=1)
    ends = [0.9, 0.95 * float(bias["ratio_low"].min()), 1.05 * float(bias["ratio_high"].max())]
    figure.update_xaxes(title="G3D Mark with the value / without it, same release year (1 = no bias)", row=2, col=1)
    figure.update_xaxes(range=[min(ends), max(ends)], row=2, col=1)
    figure.update_yaxes(title="Figure", autorange="reversed", row=2, col=1)
    note = f"{format_count(study.rows)} GPUs with a specification of their own; bars: 95 % intervals"
    return finish_figure(figure, study.question.title, note, 656)


def draw_saturation(study: Study) -> go.Figure:
    """2D over 3D score of each desktop card, in points, with the broken line and the interval of its bend."""
    rows, figure = study.points, go.Figure()
    line = study.table[study.table["scale"] == "linear"].set_index("figure")
    bend, level = line.loc["bend"], line.loc["level at the bend", "value"]
    figure.add_vrect(bend["low"], bend["high"], fillcolor=with_opacity(VERMILION, 0.12), line_width=0)
    figure.add_scatter(
        x=round_off(rows["g3d_mark"]), y=round_off(rows["g2d_mark"]), mode="markers", text=escape(rows["name"]),
        name=f"desktop cards ({format_count(len(rows))})", marker={"color": BLUE, "size": 5, "opacity": 0.45},
        hovertemplate="%{text}: 3D %{x:,}, 2D %{y:,}<extra></extra>",
    )  # fmt: skip
    x = np.array([rows["g3d_mark"].min(), bend["value"], rows["g3d_mark"].max()])
    slopes = line["value"]
    y = level + np.where(x < bend["value"], slopes["slope below"], slopes["slope above"]) * (x - bend["value"]) / 1000
    figure.add_scatter(
        x=round_off(x), y=round_off(y), mode="lines+markers", line={"color": VERMILION, "width": 3},
        name=f"two lines; bend at {bend['value']:,.0f} points, shaded: its 95 % interval",
        hovertemplate="3D %{x:,.0f}, 2D %{y:,.0f}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title="3D score: G3D Mark, points", rangemode="tozero")
    figure.update_yaxes(title="2D score: G2D Mark, points", rangemode="tozero")
    return finish_figure(figure, study.question.title, f"{format_count(study.rows)} discrete desktop cards", 540)
