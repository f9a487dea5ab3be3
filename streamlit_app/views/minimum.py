"""Minimum: the least card that is fast enough, and which share of many computers is."""

import streamlit as st

from gpu_kedro.contracts.v1.minimum import MAX_POPULATION
from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.fleet.files import FleetTable
from streamlit_app.fleet.pasted import tabulate_counts
from streamlit_app.fleet.wizard import read_upload
from streamlit_app.frame import name_tab, show
from streamlit_app.prices import note_prices
from streamlit_app.widgets.amounts import Amounts
from streamlit_app.widgets.inputs import choose_gpu
from streamlit_app.widgets.links import link_gpu
from streamlit_app.widgets.marks import draw_legend
from streamlit_app.widgets.tables import Column, draw_sourced, draw_table, list_figures, list_names
from streamlit_app.widgets.wording import FIGURES, MAKERS, REASON_TITLES, escape_html, escape_markdown, shorten

_EXAMPLE = "GeForce GTX 1060"
_SURVEY = (
    "GPU,Share\nGeForce RTX 3060,5.9\nGeForce GTX 1650,5.5\nGeForce GTX 1060,4.8\nGeForce RTX 4060 Laptop GPU,4.2\n"
    "GeForce GTX 1050 Ti,3.6\nRadeon RX 580,2.4\nIntel UHD 620,2.2\nGeForce RTX 4070,2.1\nGeForce GTX 970,1.4\n"
)
_CHANCES = {"as likely as not": 0.5, "80 %": 0.8, "95 %": 0.95}
_FORMS = {"desktop": "Desktop cards", "laptop": "Laptop chips"}
_WORDS = {**REASON_TITLES, "too_little_known": "too little is known"}


def render(asker: Asker) -> None:
    """A reference in; the least cards and the share of a list out."""
    wanted, is_asked = _enter_wanted(asker)
    if is_asked:
        name_tab(f"As fast as {shorten(wanted.get('name') or FIGURES['g3d_mark'].write(wanted['g3d_mark']), 60)}")
    else:
        st.header(f"An example: as fast as a {_EXAMPLE}", anchor=False)
    population, is_own = _enter_population(asker)
    answer = asker.find_minimum({**wanted, "population": population})
    _show_needed(answer["reference"])
    if is_own:
        _show_share(answer["population"], "Share of your list")
    _show_least(answer, asker)
    if not is_own:
        _show_share(answer["population"], "Share of players: an example")


def _enter_wanted(asker: Asker) -> tuple[Record, bool]:
    amounts = Amounts()
    left, middle, right = st.columns([3, 1, 1])
    with left:
        name = choose_gpu(asker, "As fast as which GPU?", "name")
    points = amounts.enter(middle, "points", "or in points", "g3d_mark", help="PassMark G3D Mark, instead of a GPU")
    since = amounts.enter(right, "since", "Released since", "test_year", help="only GPUs released since that year")
    sure = st.segmented_control(
        "How likely it has to be", list(_CHANCES), default="80 %", required=True, key="sure", bind="query-params"
    )
    amounts.check()
    wanted: Record = {"chance": _CHANCES[sure or "80 %"], "since": since}
    if points is not None:
        return {**wanted, "g3d_mark": points}, True
    return {**wanted, "name": name or _EXAMPLE}, name is not None


def _enter_population(asker: Asker) -> tuple[list[Record] | None, bool]:
    """A list with counts, pasted or uploaded; the example until there is one, and whether it is the user's own."""
    with st.expander("Which share of your players or computers is that? Paste or upload a list", key="list"):
        pasted = st.text_area(
            "A GPU and its count or share in each line",
            key="pasted",
            placeholder=_SURVEY,
            height=160,
            max_chars=400_000,
        )
        upload = st.file_uploader(
            "or a file: CSV, Excel or Parquet",
            type=["csv", "txt", "tsv", "xlsx", "parquet"],
            max_upload_size=asker.settings.max_file_mb,
        )
    content = upload.getvalue() if upload is not None else tabulate_counts((pasted or "").strip()).encode()
    read = read_upload(asker, content or _SURVEY.encode())
    if read is not None and content and "quantity" not in read[0].places:
        st.warning("No counts were found: each line counts once. Write `12x RTX 3060` or `RTX 3060, 12`.")
    return (None if read is None else _count(read[0])), bool(content)


