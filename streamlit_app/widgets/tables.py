"""Tables of GPUs in HTML: every name leads to its card, every figure shows where it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from streamlit_app.prices import note_prices
from streamlit_app.widgets.links import draw_put, link_gpu
from streamlit_app.widgets.marks import draw_legend, mark_source
from streamlit_app.widgets.wording import FIGURES, QUANTITIES, RATIOS, escape_html


@dataclass(frozen=True)
class Column:
    """One column of a table, in HTML: numbers are right-aligned, wide ones left out on a phone."""

    title: str
    cells: Sequence[str]
    is_number: bool = False
    is_wide: bool = False


def show_gpus(gpus: Sequence[Mapping[str, Any]], label: str) -> None:
    """One GPU a row, as the API lists them (`KnownGpu`); the label tells those who hear it what the table is."""
    columns = [
        list_names(gpus),
        *(list_figures(name, gpus) for name in FIGURES),
        *(
            Column(HEADS[ratio], [_divide(ratio, gpu, below) for gpu in gpus], is_number=True, is_wide=True)
            for ratio, below in RATIOS.items()
        ),
        Column("Segment", [escape_html(gpu["segment"] or "not clear") for gpu in gpus], is_wide=True),
    ]
    sources = {gpu[f"{name}_source"] for gpu in gpus for name in FIGURES}
    st.html(draw_table(columns, label) + draw_legend(sources))
    st.caption(note_prices())


def list_names(gpus: Sequence[Mapping[str, Any]]) -> Column:
    """Names that lead to their cards, each with a button that puts it into the tray."""
    return Column("GPU", [f"{link_gpu(gpu['name'])} {draw_put(gpu['name'])}" for gpu in gpus])


def list_figures(name: str, gpus: Sequence[Mapping[str, Any]]) -> Column:
    """One of the figures, each with its source."""
    return Column(HEADS[name], [draw_sourced(name, gpu[name], gpu[f"{name}_source"]) for gpu in gpus], is_number=True)


def draw_sourced(name: str, value: float | None, source: str) -> str:
    """A figure behind the mark of its source."""
    if value is None:
        return '<span title="not known">–</span>'
    return f"{mark_source(source)}{QUANTITIES[name].write_short(value)}"


def draw_table(columns: Sequence[Column], label: str) -> str:
    """A table that scrolls sideways where it is too wide, by keyboard too; its first column names the rows."""
    heads = "".join(
        f'<th scope="col"{_attributes(column)}>{column.title}</th>' if column.title else "<td></td>"
        for column in columns
    )
    body = "".join(
        f"<tr>{_draw_row(columns, cells)}</tr>" for cells in zip(*(one.cells for one in columns), strict=True)
    )
    return (
        f'<div class="gk gk-scroll" role="region" tabindex="0" aria-label="{escape_html(label)}">'
        f'<table class="gk-table"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _draw_row(columns: Sequence[Column], cells: Sequence[str]) -> str:
    first, *others = ((_attributes(column), cell) for column, cell in zip(columns, cells, strict=True))
    return f'<th scope="row"{first[0]}>{first[1]}</th>' + "".join(f"<td{told}>{cell}</td>" for told, cell in others)


def _attributes(column: Column) -> str:
    classes = [name for name, is_so in (("gk-number", column.is_number), ("gk-wide", column.is_wide)) if is_so]
    return f' class="{" ".join(classes)}"' if classes else ""


def _divide(ratio: str, gpu: Mapping[str, Any], below: str) -> str:
    if gpu["g3d_mark"] is None or not gpu[below]:
        return "–"
    return QUANTITIES[ratio].write_short(gpu["g3d_mark"] / gpu[below])


HEADS = {
    "g3d_mark": "Points",
    "price_usd": "Price",
    "tdp_w": "Power",
    "g3d_per_usd": "Points/$",
    "g3d_per_watt": "Points/W",
}
