"""The card of a GPU, in the order in which people look: the answers, what to keep in mind, what is like it."""

import streamlit as st

from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.prices import note_prices
from streamlit_app.widgets.cards import draw_figure, draw_match, draw_reason, draw_shares, draw_source_legend
from streamlit_app.widgets.links import draw_guesses, draw_link, draw_put
from streamlit_app.widgets.tables import show_gpus
from streamlit_app.widgets.wording import FIGURES, escape_markdown, explain_warning


def show_card(asker: Asker, card: Record) -> None:  # noqa: ARG001
    """Four answers and what to keep in mind of them."""
    prediction = card["prediction"]
    with st.container(border=True, key="card"):
        guesses = draw_guesses("", prediction["match"]["did_you_mean"])
        st.html(draw_match(prediction) + draw_reason(prediction) + guesses + _draw_onwards(prediction))
        columns = st.columns(len(FIGURES) + 1, gap="medium")
        for column, target in zip(columns, FIGURES, strict=False):
            with column:
                st.html(draw_figure(target, prediction[target]))
        with columns[-1]:
            st.html(draw_shares(prediction["segment"]))
        st.html(draw_source_legend(prediction))
        st.caption(note_prices())
        _show_warnings(prediction)


def _draw_onwards(prediction: Record) -> str:
    name = prediction["name"]
    if name is None:
        return ""
    deal = draw_link("deal", "Is it a deal?", name=name)
    return f'<p class="gk gk-onwards">{draw_put(name, "Add to comparison")} {deal}</p>'


def _show_warnings(prediction: Record) -> None:
    told = list(dict.fromkeys(explain_warning(warning) for warning in prediction["warnings"]))
    if told:
        st.warning("\n".join(f"- {escape_markdown(sentence)}" for sentence in told), icon=":material/info:")


def show_comparable(card: Record) -> None:
    """GPUs like it."""
    st.header("Comparable GPUs", anchor=False)
    show_gpus(card["comparable"], "Comparable GPUs")
