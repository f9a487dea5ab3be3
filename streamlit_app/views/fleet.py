"""Fleet: a whole list of GPUs at once, from the file to what to do with each."""

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.fleet.advice import Advice, advise, note_advice, total
from streamlit_app.fleet.files import write_csv, write_workbook
from streamlit_app.fleet.scoring import Fleet
from streamlit_app.fleet.wizard import read_upload
from streamlit_app.frame import show
from streamlit_app.prices import note_prices
from streamlit_app.widgets.amounts import Amounts
from streamlit_app.widgets.inputs import clean_name
from streamlit_app.widgets.wording import FIGURES, KNOWN_SOURCES, escape_markdown, shorten

_MOST_NOTES = 10
_ENDINGS = ("csv", "txt", "tsv", "xlsx", "parquet")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXAMPLE = (
    "Asset,Graphics card,Count,Room\nPC-01,GeForce RTX 3070,12,A1\nPC-02,gefroce gtx 1060 6gb,30,A2\n"
    "PC-03,Radeon RX 6700 XT,4,B1\nPC-04,Intel UHD 620,25,B2\nPC-05,GeForce GTX 750 Ti,18,B3\n"
    "PC-06,Quadro P2000,6,C1\nPC-07,GeForce RTX 4070 Laptop GPU,9,C2\nPC-08,Microsoft Basic Display Adapter,2,C3\n"
)


def render(asker: Asker) -> None:
    """File in; what it is worth, what to do with each row, and the same file with answers out."""
    settings = asker.settings
    upload = st.file_uploader(
        f"A list of GPUs: CSV, Excel or Parquet, up to {settings.max_file_rows:,} rows and {settings.max_file_mb} MB",
        type=_ENDINGS,
        key="file",
        max_upload_size=settings.max_file_mb,
    )
    if upload is None:
        st.header("An example: eight kinds of computers", anchor=False)
        st.caption(
            "One GPU a row, any spelling, under any header. Upload your own above, or play with this one: columns "
            "of counts, prices, TDP, marks and `spec_…` are used where there are any; all come back as they are."
        )
    read = read_upload(asker, _EXAMPLE.encode() if upload is None else upload.getvalue())
    if read is None:
        return
    table, key = read
    fleet = _score(asker, Fleet(table), f"{key}/{asker.version}")
    goal, budget = _enter_goal()
    advice = advise(fleet, asker.priced_gpus(), goal, budget)
    note_advice(fleet, advice)
    _show_summary(fleet, advice, goal)
    _tell_notes(fleet)
    _correct(asker, fleet)
    _show_rows(fleet, advice)
    _offer_downloads(fleet)


def _score(asker: Asker, fresh: Fleet, key: str) -> Fleet:
    """The scored list of this session; rows that are done stay done when the service fails in between."""
    kept: tuple[str, Fleet] | None = st.session_state.get("fleet")
    fleet = kept[1] if kept is not None and kept[0] == key else fresh
    st.session_state["fleet"] = (key, fleet)
    if not fleet.is_done:
        bar = st.progress(0.0, "Scoring …")
        for share in fleet.score(asker.backend, asker.settings.chunk_rows):
            bar.progress(share, f"Scoring … {len(fleet.scored):,} of {len(fleet.table.rows):,} rows")
        bar.empty()
    return fleet


def _enter_goal() -> tuple[float | None, float | None]:
    amounts = Amounts()
    left, right = st.columns(2)
    goal = amounts.enter(
        left, "goal", "Replace what is slower than (points)", "g3d_mark", help="least G3D Mark that a computer needs"
    )
    budget = amounts.enter(right, "budget", "Budget for replacements ($)", "price_usd", help="for all of them together")
    amounts.check()
    return goal, budget


def _show_summary(fleet: Fleet, advice: Sequence[Advice], goal: float | None) -> None:
    look = sum(row["look_first"] is not None for row in fleet.scored)
    numbers = [("Rows", f"{len(fleet.scored):,}"), ("Need a look first", f"{look:,}")]
    ranges = []
    for target, words in (("price_usd", "prices"), ("tdp_w", "powers")):
        told, quantity = total(fleet, target), FIGURES[target]
        numbers.append(
            (f"Sum of {told['count'] if told else 0:,.0f} {words}", quantity.write(told["value"] if told else 0))
        )
        if told:
            ranges.append(f"{words} {quantity.write_range(told['interval_80'])}")
    if goal is not None:
        numbers.append(_count_replaced(fleet, advice))
    for column, (title, value) in zip(st.columns(len(numbers)), numbers, strict=True):
        column.metric(title, escape_markdown(value), border=True)
    st.caption(
        f"{note_prices()} 80 % intervals of the sums: {escape_markdown('; '.join(ranges))}; GPUs of one model err "
        f"together, others independently, known figures are exact.{_tell_left_out(fleet)}"
    )


def _count_replaced(fleet: Fleet, advice: Sequence[Advice]) -> tuple[str, str]:
    """How many are to be replaced, as far as there is a card and money for it, and what that costs."""
    wanted = paid = spent = 0.0
    for place, one in enumerate(advice):
        quantity = fleet.row(place).quantity
        if one.action == "replace":
            wanted += quantity
        if one.price_usd is not None:
            paid += quantity
            spent += one.price_usd * quantity
    title = f"{wanted:,.0f} to replace" if wanted == paid else f"{paid:,.0f} of {wanted:,.0f} to replace"
    return title, FIGURES["price_usd"].write(spent)


