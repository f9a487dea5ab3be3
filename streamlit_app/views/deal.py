"""Is it a deal? An asking price against what would be fair."""

import streamlit as st

from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.frame import name_tab, show
from streamlit_app.prices import note_prices
from streamlit_app.widgets.amounts import Amounts
from streamlit_app.widgets.cards import draw_interval, draw_match, draw_verdict
from streamlit_app.widgets.inputs import choose_gpu
from streamlit_app.widgets.links import draw_guesses, link_gpu
from streamlit_app.widgets.marks import draw_legend
from streamlit_app.widgets.tables import show_gpus
from streamlit_app.widgets.wording import FIGURES, escape_markdown, shorten

_PRICE = FIGURES["price_usd"]
_EXAMPLE = {"name": "GeForce RTX 3060", "price_usd": 420.0}


def render(asker: Asker) -> None:
    """Name and price in, verdict out."""
    amounts = Amounts()
    left, middle, right = st.columns([3, 1, 1])
    with left:
        name = choose_gpu(asker, "Which GPU?", "gpu")
    price = amounts.enter(middle, "price", "Asking price ($)", "price_usd", help="what is asked for it, in US dollars")
    about_power = "for the alternatives: what your power supply can give the card"
    power = amounts.enter(right, "power", "Most power (W)", "tdp_w", help=about_power)
    amounts.check()
    if name is not None:
        name_tab(f"{shorten(name, 60)}: a deal?")
    if name is not None and price is None:
        st.info("Enter the asking price to get a verdict.", icon=":material/sell:")
        return
    if name is None:
        st.header(f"An example: {_EXAMPLE['name']} for $420", anchor=False)
    asked = _EXAMPLE if name is None else {"name": name, "price_usd": price}
    verdict = asker.judge({**asked, "max_tdp_w": power})
    _show_verdict(verdict)
    if verdict["prediction"]["answer"] != "none":
        _show_alternatives(verdict, power)


def _show_verdict(verdict: Record) -> None:
    prediction, fair = verdict["prediction"], verdict["fair_price"]
    with st.container(border=True, key="verdict"):
        guesses = draw_guesses("deal", prediction["match"]["did_you_mean"], price=verdict["asked_usd"])
        st.html(draw_verdict(verdict) + draw_match(prediction) + guesses)
        if fair["value"] is not None:
            _show_fair_price(fair, verdict["asked_usd"])
        st.html(f'<p class="gk">Everything else about it: {link_gpu(prediction["name"])}</p>')
        st.caption(f"{note_prices()} The asking price does not count as an input of its own fair price.")


def _show_fair_price(fair: Record, asked: float) -> None:
    st.markdown(
        f"**Fair price {escape_markdown(_PRICE.write(fair['value']))}**, 80 %: "
        f"{escape_markdown(_PRICE.write_range(fair['interval_80']))}, 90 %: "
        f"{escape_markdown(_PRICE.write_range(fair['interval_90']))}; from {escape_markdown(fair['basis'])}"
    )
    source = "predicted" if fair["observed"] is None else "measured"
    drawn = {**fair, "predicted": fair["value"], "value": fair["observed"] or fair["value"], "source": source}
    st.html(f'<div class="gk">{draw_interval(_PRICE, drawn, asked)}</div>')
    st.html(draw_legend({"predicted", source, "asked"}, "dark band: 80 %, light band: 90 %"))


def _show_alternatives(verdict: Record, power: float | None) -> None:
    limit = f"at most {FIGURES['tdp_w'].write(power)}" if power else "at most a tenth more power"
    st.header("More for the money", anchor=False)
    if not verdict["alternatives"]:
        st.info(f"No faster card of this segment costs no more and draws {limit}.", icon=":material/check:")
        return
    st.caption(
        f"Faster cards of the same segment with a measured price that cost at most "
        f"{escape_markdown(_PRICE.write(verdict['asked_usd']))} and draw {limit}."
    )
    show_gpus(verdict["alternatives"], "More for the money")


show(
    "Is it a deal?",
    "Name a card and what is asked for it: a verdict, the reason, and what else the money buys.",
    render,
)
