"""Tables of GPUs, with units, separators and where each figure comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from streamlit_app.widgets.wording import FIGURES, KNOWN_SOURCES, PRICE_NOTE

_NUMBERS = {
    "g3d_mark": ("3D points", "%,d"),
    "price_usd": ("Price, 2022", "$%,d"),
    "tdp_w": ("Power", "%,d W"),
    "g3d_per_usd": ("Points/$", "%.1f"),
    "g3d_per_watt": ("Points/W", "%.1f"),
}
_SHORT = {"g3d_mark": "points", "price_usd": "price", "tdp_w": "power"}


def show_gpus(gpus: Sequence[Mapping[str, Any]], key: str) -> None:
    """One GPU a row, each figure by the ladder of knowledge; known and predicted ones are told apart in words.

    Args:
        gpus: entries as the API lists them (`KnownGpu`).
        key: of the table.
    """
    table = pd.DataFrame(
        {
            "name": [gpu["name"] for gpu in gpus],
            "segment": [gpu["segment"] or "not clear" for gpu in gpus],
            **{name: [round_known(gpu[name]) for gpu in gpus] for name in ("g3d_mark", "price_usd", "tdp_w")},
            "g3d_per_usd": [divide_known(gpu["g3d_mark"], gpu["price_usd"]) for gpu in gpus],
            "g3d_per_watt": [divide_known(gpu["g3d_mark"], gpu["tdp_w"]) for gpu in gpus],
            "known": [name_known({name: gpu[f"{name}_source"] for name in FIGURES}) for gpu in gpus],
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
    columns["known"] = st.column_config.TextColumn(
        "Known", help="figures that are measured (benchmark table) or listed (sheet); the others are predicted"
    )
    return columns


def round_known(value: float | None) -> int | None:
    """A figure without digits; None stays None."""
    return None if value is None else round(value)


def divide_known(above: float | None, below: float | None) -> float | None:
    """A ratio; None where either is not known."""
    return None if above is None or below is None else above / below


def name_known(sources: Mapping[str, str]) -> str:
    """Which figures are known rather than predicted, and whence: "points and price measured, power listed".

    Args:
        sources: figure → source.
    """
    told = []
    for source in KNOWN_SOURCES:
        names = [_SHORT[name] for name, one in sources.items() if one == source]
        if names:
            told.append(f"{'all' if len(names) == len(sources) else ' and '.join(names)} {source}")
    return ", ".join(told) or "none"
