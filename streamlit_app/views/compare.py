"""Compare: two to six GPUs side by side."""

from typing import Any

import streamlit as st

from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.charts.figures import CONFIG, draw_side_by_side
from streamlit_app.comparing import describe_pair, find_repeats, mark_best, orient
from streamlit_app.frame import show
from streamlit_app.prices import note_prices
from streamlit_app.site.visit import MOST_COMPARED, current_visit
from streamlit_app.widgets.inputs import clean_name
from streamlit_app.widgets.links import link_gpu
from streamlit_app.widgets.marks import draw_legend
from streamlit_app.widgets.tables import HEADS, Column, draw_sourced, draw_table
from streamlit_app.widgets.wording import (
    FIGURES,
    QUANTITIES,
    RATIOS,
    describe_match,
    escape_html,
    escape_markdown,
    join_segments,
)

_EXAMPLE = ["GeForce RTX 3070", "Radeon RX 6700 XT", "GeForce RTX 4070 Mobile"]


def render(asker: Asker) -> None:
    """Names in, a table and five plots out."""
    chosen = st.multiselect(
        f"Two to {MOST_COMPARED} GPUs",
        asker.known_names(),
        key="names",
        max_selections=MOST_COMPARED,
        accept_new_options=True,
        # Enter would choose all matches, not the first one
        select_all=False,
        placeholder="Type a name and press Enter",
        bind="query-params",
    )
    names = list(dict.fromkeys(name for name in map(clean_name, chosen) if name))[:MOST_COMPARED]
    if names:
        current_visit().keep_tray(names)
    if len(names) < 2:
        st.header("An example: three cards that were rivals" if not names else "Choose one more", anchor=False)
    comparison = _compare_once(asker, names if len(names) > 1 else _EXAMPLE)
    if len(comparison["predictions"]) > 1:
        _tell_pairs(comparison)
    rows = {name: _list_rows(comparison, name) for name in QUANTITIES}
    _show_table(comparison)
    columns = [column for _ in range(0, len(rows), 2) for column in st.columns(2, gap="large")]
    for column, (name, lines) in zip(columns, rows.items(), strict=False):
        column.markdown(f"**{QUANTITIES[name].title}**")
        column.plotly_chart(draw_side_by_side(lines, name), config=CONFIG, key=f"plot_{name}")
    st.caption(
        "Thick bars: 80 % interval, thin bars: 90 %. Of ratios, both intervals are joined as if their errors were "
        f"independent, and measured figures count as exact. {note_prices()}"
    )
    for prediction in comparison["predictions"]:
        if prediction["reason"]:
            st.warning(f"{escape_markdown(prediction['name'])}: {escape_markdown(prediction['reason']['detail'])}")
        elif not prediction["match"]["spec"]:
            st.warning(f"{escape_markdown(prediction['name'])}: no known model; read off the name alone.")


def _compare_once(asker: Asker, names: list[str]) -> Record:
    """The comparison of different cards: one that stands there under two names is shown once."""
    comparison = asker.compare({"names": names})
    repeats = find_repeats(comparison["predictions"])
    if not repeats:
        return comparison
    told = "; ".join(f"{names[place]} is the same card as {names[first]}" for place, first in repeats.items())
    st.info(escape_markdown(f"{told}: shown once."), icon=":material/content_copy:")
    kept = [name for place, name in enumerate(names) if place not in repeats]
    if len(kept) > 1:
        return asker.compare({"names": kept})
    return {**comparison, "predictions": comparison["predictions"][:1], "ratios": comparison["ratios"][:1]}


def _tell_pairs(comparison: Record) -> None:
    """One card against each of the others, in words."""
    names = [prediction["name"] for prediction in comparison["predictions"]]
    places = range(len(names))
    base = 0
    if len(names) > 2:
        key = f"told_of/{'/'.join(names)}"
        base = st.selectbox("Compared with the others", places, format_func=names.__getitem__, key=key)
    told = "".join(
        f"<li>{describe_pair(orient(comparison['pairs'], base, other), names[base], names[other])}</li>"
        for other in places
        if other != base
    )
    st.html(f'<ul class="gk gk-pairs">{told}</ul>')
    st.caption(
        "In brackets: 80 % intervals. Errors of different cards count as independent, measured figures as exact; "
        "prices at a market are never exact."
    )


def _list_rows(comparison: Record, quantity: str) -> list[dict[str, Any]]:
    """Value, source and intervals of one quantity for each GPU that has any of them."""
    rows = []
    for prediction, ratios in zip(comparison["predictions"], comparison["ratios"], strict=True):
        if quantity in FIGURES:
            figure = prediction[quantity]
        else:
            sources = {prediction["g3d_mark"]["source"], prediction[RATIOS[quantity]]["source"]}
            figure = {
                "value": ratios[quantity],
                "source": "predicted" if "predicted" in sources else "measured",
                "interval_80": ratios[f"{quantity}_interval_80"],
                "interval_90": ratios[f"{quantity}_interval_90"],
            }
        if figure["value"] is not None or figure["interval_90"]:
            rows.append({"name": prediction["name"], **figure})
    return rows


def _show_table(comparison: Record) -> None:
    predictions = comparison["predictions"]
    columns = [Column("GPU", [link_gpu(one["name"]) for one in predictions])]
    for name in FIGURES:
        cells = [draw_sourced(name, one[name]["value"], one[name]["source"]) for one in predictions]
        values = [one[name]["value"] for one in predictions]
        columns.append(Column(HEADS[name], mark_best(cells, values, is_highest=name == "g3d_mark"), is_number=True))
    for ratio in RATIOS:
        values = [one[ratio] for one in comparison["ratios"]]
        cells = [QUANTITIES[ratio].write_short(value) for value in values]
        columns.append(Column(HEADS[ratio], mark_best(cells, values, is_highest=True), is_number=True, is_wide=True))
    matches = [f"{one['match']['spec'] or 'none'}: {describe_match(one['match'])}" for one in predictions]
    columns += [
        Column("Segment", [escape_html(join_segments(one["segment"]["labels"])) for one in predictions], is_wide=True),
        Column("Taken for", [escape_html(match) for match in matches], is_wide=True),
    ]
    sources = {one[name]["source"] for one in predictions for name in FIGURES}
    st.html(draw_table(columns, "Comparison") + draw_legend(sources))


show(
    "Compare",
    "Up to six cards side by side, any spelling: what they do, cost and draw, and what you get for it.",
    render,
)
