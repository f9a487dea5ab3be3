"""Fleet: a whole list of GPUs at once."""

import hashlib
from collections import Counter
from functools import partial

import pandas as pd
import streamlit as st

from gpu_kedro.intake.errors import NoNameColumnError, TableFileError
from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.fleet.files import FleetTable, read_fleet, write_csv, write_workbook
from streamlit_app.fleet.scoring import Fleet, recognise_names
from streamlit_app.frame import show
from streamlit_app.prices import note_prices
from streamlit_app.widgets.wording import FIGURES, KNOWN_SOURCES, escape_markdown

_ENDINGS = ("csv", "txt", "tsv", "xlsx", "parquet")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def render(asker: Asker) -> None:
    """File in, scored rows out."""
    settings = asker.settings
    upload = st.file_uploader(
        f"A list of GPUs: CSV, Excel or Parquet, up to {settings.max_file_rows:,} rows and {settings.max_file_mb} MB",
        type=_ENDINGS,
        key="file",
    )
    if upload is None:
        st.caption(
            "One GPU a row, any spelling, under any header: the column of GPUs is found by its header or its cells. "
            "Columns of prices, TDP, PassMark's marks and `spec_…` are used where you have them; all others come back "
            "as they are."
        )
        st.download_button("Download an example", _EXAMPLE, "fleet_example.csv", "text/csv", icon=":material/download:")
        return
    content = upload.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    try:
        table = _choose_column(asker, content, digest)
    except TableFileError as err:
        told = str(err)
        st.error(escape_markdown(f"{told[:1].upper()}{told[1:]}"), icon=":material/upload_file:")
        return
    if table is None:
        return
    fleet = _score(asker, table, f"{digest}/{table.name_place}/{asker.version}")
    _show_summary(fleet)
    _show_rows(fleet)
    _offer_downloads(fleet)


@st.cache_resource(max_entries=8, show_spinner=False)
def _read(
    digest: str,  # noqa: ARG001
    version: str,  # noqa: ARG001
    column: str | None,
    max_rows: int,
    max_mb: int,
    _content: bytes,
    _asker: Asker,
) -> FleetTable:
    recognise = partial(recognise_names, backend=_asker.backend)
    return read_fleet(_content, recognise, max_rows=max_rows, max_bytes=max_mb * 1_000_000, column=column)


def _choose_column(asker: Asker, content: bytes, digest: str) -> FleetTable | None:
    """The list, read by the column of GPUs that is found or chosen; None where nothing tells it yet.

    Raises:
        TableFileError: it cannot be read.
    """
    settings = asker.settings
    given = settings.max_file_rows, settings.max_file_mb, content, asker
    try:
        table = _read(digest, asker.version, None, *given)
        columns, found = table.columns, table.name_place
    except NoNameColumnError as err:
        st.info("No column reads as GPUs: choose the one that holds them.", icon=":material/view_column:")
        table, columns, found = None, list(err.columns), None
    places = range(len(columns))
    chosen = st.selectbox(
        "Column with the GPUs", places, index=found, format_func=columns.__getitem__, key=f"column/{digest[:12]}"
    )
    if chosen is None or chosen == found:
        return table
    return _read(digest, asker.version, str(chosen + 1), *given)


def _score(asker: Asker, table: FleetTable, key: str) -> Fleet:
    """The scored list of this session; rows that are done stay done when the service fails in between."""
    kept: tuple[str, Fleet] | None = st.session_state.get("fleet")
    fleet = kept[1] if kept is not None and kept[0] == key else Fleet(table)
    st.session_state["fleet"] = (key, fleet)
    if not fleet.is_done:
        bar = st.progress(0.0, "Scoring …")
        for share in fleet.score(asker.backend, asker.settings.chunk_rows):
            bar.progress(share, f"Scoring … {len(fleet.scored):,} of {len(table.rows):,} rows")
        bar.empty()
    return fleet


def _show_summary(fleet: Fleet) -> None:
    prices, powers = (_known_values(fleet, target) for target in ("price_usd", "tdp_w"))
    numbers = (
        ("Rows", f"{len(fleet.scored):,}"),
        ("Need a look first", f"{sum(row['look_first'] is not None for row in fleet.scored):,}"),
        (f"Sum of {len(prices):,} prices", FIGURES["price_usd"].write(sum(prices))),
        (f"Sum of {len(powers):,} powers", FIGURES["tdp_w"].write(sum(powers))),
    )
    for column, (title, value) in zip(st.columns(len(numbers)), numbers, strict=True):
        column.metric(title, escape_markdown(value), border=True)
    told = _tell_left_out(fleet)
    st.caption(f"{note_prices()} Sums add single estimates; errors of similar cards do not cancel out.{told}")


def _known_values(fleet: Fleet, target: str) -> list[float]:
    return [row[target] for row in fleet.scored if row[target] is not None]


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


def _show_rows(fleet: Fleet) -> None:
    only = st.toggle("Only rows that need a look first", key="look", bind="query-params")
    rows = [
        {
            "Row": row["row"],
            "GPU": fleet.table.name(uploaded),
            "Look first": row["look_first"] or "",
            "Taken for": row["taken_for"] or "",
            "Match": row["confidence_in_words"] or "",
            "Segment": row["segment"] or "",
            **{FIGURES[target].title: _write_estimate(row, target) for target in FIGURES},
            "Notes": row["error"] or row["notes"],
        }
        for uploaded, row in sorted(
            zip(fleet.table.rows, fleet.scored, strict=True), key=lambda pair: -pair[1]["urgency"]
        )
        if row["look_first"] or not only
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="rows", height=420)


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
            lambda: write_workbook(fleet.header(), fleet.rows()),
            "gpus_scored.xlsx",
            _EXCEL,
            icon=":material/download:",
            on_click="ignore",
        )
    st.caption("Cells that a spreadsheet would run as a formula come back with an apostrophe in front.")


_EXAMPLE = "name,tdp_w\nGeForce RTX 3070,220\ngefroce gtx 1060 6gb,\nRadeon RX 6700 XT,\nIntel UHD 620,\n"

show("Fleet", "Upload a list of GPUs, typos allowed: every row scored, those that need a look first.", render)
