"""Market: what people have seen cards cost; all prices of the app are then of that market."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from gpu_kedro.contracts.v1.observations import MAX_OBSERVATIONS
from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.serving.market_file import read_market_file
from streamlit_app.backends.base import Record
from streamlit_app.backends.cached import Asker
from streamlit_app.backends.failures import RefusedError
from streamlit_app.charts.figures import CONFIG, finish, label_name
from streamlit_app.finding import list_records
from streamlit_app.frame import show
from streamlit_app.prices import current_market, keep_market
from streamlit_app.widgets.style import ASKED, MEASURED, NEUTRAL
from streamlit_app.widgets.wording import escape_markdown, start_sentence

_COLUMNS = ("name", "price_usd", "date", "condition", "market")
#: Said, because a column of gaps would be taken for one of numbers.
_TYPES = {name: "float64" if name == "price_usd" else "string" for name in _COLUMNS}
_EXAMPLE = "name,price_usd,date,condition\nRTX 3060,210,2026-03-06,used\nRX 6600,150,2026-03,used\n"
_ROWS, _READ = "market_rows", "market_read"


def render(asker: Asker) -> None:
    """Prices in, how well they are explained out."""
    rows = _take_rows()
    with st.expander("Paste or upload a list", expanded=not rows):
        _read_list()
    if refused := st.session_state.get("market_refused"):
        st.warning("\n".join(f"- {escape_markdown(line)}" for line in refused[:10]))
    edited = st.data_editor(
        pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_TYPES),
        key=f"market_editor_{st.session_state.get(_READ, 0)}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            "name": st.column_config.TextColumn("GPU", help="any spelling"),
            "price_usd": st.column_config.NumberColumn("Price ($)", min_value=1.0, format="%.2f"),
            "date": st.column_config.TextColumn("Date", help="2026-03-06, 2026-03 or 2026"),
            "condition": st.column_config.SelectboxColumn("Condition", options=["new", "used"]),
            "market": st.column_config.TextColumn("Market", help="where, in free words"),
        },
    )
    when, what = st.columns(2)
    current = current_market() or {}
    as_of = when.text_input("Prices as of", value=str(current.get("as_of") or ""), placeholder="the newest date")
    condition = what.selectbox(
        "Condition of what is priced",
        ("new", "used"),
        index=None if not current.get("condition") else ("new", "used").index(current["condition"]),
        placeholder="that of most prices",
    )
    filled = [row for row in list_records(edited) if row["name"] or row["price_usd"]]
    _keep(filled, as_of.strip() or None, condition)
    if current_market() is None:
        st.info("No market yet: prices are those that are served. Type, paste or upload what you have seen.")
        return
    _show_fit(asker)
    st.button("Forget this market", on_click=_forget, icon=":material/delete:")


def _take_rows() -> list[Record]:
    """What the editor begins with; it keeps its own changes until another list is read."""
    market = current_market() or {"observations": []}
    rows: list[Record] = st.session_state.setdefault(_ROWS, market["observations"])
    return rows


def _read_list() -> None:
    pasted = st.text_area("Paste rows with a header", placeholder=_EXAMPLE, key="market_pasted", height=130)
    uploaded = st.file_uploader("CSV, TSV, Excel or Parquet", ["csv", "tsv", "txt", "xlsx", "parquet"], key="market_up")
    if st.button("Read", icon=":material/table_view:", disabled=not (pasted.strip() or uploaded)):
        content = uploaded.getvalue() if uploaded is not None else pasted.encode()
        try:
            file = read_market_file(content, most=MAX_OBSERVATIONS, file="the list")
        except TableFileError as err:
            st.error(escape_markdown(start_sentence(str(err))))
            return
        st.session_state["market_refused"] = file.refused
        st.session_state[_ROWS] = file.observations
        st.session_state[_READ] = st.session_state.get(_READ, 0) + 1
        st.rerun()


def _keep(rows: list[Record], as_of: str | None, condition: str | None) -> None:
    market = {"observations": rows[:MAX_OBSERVATIONS], "as_of": as_of, "condition": condition} if rows else None
    before = current_market()
    try:
        keep_market(market)
    except ValueError:
        raise RefusedError([("prices as of", "not a date; write 2026-03-06, 2026-03 or 2026")]) from None
    if current_market() != before:
        # what stands above this page tells the market, too
        st.rerun()


def _forget() -> None:
    keep_market(None)
    st.session_state[_ROWS] = []
    st.session_state["market_refused"] = []
    st.session_state[_READ] = st.session_state.get(_READ, 0) + 1


def _show_fit(asker: Asker) -> None:
    fitted = asker.fit_market(asker.market or {})
    for note in fitted["market_notes"]:
        st.warning(
            f"Row {note['place'] + 1}, {escape_markdown(note['name'] or 'no name')}: {escape_markdown(note['reason'])}"
        )
    seen = fitted["observations"]
    if not seen:
        return
    st.header("How well these prices are explained", anchor=False)
    if fitted["median_error"] is not None:
        st.markdown(f"What all others say of each card is off by a median of **{fitted['median_error']:.0%}**.")
    st.plotly_chart(draw_fit(seen), config=CONFIG, key="market_fit")


def draw_fit(seen: list[Record]) -> go.Figure:
    """What each card was seen at against what all others say, both logarithmic; junk is marked."""
    figure = go.Figure()
    ends = [min(_prices(seen)), max(_prices(seen))]
    figure.add_scatter(x=ends, y=ends, mode="lines", name="as expected", line={"color": NEUTRAL, "dash": "dash"})
    for is_junk, name, colour, symbol in ((False, "seen", MEASURED, "diamond"), (True, "junk", ASKED, "x")):
        some = [one for one in seen if one["is_junk"] is is_junk]
        if some:
            figure.add_scatter(
                x=[one["expected_usd"] for one in some],
                y=[one["price_usd"] for one in some],
                mode="markers",
                name=name,
                marker={"color": colour, "symbol": symbol, "size": 10},
                text=[label_name(one["name"]) for one in some],
                hovertemplate="<b>%{text}</b><br>seen at $%{y:,.0f}, others say $%{x:,.0f}<extra></extra>",
            )
    for update, title in ((figure.update_xaxes, "What all others say"), (figure.update_yaxes, "Seen at")):
        update(type="log", title=f"{title} (US dollars, log scale)", tickprefix="$", tickformat=",", dtick="D2")
    return finish(figure, 420)


def _prices(seen: list[Record]) -> list[Any]:
    return [one[name] for one in seen for name in ("price_usd", "expected_usd")]


show(
    "Market",
    "Say what you have seen cards cost: every price of this app is then of that market and not of 2022.",
    render,
)
