"""Tables of GPUs, with units, separators and where each figure comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from streamlit_app.widgets.wording import FIGURES, PRICE_NOTE

_NUMBERS = {
    "g3d_mark": ("3D points", "%,d"),
    "price_usd": ("Price, 2022", "$%,d"),
    "tdp_w": ("Power", "%,d W"),
    "g3d_per_usd": ("Points/$", "%.1f"),
    "g3d_per_watt": ("Points/W", "%.1f"),
}
_SHORT = {"g3d_mark": "points", "price_usd": "price", "tdp_w": "power"}


def show_gpus(gpus: Sequence[Mapping[str, Any]], key: str) -> None:
    """One GPU a row: measured figures where there are any, else predicted ones, told apart in words.

    Args:
        gpus: entries as the API lists them (`KnownGpu`).
        key: of the table.
    """
    table = pd.DataFrame(
        {
            "name": [gpu["name"] for gpu in gpus],
            "segment": [gpu["segment"] or "not clear" for gpu in gpus],
            **{name: [round(gpu[name]) for gpu in gpus] for name in ("g3d_mark", "price_usd", "tdp_w")},
            "g3d_per_usd": [gpu["g3d_mark"] / gpu["price_usd"] for gpu in gpus],
            "g3d_per_watt": [gpu["g3d_mark"] / gpu["tdp_w"] for gpu in gpus],
            "measured": [_list_measured(gpu) for gpu in gpus],
        }
    )
    st.dataframe(table, hide_index=True, key=key, column_config=configure_columns(), height="content")
    st.caption(PRICE_NOTE)


def configure_columns() -> dict[str, Any]:
    """Titles and formats of the columns of figures."""
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(title, format=form) for name, (title, form) in _NUMBERS.items()
    }
    columns["name"] = st.column_config.TextColumn("GPU", pinned=False, width="medium")
    columns["segment"] = st.column_config.TextColumn("Segment", width="small")
    columns["measured"] = st.column_config.TextColumn(
        "Measured", help="figures from the benchmark table; the others are predicted"
    )
    return columns


def _list_measured(gpu: Mapping[str, Any]) -> str:
    return name_measured([name for name in FIGURES if gpu[f"{name}_source"] == "measured"])


def name_measured(figures: Sequence[str]) -> str:
    """Which figures are measured, in few words: `all`, `none` or their titles."""
    if len(figures) == len(FIGURES):
        return "all"
    return ", ".join(_SHORT[name] for name in figures) or "none"
