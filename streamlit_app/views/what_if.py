"""What if: a specification sheet moved along its levers, and what the models say of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from gpu_kedro.domain.specs.what_if import LEVERS, move_sheet
from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.charts.figures import CONFIG, draw_curve
from streamlit_app.widgets.inputs import title_spec
from streamlit_app.widgets.wording import FIGURES

LOWEST, HIGHEST = 30, 300
_POINTS = 28


def show_what_if(asker: Asker, name: str | None, sheet: dict[str, Any]) -> None:
    """Sliders and a curve; asked only once it is opened."""
    area = st.expander(
        "What if it had more shaders, clock, bandwidth or power?",
        icon=":material/timeline:",
        key="what_if",
        bind="query-params",
    )
    if not area.open:
        return
    levers = [lever for lever in LEVERS if isinstance(sheet.get(lever), int | float)]
    with area:
        if not levers:
            st.info("No specification sheet is known: enter one above, at least shaders, clock, bandwidth and power.")
            return
        percents = _turn_levers(levers, sheet)
        left, right = st.columns(2)
        lever = left.selectbox("Along", levers, format_func=title_spec, key="along", bind="query-params")
        target = right.selectbox(
            "Show", list(FIGURES), format_func=lambda one: FIGURES[one].title, key="curve", bind="query-params"
        )
        xs, columns = sweep_sheet(name, sheet, percents, lever)
        answer = asker.predict_columns(columns)
        here = move_sheet(sheet, percents)[lever]
        st.plotly_chart(draw_curve(xs, answer, target, here, title_spec(lever)), config=CONFIG, key="curve_plot")
        st.caption(
            "The dashed line is where the sliders stand. What depends on a lever (arithmetic and fill rates, units, "
            "memory clock) moves with it. Far from any real card the models can only guess."
        )


def _turn_levers(levers: list[str], sheet: dict[str, Any]) -> dict[str, float]:
    percents: dict[str, float] = {}
    for lever, column in zip(levers, st.columns(len(levers)), strict=True):
        percents[lever] = column.slider(
            title_spec(lever), LOWEST, HIGHEST, 100, step=5, format="%d %%", key=f"if_{lever}", bind="query-params"
        )
        column.caption(f"{sheet[lever] * percents[lever] / 100:,.0f} (sheet: {sheet[lever]:,.0f})")
    return percents


def sweep_sheet(
    name: str | None, sheet: Mapping[str, Any], percents: Mapping[str, float], lever: str
) -> tuple[list[float], dict[str, list[Any]]]:
    """Columns of queries along one lever, the others as they are set.

    Returns:
        values of the lever, and columns as the batch route takes them.
    """
    steps = np.geomspace(LOWEST, HIGHEST, _POINTS).tolist()
    sheets = [move_sheet(sheet, {**percents, lever: step}) for step in steps]
    columns: dict[str, list[Any]] = {
        f"spec_{field}": [one[field] for one in sheets] for field, value in sheet.items() if value is not None
    }
    if name is not None:
        columns["name"] = [name] * len(sheets)
    return [one[lever] for one in sheets], columns


def merge_sheet(card: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet that an answer rests on: what was given, and the matched one for the rest."""
    known = {field: value for field, value in card["specs"].items() if value is not None}
    return {**known, **given}
