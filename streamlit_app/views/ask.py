"""Ask about a GPU: one card that answers all."""

from typing import Any

import streamlit as st

from gpu_kedro.domain.specs.what_if import LEVERS, move_sheet
from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.backends.failures import NotExplainedError
from streamlit_app.charts.explanation import draw_reasons, list_reasons
from streamlit_app.charts.figures import CONFIG, draw_curve
from streamlit_app.frame import show, show_failure
from streamlit_app.views.what_if import HIGHEST, LOWEST, merge_sheet, sweep_sheet
from streamlit_app.widgets.cards import draw_figure, draw_heading, draw_legend, draw_reason, draw_shares
from streamlit_app.widgets.inputs import choose_gpu, enter_known_figures, enter_sheet, offer_names, title_spec
from streamlit_app.widgets.tables import show_gpus
from streamlit_app.widgets.wording import FIGURES, PRICE_NOTE, escape_markdown, explain_warning

_EXAMPLES = (
    "GeForce RTX 3070",
    "rtx 4070 laptop",
    "Radeon RX 7900 XTX",
    "ANGLE (NVIDIA, NVIDIA GeForce GTX 1650 Direct3D11 vs_5_0 ps_5_0, D3D11)",
)


def render(asker: Asker) -> None:
    """The search box, what else is known, and the card."""
    name = choose_gpu(asker, "Which GPU?", "name")
    with st.expander("What do you know about it? Price, power, marks", icon=":material/tune:"):
        known = enter_known_figures()
    sheet = _enter_sheet()
    if name is None and not sheet:
        offer_names("Try one of these:", _EXAMPLES, "name")
        return
    query: Record = {**known} | ({"name": name} if name else {}) | ({"specs": sheet} if sheet else {})
    card = asker.describe(query)
    _show_card(card)
    _show_why(asker, query)
    _show_what_if(asker, name, merge_sheet(card, sheet))
    _show_comparable(card)


def _enter_sheet() -> dict[str, Any]:
    """Thirty inputs, drawn only once somebody opens them or the address fills one in."""
    area = st.expander(
        "Not released yet? Enter its specification sheet", icon=":material/memory:", key="sheet", bind="query-params"
    )
    if not area.open and not any(name.startswith("spec_") for name in st.query_params):
        return {}
    with area:
        st.caption("Leave out what you do not know; with a name, the rest comes from the known sheet.")
        return enter_sheet()


def _show_card(card: Record) -> None:
    prediction = card["prediction"]
    with st.container(border=True, key="card"):
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.html(draw_heading(prediction))
            offer_names("Did you mean", prediction["match"]["did_you_mean"][:4], "name")
        with right:
            if prediction["segment"]["probabilities"]:
                st.html(draw_shares(prediction["segment"]["probabilities"]))
        if prediction["reason"]:
            st.html(draw_reason(prediction))
        for column, target in zip(st.columns(len(FIGURES), gap="medium"), FIGURES, strict=True):
            with column:
                st.html(draw_figure(target, prediction[target]))
        st.html(draw_legend())
        st.caption(PRICE_NOTE)
        _show_warnings(prediction)
        _link_onwards(prediction)


def _show_warnings(prediction: Record) -> None:
    told = list(dict.fromkeys(explain_warning(warning) for warning in prediction["warnings"]))
    if told:
        st.warning("\n".join(f"- {escape_markdown(sentence)}" for sentence in told), icon=":material/info:")


def _link_onwards(prediction: Record) -> None:
    name = prediction["name"]
    if name is None:
        return
    with st.container(horizontal=True):
        st.page_link("views/deal.py", label="Is it a deal?", icon=":material/sell:", query_params={"name": name})
        st.page_link(
            "views/compare.py", label="Compare it", icon=":material/compare_arrows:", query_params={"names": name}
        )


def _show_why(asker: Asker, query: Record) -> None:
    area = st.expander("Why? What each input adds", icon=":material/waterfall_chart:", key="why", bind="query-params")
    if not area.open:
        return
    with area:
        try:
            reasons = list_reasons(asker.explain(query))
        except NotExplainedError as err:
            show_failure(err)
            return
        if not reasons:
            st.info("There is nothing to explain: the models say nothing of it.")
            return
        chosen = st.segmented_control(
            "Explain", list(reasons), format_func=lambda one: reasons[one][0], default="g3d_mark", required=True,
            key="reason", bind="query-params",
        )  # fmt: skip
        _, quantity, explanation, total = reasons[chosen if chosen in reasons else "g3d_mark"]
        if explanation["contributions"]:
            st.plotly_chart(draw_reasons(quantity, explanation, total), config=CONFIG, key="why_plot")
        else:
            st.info("Nothing that is known of it differs from a typical GPU.")
        st.caption(
            f"From what the model says of a typical GPU ({quantity.write(explanation['typical'])}) to its answer for "
            f"this one ({quantity.write(total)}): what each input adds, averaged over all orders in which the inputs "
            "could be told (Shapley values). What is not known adds nothing. It tells how the model judges, not what "
            "would happen to a card that was changed."
        )


def _show_what_if(asker: Asker, name: str | None, sheet: dict[str, Any]) -> None:
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
    for place, column in enumerate(st.columns(len(levers))):
        lever = levers[place]
        with column:
            percents[lever] = st.slider(
                title_spec(lever), LOWEST, HIGHEST, 100, step=5, format="%d %%", key=f"if_{lever}", bind="query-params"
            )
            st.caption(f"{sheet[lever] * percents[lever] / 100:,.0f} (sheet: {sheet[lever]:,.0f})")
    return percents


def _show_comparable(card: Record) -> None:
    if not card["comparable"]:
        return
    st.subheader("Comparable GPUs", anchor=False)
    show_gpus(card["comparable"], "comparable")


show("Ask about a GPU", "How fast, what kind, what price, how much power: known or predicted, with intervals.", render)
