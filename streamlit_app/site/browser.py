"""What Streamlit leaves to the browser: links within the app, steps of the history, copying, and buttons in tables."""

from collections.abc import Callable, Mapping
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
    visit = current_visit()
    _mount(
        key=_KEY,
        data={"page": page, "done": visit.done},
        on_put_change=lambda: _change_tray("put", visit.put),
        on_drop_change=lambda: _change_tray("drop", visit.take_out),
    )


def _change_tray(what: str, change: Callable[[str], None]) -> None:
    state: Mapping[str, Any] = st.session_state.get(_KEY) or {}
    name = state.get(what)
    if name and isinstance(name, str):
        change(name[:300])
        current_visit().done += 1
