"""The card of a GPU, in the order in which people look: the answers, what to keep in mind, its relatives."""

import streamlit as st

from streamlit_app.backends.base import Record
from streamlit_app.prices import note_prices
from streamlit_app.widgets.cards import (
    draw_figure,
    draw_match,
    draw_reason,
    draw_relatives,
    draw_shares,
    draw_source_legend,
    draw_standing,
)
from streamlit_app.widgets.caveats import draw_caveats
from streamlit_app.widgets.links import draw_guesses, draw_link, draw_put
from streamlit_app.widgets.sheets import draw_sheet
from streamlit_app.widgets.wording import FIGURES


def show_card(card: Record) -> None:
    """Four answers, what to keep in mind of them, where the card stands, its relatives and its sheet."""
    prediction = card["prediction"]
    with st.container(border=True, key="card"):
        guesses = draw_guesses("", prediction["match"]["did_you_mean"])
        said = draw_match(prediction) + draw_reason(prediction) + guesses
        if prediction["answer"] == "none":
            st.html(said)
            return
        st.html(said + _draw_onwards(prediction))
        columns = st.columns(len(FIGURES) + 1, gap="medium")
        for column, target in zip(columns, FIGURES, strict=False):
            column.html(draw_figure(target, prediction[target]))
        columns[-1].html(draw_shares(prediction["segment"]))
        st.html(draw_source_legend(prediction) + draw_caveats(prediction["warnings"]))
        st.caption(note_prices())
        if more := draw_standing(card) + draw_relatives(card) + draw_sheet(card):
            st.html(more)


def _draw_onwards(prediction: Record) -> str:
    name = prediction["name"]
    if name is None:
        return ""
    deal = draw_link("deal", "Is it a deal?", gpu=name)
    return f'<p class="gk gk-onwards">{draw_put(name, "Add to comparison")} {deal}</p>'