def _count(table: FleetTable) -> list[Record] | None:
    """Each GPU once with how many there are of it, the most frequent ones where there are too many."""
    counts: dict[str, float] = {}
    for row in table.rows:
        if row.query is not None and row.query.get("name"):
            counts[row.query["name"]] = counts.get(row.query["name"], 0.0) + row.quantity
    listed = sorted(counts.items(), key=lambda pair: -pair[1])[:MAX_POPULATION]
    return [{"name": name, "count": count} for name, count in listed] or None


def _show_needed(reference: Record) -> None:
    taken = reference["taken_for"] or reference["name"] or "the mark"
    st.html(
        f'<p class="gk">Needed: {draw_sourced("g3d_mark", reference["g3d_mark"], reference["source"])} points, as of '
        f"<b>{escape_html(taken)}</b>.</p>"
    )


def _show_least(answer: Record, asker: Asker) -> None:
    prices = _list_prices(asker)
    for place, (form, title) in zip(st.columns(len(_FORMS), gap="large"), _FORMS.items(), strict=True):
        with place:
            st.header(title, anchor=False)
            of_form = [one for one in answer["least"] if one["form"] == form]
            rows = [{**gpu, **prices.get(gpu["name"], {})} for one in of_form for gpu in one["gpus"]]
            none = [MAKERS[one["vendor"]] for one in of_form if not one["gpus"]]
            if rows:
                st.html(_draw_least(rows, title))
            if none:
                st.caption(f"None of {' and '.join(none)} is known to be fast enough with that chance.")
    st.caption(f"The three least of each maker. {note_prices()}")


def _list_prices(asker: Asker) -> Record:
    """Prices of the market that is looked at, by name of the GPU; nothing where none is."""
    if asker.market is None:
        return {}
    priced = asker.priced_gpus()[["name", "price_usd", "price_usd_source"]].dropna(subset="price_usd")
    return {row["name"]: row for row in priced.to_dict("records")}


def _draw_least(rows: list[Record], title: str) -> str:
    columns = [
        list_names(rows),
        list_figures("g3d_mark", rows),
        _list_chances(rows),
        list_figures("price_usd", rows),
    ]
    sources = {gpu[f"{name}_source"] for gpu in rows for name in ("g3d_mark", "price_usd")}
    return draw_table(columns, title) + draw_legend(sources)


def _list_chances(rows: list[Record]) -> Column:
    words = {1.0: "sure", 0.0: "no"}
    told = [words.get(row["chance"], f"{100 * row['chance']:.0f} %") for row in rows]
    return Column("Holds with", told, is_number=True)


def _show_share(population: Record | None, title: str) -> None:
    if population is None:
        return
    st.header(title, anchor=False)
    if population["share"] is None:
        st.info("Nothing can be said of any GPU in the list.")
        return
    low, high = population["interval_90"]
    known = population["count"] - population["unknown_count"]
    columns = st.columns(3)
    columns[0].metric("Fast enough", f"{100 * population['share']:.0f} %", border=True)
    columns[1].metric("90 % interval", f"{100 * low:.0f} to {100 * high:.0f} %", border=True)
    columns[2].metric("Counted", f"{known:,.6g} of {population['count']:,.6g}", border=True)
    st.caption(
        "The share is of those counted. GPUs of one model qualify together or not at all; those of different models "
        "independently."
    )
    if population["just_missing"]:
        st.subheader("Who just misses", anchor=False)
        st.html(_draw_missing(population["just_missing"]))
    if population["unknown"]:
        listed = ", ".join(
            f"{shorten(one['name'], 40)} ({_WORDS.get(one['reason'] or '', 'nothing is known')})"
            for one in population["unknown"][:12]
        )
        st.caption(f"Left out: {escape_markdown(listed)}.")


def _draw_missing(rows: list[Record]) -> str:
    columns = [
        Column("GPU", [link_gpu(row["name"]) for row in rows]),
        Column("Count", [f"{row['count']:,.6g}" for row in rows], is_number=True),
        Column("Points", [draw_sourced("g3d_mark", row["g3d_mark"], row["source"]) for row in rows], is_number=True),
        _list_chances(rows),
    ]
    return draw_table(columns, "Who just misses") + draw_legend({row["source"] for row in rows})


show("Minimum", "Say what a game or a job needs: the least cards that are fast enough, and who has one.", render)
