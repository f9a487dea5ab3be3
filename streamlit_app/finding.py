"""Which of all known GPUs keep to what somebody wants, and which of them no other beats."""

from dataclasses import dataclass

import pandas as pd

from streamlit_app.backends.base import Record
from streamlit_app.fleet.files import write_csv
from streamlit_app.widgets.wording import FIGURES


@dataclass(frozen=True)
class Wanted:
    """What cards have to keep to; None and empty ask for nothing.

    Args:
        budget_usd: highest price.
        max_tdp_w: highest power.
        min_g3d_mark: least mark.
        forms: as what they are sold, as `KnownTable.form` has it.
        min_memory_gb: least memory.
        vendor: maker, in lower case.
        since: earliest year of release.
        segment: market segment.
        is_sure: no predicted price or mark.
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
    limits = (("price_usd", wanted.budget_usd), ("tdp_w", wanted.max_tdp_w))
    least = (
        ("g3d_mark", wanted.min_g3d_mark), ("memory_gb", wanted.min_memory_gb), ("release_year", wanted.since),
    )  # fmt: skip
    for column, limit in limits:
        keeps &= True if limit is None else known[column] <= limit
    for column, limit in least:
        keeps &= True if limit is None else known[column] >= limit
    if wanted.forms:
        keeps &= known["form"].isin(wanted.forms)
    if wanted.vendor:
        keeps &= known["vendor"] == wanted.vendor
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
