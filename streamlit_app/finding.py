"""Which of all known GPUs keep to what somebody wants, and which of them no other beats."""

import operator
from dataclasses import dataclass

import pandas as pd

from streamlit_app.backends.base import Record
from streamlit_app.fleet.files import write_csv
from streamlit_app.widgets.wording import FIGURES


@dataclass(frozen=True)
class Wanted:
    """What cards have to keep to; None and empty ask for nothing.

    `forms`, `vendor` and `segment` are as `KnownTable` has them, `since` is the earliest year of release, and `is_sure`
    leaves out predicted prices and marks.
    """

    budget_usd: float | None = None
    max_tdp_w: float | None = None
    min_g3d_mark: float | None = None
    forms: tuple[str, ...] = ()
    min_memory_gb: float | None = None
    vendor: str | None = None
    since: float | None = None
    segment: str | None = None
    is_sure: bool = False


def select_gpus(known: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    """The known GPUs that keep to what is wanted; one of which a figure is not known does not keep to its limit."""
    keeps = known["g3d_mark"].notna() & known["price_usd"].notna()
    limits = (
        ("price_usd", operator.le, wanted.budget_usd),
        ("tdp_w", operator.le, wanted.max_tdp_w),
        ("g3d_mark", operator.ge, wanted.min_g3d_mark),
        ("memory_gb", operator.ge, wanted.min_memory_gb),
        ("release_year", operator.ge, wanted.since),
        ("vendor", operator.eq, wanted.vendor),
    )
    for column, compare, limit in limits:
        if limit is not None:
            keeps &= compare(known[column], limit)
    if wanted.forms:
        keeps &= known["form"].isin(wanted.forms)
    if wanted.segment:
        keeps &= known["segment"].str.contains(wanted.segment, regex=False)
    if wanted.is_sure:
        keeps &= known["has_price"] & (known["g3d_mark_source"] == "measured")
    return known[keeps]


def find_best(gpus: pd.DataFrame) -> pd.DataFrame:
    """The GPUs that no other beats in both price and performance, cheapest first; rows without either are left out."""
    known = gpus.dropna(subset=["price_usd", "g3d_mark"]).sort_values(
        ["price_usd", "g3d_mark"], ascending=[True, False], kind="stable"
    )
    return known[known["g3d_mark"] > known["g3d_mark"].cummax().shift(fill_value=0.0)]


def write_gpus(gpus: pd.DataFrame) -> bytes:
    """GPUs with their figures as CSV, in their order."""
    figures = [f"{target}{end}" for target in FIGURES for end in ("", "_source")]
    columns = ["name", *figures, "segment", "form", "vendor", "memory_gb", "release_year"]
    return write_csv(columns, [[gpu[name] for name in columns] for gpu in list_records(gpus)])


def list_records(gpus: pd.DataFrame) -> list[Record]:
    """One entry a GPU, None where nothing is known."""
    rows = gpus.astype(object)
    return [
        {str(name): value for name, value in row.items()} for row in rows.where(rows.notna(), None).to_dict("records")
    ]
