"""Find: the cards that keep to a budget, a power supply and whatever else is asked for."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from gpu_kedro.contracts.v1.queries import GpuSpecs
from gpu_kedro.modelling.targets import SEGMENTS
from streamlit_app.backends.cached import Asker
from streamlit_app.charts.figures import CONFIG
from streamlit_app.charts.find import draw_frontier
from streamlit_app.finding import Wanted, find_best, list_records, select_gpus, write_gpus
from streamlit_app.frame import show
from streamlit_app.prices import note_prices
from streamlit_app.widgets.amounts import Amounts
from streamlit_app.widgets.links import link_gpu
from streamlit_app.widgets.tables import show_gpus
from streamlit_app.widgets.wording import MAKERS

_FORMS = {
    "desktop": "Desktop cards",
    "workstation": "Workstation cards",
    "laptop": "Laptop chips",
    "accelerator": "Accelerators",
    "integrated": "Integrated",
    "other": "Other",
}
#: What can be bought by itself and drives a monitor.
_BUYABLE = [_FORMS["desktop"], _FORMS["workstation"]]
_MAKERS = {title: vendor for vendor, title in MAKERS.items()}
#: What a PCI Express slot gives without a cable.
_SLOT_W = 75
_SHOWN = 30
_ORDERS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "performance": lambda gpus: gpus["g3d_mark"],
    "price": lambda gpus: -gpus["price_usd"],
    "performance per dollar": lambda gpus: gpus["g3d_mark"] / gpus["price_usd"],
    "performance per watt": lambda gpus: gpus["g3d_mark"] / gpus["tdp_w"],
}
_MORE = ("memory", "maker", "since", "slot", "segment", "sure")


def render(asker: Asker) -> None:
    """Limits in; a plot, a ranking and a file out."""
    known = asker.priced_gpus()
    found = select_gpus(known, _enter_wanted())
    if found.empty:
        st.info(f"None of {len(known):,} cards keeps to these limits: raise the budget or lower the demands.")
        return
    best = find_best(found[found["has_price"]])
    st.plotly_chart(draw_frontier(best, found), config=CONFIG, key="frontier")
    st.caption(
        f"{len(found):,} of {len(known):,} cards keep to these limits. The line joins those {len(best):,} with a "
        f"measured price than which none is both cheaper and faster; predicted prices are left out of it, since those "
        f"too low would win. {note_prices()} Some are listings of scarce old stock."
    )
    _show_ranking(found)


def _enter_wanted() -> Wanted:
    amounts = Amounts()
    columns = st.columns(4)
    budget = amounts.enter(columns[0], "budget", "Budget ($)", "price_usd", help="highest price, in US dollars")
    power = amounts.enter(columns[1], "power", "Most power (W)", "tdp_w", help="highest design power")
    least = amounts.enter(columns[2], "least", "Least performance (points)", "g3d_mark", help="lowest G3D Mark")
    forms = columns[3].multiselect(
        "Sold as", list(_FORMS.values()), default=_BUYABLE, key="forms", placeholder="anything", bind="query-params"
    )
    keys = {title: form for form, title in _FORMS.items()}
    wanted = Wanted(budget, power, least, tuple(keys[title] for title in forms))
    is_asked = any(name in st.query_params for name in _MORE)
    area = st.expander("More: memory, maker, year, power cable, known prices only", expanded=is_asked, key="more")
    if area.open or is_asked:
        with area:
            wanted = _enter_more(amounts, wanted)
    amounts.check()
    return wanted


def _enter_more(amounts: Amounts, wanted: Wanted) -> Wanted:
    columns = st.columns(4)
    memory = amounts.enter(columns[0], "memory", "Least memory (GB)", "memory_size_gb", of=GpuSpecs, help="in GB")
    since = amounts.enter(columns[1], "since", "Released since", "release_year", of=GpuSpecs, help="a year")
    maker = columns[2].selectbox(
        "Maker", list(_MAKERS), index=None, key="maker", placeholder="any", bind="query-params"
    )
    segment = columns[3].selectbox(
        "Segment", SEGMENTS, index=None, key="segment", placeholder="any", bind="query-params"
    )
    needs_no_cable = st.toggle(f"Needs no power cable (at most {_SLOT_W} W)", key="slot", bind="query-params")
    is_sure = st.toggle("Only measured prices and marks, nothing predicted", key="sure", bind="query-params")
    power = min(wanted.max_tdp_w or _SLOT_W, _SLOT_W) if needs_no_cable else wanted.max_tdp_w
    return replace(
        wanted, max_tdp_w=power, min_memory_gb=memory, vendor=_MAKERS.get(maker or ""), since=since, segment=segment,
        is_sure=is_sure,
    )  # fmt: skip


def _show_ranking(found: pd.DataFrame) -> None:
    picked = st.segmented_control(
        "Rank by", list(_ORDERS), default="performance", required=True, key="rank", bind="query-params"
    )
    order = picked or "performance"  # an empty parameter in the address gives None, whatever is required
    scores = _ORDERS[order](found)
    ranked = found.loc[scores.sort_values(ascending=False, kind="stable").index]
    st.html(f'<p class="gk">Best by {order}: <b>{link_gpu(ranked["name"].iloc[0])}</b></p>')
    show_gpus(list_records(ranked.head(_SHOWN)), "Cards that keep to these limits")
    if len(ranked) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(ranked):,}; the file has all.")
    st.download_button(
        f"Download these {len(ranked):,} as CSV", lambda: write_gpus(ranked), "gpus_found.csv", "text/csv",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip


show("Find", "Say what you can spend and need: the cards that fit, and the best buys among them.", render)
