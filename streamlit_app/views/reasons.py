"""Why: what each input adds to the answers about a GPU."""

import streamlit as st

from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.backends.failures import NotExplainedError
from streamlit_app.charts.explanation import draw_reasons, list_reasons
from streamlit_app.charts.figures import CONFIG
from streamlit_app.frame import show_failure


def show_reasons(asker: Asker, query: Record) -> None:
    """A waterfall for one answer; asked only once it is opened."""
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
            st.info("The model says nothing of this GPU, so there is nothing to explain.")
            return
        first = next(iter(reasons))
        chosen = st.segmented_control(
            "Explain", list(reasons), format_func=lambda one: reasons[one][0], default=first, required=True,
            key="reason", bind="query-params",
        )  # fmt: skip
        _, quantity, explanation, total = reasons[chosen if chosen in reasons else first]
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
