"""What Streamlit leaves to the browser: links within the app, steps of the history, copying, and buttons in tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from streamlit_app.site.visit import current_visit

_KEY = "browser"
_mount = st.components.v2.component(
    "gpu_kedro_browser", js=Path(__file__).with_name("browser.js").read_text("utf-8"), isolate_styles=False
)


def listen_to_browser(page: str) -> None:
    """Mount the script on a page; what it tells is done before the page is drawn."""
    _mount(key=_KEY, data={"page": page, "done": current_visit().done}, on_put_change=_put, on_drop_change=_take_out)


def _put() -> None:
    if name := _told("put"):
        current_visit().put(name)
        current_visit().done += 1


def _take_out() -> None:
    if name := _told("drop"):
        current_visit().take_out(name)
        current_visit().done += 1


def _told(what: str) -> str | None:
    state: Mapping[str, Any] = st.session_state.get(_KEY) or {}
    name = state.get(what)
    return name[:300] if isinstance(name, str) else None