def _tell_notes(fleet: Fleet) -> None:
    """Which cells were not taken as they stand, the first of each kind."""
    noted = [(row.number, row.notes) for row in fleet.table.rows if row.notes]
    if not noted:
        return
    kinds: dict[str, str] = {}
    for number, notes in noted:
        for note in notes.split("; "):
            kinds.setdefault(re.sub(r"[\d.,]+", "#", note), f"row {number}: {note}")
    listed = "".join(f"\n- {escape_markdown(shorten(line, 200))}" for line in list(kinds.values())[:_MOST_NOTES])
    rows = "1 row" if len(noted) == 1 else f"{len(noted):,} rows"
    st.warning(f"In {rows} a cell was not taken as it stands; the first of each kind:{listed}")


def _tell_left_out(fleet: Fleet) -> str:
    """How many rows the sums leave out, by why."""
    reasons = Counter(
        "cannot be scored" if row["error"] else row["reason"]
        for row in fleet.scored
        if row["price_usd"] is None or row["tdp_w"] is None
    )
    if not reasons:
        return ""
    listed = ", ".join(f"{rows:,} {reason}" for reason, rows in reasons.most_common())
    return f" Rows without a price or a power are left out of its sum: {listed}."


def _correct(asker: Asker, fleet: Fleet) -> None:
    """Name the GPU of a row anew, without touching the file."""
    doubtful = sorted(
        (place for place, row in enumerate(fleet.scored) if row["look_first"]),
        key=lambda place: -fleet.scored[place]["urgency"],
    )
    if not doubtful:
        return
    with st.expander(f"Correct a row: {len(doubtful):,} need a look", icon=":material/edit:", key="correct"):
        left, right = st.columns(2)
        place = left.selectbox(
            "Row", doubtful, key="doubtful",
            format_func=lambda one: f"row {fleet.scored[one]['row']}: {shorten(_name(fleet, one) or 'no name', 60)}",
        )  # fmt: skip
        guesses = (fleet.scored[place]["did_you_mean"] or "").split("; ")
        name = clean_name(
            right.selectbox(
                "is really",
                [*filter(None, guesses), *asker.known_names()],
                index=None,
                key=f"really/{place}",
                placeholder="Type the GPU's name and press Enter",
                accept_new_options=True,
            )
        )
        if st.button("Score this row again", disabled=name is None, key="rescore") and name is not None:
            fleet.correct(place, name, asker.backend)
            st.rerun()


def _name(fleet: Fleet, place: int) -> str:
    return fleet.scored[place]["corrected_to"] or fleet.table.name(fleet.table.rows[place])


def _show_rows(fleet: Fleet, advice: Sequence[Advice]) -> None:
    only = st.toggle("Only rows that need a look first", key="look", bind="query-params")
    places = sorted(range(len(fleet.scored)), key=lambda place: -fleet.scored[place]["urgency"])
    rows = [
        _write_row(fleet, place, advice[place]) for place in places if fleet.scored[place]["look_first"] or not only
    ]
    # on a phone the first three columns are seen
    widths = {name: st.column_config.Column(width=150) for name in ("GPU", "What to do")}
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="rows", height=420, column_config=widths)


def _write_row(fleet: Fleet, place: int, advice: Advice) -> Record:
    row = fleet.scored[place]
    buy = (
        "" if advice.replacement is None else f": {advice.replacement}, {FIGURES['price_usd'].write(advice.price_usd)}"
    )
    return {
        "GPU": _name(fleet, place),
        "What to do": f"{advice.action}{buy}{f' ({advice.why})' if advice.why and advice.action != 'look' else ''}",
        "Count": fleet.row(place).quantity,
        **{FIGURES[target].title: _write_estimate(row, target) for target in FIGURES},
        "Look first": row["look_first"] or "",
        "Taken for": row["taken_for"] or "",
        "Match": row["confidence_in_words"] or "",
        "Segment": row["segment"] or "",
        "Row": row["row"],
        "Notes": row["error"] or row["notes"],
    }


def _write_estimate(row: Record, target: str) -> str:
    if row[target] is None:
        return ""
    quantity, source = FIGURES[target], row[f"{target}_source"]
    if source in KNOWN_SOURCES:
        return f"{quantity.write(row[target])} ({source})"
    ends = quantity.write_range((row[f"{target}_low_90"], row[f"{target}_high_90"]))
    return f"{quantity.write(row[target])} (90 %: {ends})"


def _offer_downloads(fleet: Fleet) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Download CSV",
            lambda: write_csv(fleet.header(), fleet.rows()),
            "gpus_scored.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            type="primary",
        )
        st.download_button(
            "Download Excel",
            lambda: write_workbook(fleet.header(), fleet.rows(), (fleet.unread_header(), fleet.unread())),
            "gpus_scored.xlsx",
            _EXCEL,
            icon=":material/download:",
            on_click="ignore",
        )
    st.caption(
        "Your rows in your order with your columns first, then ours; the workbook has a sheet of the rows of which "
        "nothing can be said. Cells that a spreadsheet would run as a formula come back with an apostrophe in front."
    )


show("Fleet", "Upload a list of GPUs, typos allowed: what it is worth, and what to do with each.", render)
