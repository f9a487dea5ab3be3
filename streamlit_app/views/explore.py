"""Explore: what the known GPUs tell, each with the caveat that matters."""

import streamlit as st

from streamlit_app.backends.cached import Asker
from streamlit_app.charts.explore import draw_missing, draw_ratio_over_years, draw_siblings
from streamlit_app.charts.figures import CONFIG
from streamlit_app.charts.relations import pair_siblings, select_gpus, split_groups
from streamlit_app.frame import show
from streamlit_app.widgets.wording import QUANTITIES, RATIOS, escape_markdown

_RATIOS = {QUANTITIES[ratio].title: ratio for ratio in RATIOS}
_PER_DOLLAR, _PER_WATT = _RATIOS
_PENALTY, _MISSING = "The mobile penalty", "What is missing"
_GROUPS = {"segment": "Segment", "architecture": "Architecture", "vendor": "Maker"}
_CAVEATS = {
    _PER_DOLLAR: "Prices are observations of 2022, whatever the year of release: old cards are priced as what is left "
    "of them, some of it scarce. A price is known for a quarter of the table only: the better-known cards.",
    _PER_WATT: "Power is the design power (TDP), not what was drawn; it is known for a third of the table, most of all "
    "for desktop cards. Of laptop cards the makers allow a range.",
    _PENALTY: "Laptop cards of a desktop card's number may be other chips, and their makers set the power. Only "
    "models with both siblings in the data count; Max-Q designs stay out.",
    _MISSING: "What is missing is not missing by chance: prices and powers were collected for the cards people ask "
    "about, and unknown segments are mostly the rare ones. Models trained on the known part may not hold for the rest.",
}


def render(asker: Asker) -> None:
    """One relationship at a time."""
    about = st.segmented_control(
        "What to look at",
        list(_CAVEATS),
        default=_PER_DOLLAR,
        required=True,
        key="about",
        label_visibility="collapsed",
        bind="query-params",
    )
    # an empty parameter in the address gives None, whatever is required
    about = about or _PER_DOLLAR
    if about == _MISSING:
        missing = asker.map_missing()
        groups = ", ".join(f"{name} {rows:,}" for name, rows in zip(missing["groups"], missing["rows"], strict=True))
        st.caption(f"Share of GPUs without a value, in %, by their segment ({escape_markdown(groups)} GPUs).")
        st.plotly_chart(draw_missing(missing), config=CONFIG, key="missing")
    elif about == _PENALTY:
        _show_penalty(asker)
    else:
        _show_ratio(asker, about)
    st.info(f"**Before you conclude:** {_CAVEATS[about]}", icon=":material/info:")


def _show_ratio(asker: Asker, about: str) -> None:
    ratio = _RATIOS[about]
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    by = left.segmented_control(
        "Group by", list(_GROUPS), format_func=_GROUPS.__getitem__, default="segment", required=True, key="by",
        bind="query-params",
    )  # fmt: skip
    measured_only = right.toggle("Measured only", value=True, key="measured", bind="query-params")
    gpus = select_gpus(asker.known_gpus(), RATIOS[ratio], measured_only=measured_only)
    groups = {name: some for name, some in split_groups(gpus, by or "segment").items() if len(some)}
    if not groups:
        st.info("No GPU has both figures measured.")
        return
    st.plotly_chart(draw_ratio_over_years(groups, ratio), config=CONFIG, key=f"plot_{ratio}")
    measured = int(gpus["is_measured"].sum())
    st.caption(
        f"{len(gpus):,} GPUs with a known year of release, {measured:,} of them with both figures measured. Small "
        "marks: GPUs; lines: medians of years with at least three. The year is that of the release, not of the test."
    )


def _show_penalty(asker: Asker) -> None:
    measured_only = st.toggle("Measured only", value=True, key="measured", bind="query-params")
    pairs = pair_siblings(asker.known_gpus(), measured_only=measured_only)
    if pairs.empty:
        st.info("No pair of desktop and laptop siblings has both marks.")
        return
    median = pairs["share"].median()
    slower = (pairs["share"] < 1).mean()
    st.markdown(
        f"Of **{len(pairs):,} pairs**, the laptop card reaches **{median:.0%}** of its desktop sibling's 3D mark in "
        f"the median; {slower:.0%} are slower."
    )
    st.plotly_chart(draw_siblings(pairs), config=CONFIG, key="siblings")


show("Explore", "What two thousand benchmarked cards tell about performance, price, power and laptops.", render)
