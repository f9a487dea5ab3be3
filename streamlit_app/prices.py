"""The market that a visitor's prices are of: kept for the session, and in the address while it is small."""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from gpu_kedro.contracts.v1.observations import Market

PRICE_NOTE = "Prices are 2022 observations, in US dollars of that year."
#: Its name in the session and in the address.
MARKET = "market"
_TOLD = "prices_told"
#: Of a market in an address; longer ones would be cut off on their way.
_LONGEST_TOKEN, _LONGEST_JSON = 1500, 100_000
_FIELDS = ("name", "price_usd", "date", "condition", "market")


def tell_prices(summary: Mapping[str, Any] | None) -> None:
    """Remember what the prices of the page that is drawn are of (`MarketSummary`); None: what the table has."""
    st.session_state[_TOLD] = None if summary is None else f"Prices are of {summary['as_of']}, {summary['condition']}."


def note_prices() -> str:
    """What the prices on this page are, in one sentence."""
    return st.session_state.get(_TOLD) or PRICE_NOTE


def current_market() -> dict[str, Any] | None:
    """The market as a request takes it; None where prices are those that are served."""
    market: dict[str, Any] | None = st.session_state.get(MARKET)
    return market


def keep_market(market: Mapping[str, Any] | None) -> None:
    """Let all prices be of a market, or, with None, of what is served again."""
    st.session_state[MARKET] = None if market is None else Market.model_validate(market).model_dump(exclude_none=True)


def follow_address() -> None:
    """Take the market out of a shared address, and put that of the session into it."""
    token = st.query_params.get(MARKET)
    if MARKET not in st.session_state:
        keep_market(None if token is None else _read_token(token))
    current = carried_market()
    if current.get(MARKET) != token:
        st.query_params.pop(MARKET, None)
        st.query_params.update(current)


def carried_market() -> dict[str, str]:
    """What of the market goes into every address of the app: nothing without one, or where it is too long."""
    market = current_market()
    token = None if market is None else write_token(market)
    return {} if token is None or len(token) > _LONGEST_TOKEN else {MARKET: token}


def write_token(market: Mapping[str, Any]) -> str:
    """A market (`Market` of the contract) as addresses of the app carry it."""
    rows = [[one.get(field) for field in _FIELDS] for one in market["observations"]]
    content = json.dumps([market.get("as_of"), market.get("condition"), rows], separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(content.encode(), 9)).decode().rstrip("=")


def _read_token(token: str) -> dict[str, Any] | None:
    """The market of an address; None where it is none: an address is anybody's to change."""
    try:
        packed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        content = zlib.decompressobj().decompress(packed, _LONGEST_JSON)
        as_of, condition, rows = json.loads(content)
        seen = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
        return Market.model_validate({"observations": seen, "as_of": as_of, "condition": condition}).model_dump()
    except (ValueError, TypeError, zlib.error, RecursionError):
        return None
