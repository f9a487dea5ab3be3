"""The start page, and the card of a GPU: whatever is known or predicted of it."""

from typing import Any

import streamlit as st

from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.frame import draw_content, draw_title
from streamlit_app.site.pages import PAGES, START
from streamlit_app.views.card import show_card
from streamlit_app.views.reasons import show_reasons
from streamlit_app.views.what_if import merge_sheet, show_what_if
from streamlit_app.widgets.amounts import Amounts
from streamlit_app.widgets.inputs import FIELDS, choose_gpu, clean_name, enter_known_figures, enter_sheet
from streamlit_app.widgets.links import draw_link
from streamlit_app.widgets.tables import show_gpus
from streamlit_app.widgets.wording import shorten

_EXAMPLE = "GeForce RTX 3070"
_SPELLINGS = (
    "rtx 4070 laptop",
    "Radeon RX 7900 XTX",
    "ANGLE (NVIDIA, NVIDIA GeForce GTX 1660 SUPER Direct3D11 vs_5_0 ps_5_0)",
)


def render(asker: Asker) -> None:
    """The search box, what else is known, and the card."""
    with _search:
        name = choose_gpu(asker, "Which GPU?", "name")
    _draw_title(name)
    known, sheet = _enter_more()
    if name is None and not sheet:
        _show_start(asker)
        return
    query: Record = {**known} | ({"name": name} if name else {}) | ({"specs": sheet} if sheet else {})
    card = asker.describe(query)
    show_card(card)
    if card["prediction"]["answer"] == "none":
        return
    show_reasons(asker, query)
    show_what_if(asker, name, merge_sheet(card, sheet))
    st.header("Comparable GPUs", anchor=False)
    show_gpus(card["comparable"], "Comparable GPUs")


def _enter_more() -> tuple[dict[str, float], dict[str, Any]]:
    """What the asker knows beside the name; drawn only once somebody opens it or the address fills something in."""
    area = st.expander("You know more? Price, power, marks, specification sheet", key="more", bind="query-params")
    if not area.open and not any(name in FIELDS for name in st.query_params):
        return {}, {}
    with area:
        amounts = Amounts()
        known = enter_known_figures(amounts)
        st.caption(
            "A card that is not released yet has no known sheet: enter its own, as far as you know it. With a name, "
            "the rest comes from the sheet that is known."
        )
        sheet = enter_sheet(amounts)
    amounts.check()
    return known, sheet


def _show_start(asker: Asker) -> None:
    spellings = " · ".join(draw_link("", shorten(name, 44), name=name) for name in _SPELLINGS)
    st.html(f'<p class="gk gk-muted">Any spelling will do: {spellings}</p>')
    st.header(f"An example: {_EXAMPLE}", anchor=False)
    show_card(asker.describe({"name": _EXAMPLE}))
    st.header("What else to do here", anchor=False)
    tasks = "".join(
        f"<li>{draw_link(page.address, page.title)}<br>{page.task}</li>" for page in PAGES if page is not START
    )
    st.html(f'<div class="gk"><ul class="gk-tasks">{tasks}</ul></div>')


def _draw_title(name: str | None) -> None:
    with _title:
        if name:
            draw_title(shorten(name, 80))
        else:
            draw_title(
                "Ask about any GPU",
                "How fast, what kind, what price, how much power: measured where it was, else predicted.",
            )


_search = st.container()
_title = st.empty()
# until the box is drawn, for which something has to answer, only the address tells what is asked
_draw_title(clean_name(st.query_params.get("name")))
draw_content(render)
