"""Find: the best cards for a budget, a power limit and a segment."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from gpu_kedro.modelling.targets import SEGMENTS
from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.charts.figures import CONFIG, finish, label_name
from streamlit_app.frame import show
from streamlit_app.prices import note_prices
from streamlit_app.widgets.amounts import Amounts
from streamlit_app.widgets.links import link_gpu
from streamlit_app.widgets.style import MEASURED, NEUTRAL
from streamlit_app.widgets.tables import show_gpus

_ORDERS = {
    "performance": lambda gpu: -gpu["g3d_mark"],
    "price": lambda gpu: gpu["price_usd"],
    "performance per dollar": lambda gpu: -gpu["g3d_mark"] / gpu["price_usd"],
    # a card of the frontier has a mark and a price; its power may not be known
    "performance per watt": lambda gpu: -gpu["g3d_mark"] / (gpu["tdp_w"] or float("inf")),
}


def render(asker: Asker) -> None:
    """Limits in, the frontier out."""
    amounts = Amounts()
    budget_column, power_column, segment_column, least_column = st.columns(4)
    with budget_column:
        budget = amounts.enter("budget", "Budget ($)", "price_usd", help="highest price, in US dollars")
    with power_column:
        power = amounts.enter("power", "Most power (W)", "tdp_w", help="highest design power")
    with segment_column:
        segment = st.selectbox("Segment", SEGMENTS, index=None, key="segment", placeholder="any", bind="query-params")
    with least_column:
        least = amounts.enter("least", "Least performance (points)", "g3d_mark", help="lowest G3D Mark")
    amounts.check()
    wanted = {"budget_usd": budget, "max_tdp_w": power, "segment": segment, "min_g3d_mark": least}
    found = asker.find_frontier(wanted)
    if not found["gpus"]:
        st.info("No card with a measured price keeps to these limits: raise the budget or lower the demands.")
        return
    others = select_considered(asker.known_gpus(), wanted)
    if asker.market is not None:
        # those that are known are of another date
        others = others.iloc[:0]
    st.plotly_chart(draw_frontier(found["gpus"], others), config=CONFIG, key="frontier")
    st.caption(
        f"{found['considered']:,} cards with a measured price keep to these limits; "
        f"{len(found['gpus']):,} are beaten by none in both price and performance. {note_prices()} "
        "Some are listings of scarce old stock."
    )
    _show_ranking(found["gpus"])


def select_considered(known: pd.DataFrame, wanted: Record) -> pd.DataFrame:
    """The cards that the frontier was found among."""
    chosen = known[known["price_usd_source"] == "measured"]
    if wanted["budget_usd"]:
        chosen = chosen[chosen["price_usd"] <= wanted["budget_usd"]]
    if wanted["max_tdp_w"]:
        chosen = chosen[chosen["tdp_w"] <= wanted["max_tdp_w"]]
    if wanted["segment"]:
        chosen = chosen[[wanted["segment"] in labels.split(", ") for labels in chosen["segment"]]]
    if wanted["min_g3d_mark"]:
        chosen = chosen[chosen["g3d_mark"] >= wanted["min_g3d_mark"]]
    return chosen


def draw_frontier(best: Sequence[Record], others: pd.DataFrame) -> go.Figure:
    """Price against performance, both logarithmic: all cards in grey, the frontier as a line."""
    figure = go.Figure()
    figure.add_scatter(
        x=others["price_usd"], y=others["g3d_mark"], mode="markers", name="other cards",
        marker={"color": NEUTRAL, "size": 6, "opacity": 0.45},
        text=[label_name(name) for name in others["name"]],
        hovertemplate="%{text}<br>$%{x:,.0f}, %{y:,.0f} points<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[gpu["price_usd"] for gpu in best], y=[gpu["g3d_mark"] for gpu in best], mode="lines+markers",
        name="Pareto frontier", line={"color": MEASURED, "width": 2, "shape": "hv"},
        marker={"color": MEASURED, "symbol": "diamond", "size": 11, "line": {"color": "white", "width": 1}},
        text=[label_name(gpu["name"]) for gpu in best], customdata=[gpu["tdp_w"] for gpu in best],
        hovertemplate="<b>%{text}</b><br>$%{x:,.0f}, %{y:,.0f} points, %{customdata:,.0f} W<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(type="log", title="Price (US dollars, log scale)", tickprefix="$", tickformat=",", dtick="D2")
    figure.update_yaxes(type="log", title="3D performance (points, log scale)", tickformat=",", dtick="D2")
    return finish(figure, 460)


def _show_ranking(gpus: Sequence[Record]) -> None:
    order = st.segmented_control(
        "Rank by", list(_ORDERS), default="performance", required=True, key="rank", bind="query-params"
    )
    best, *_ = ranked = sorted(gpus, key=_ORDERS[order or "performance"])
    st.html(f'<p class="gk">Best by {order}: <b>{link_gpu(best["name"])}</b></p>')
    show_gpus(ranked, "The best for the money")


show("Find", "Say what you can spend and need: these cards are beaten by none in both price and performance.", render)
