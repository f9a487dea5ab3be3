"""Relationships among the known GPUs: ratios over the years, the price of being mobile; tables only, no drawing."""

import pandas as pd

from gpu_kedro.modelling.targets import SEGMENTS
from streamlit_app.widgets.wording import MAKERS

#: Below this score most benchmark runs are drivers and virtual displays rather than cards.
LEAST_POINTS = 50
_SMALLEST_GROUP = 3


def select_gpus(known: pd.DataFrame, below: str, *, measured_only: bool) -> pd.DataFrame:
    """GPUs with a year of release, and `ratio`: points for a unit of `below` (`price_usd` or `tdp_w`).

    Of the known GPUs (`contracts.KnownTable`), `measured_only` leaves out those of which either figure is predicted.
    """
    chosen = known[known["release_year"].notna() & known["g3d_mark"].ge(LEAST_POINTS)]
    chosen = chosen[chosen[below].notna()]
    measured = chosen["g3d_mark_source"].eq("measured") & chosen[f"{below}_source"].eq("measured")
    if measured_only:
        chosen = chosen[measured]
    return chosen.assign(
        ratio=chosen["g3d_mark"] / chosen[below],
        is_measured=measured.loc[chosen.index],
        release_year=chosen["release_year"].astype(int),
    )


def split_groups(gpus: pd.DataFrame, by: str) -> dict[str, pd.DataFrame]:
    """GPUs by segment (in each of theirs), by architecture (the ten with most GPUs) or by maker."""
    if by == "segment":
        labels = gpus["segment"].str.split(", ")
        return {name: gpus[[name in one for one in labels]] for name in SEGMENTS}
    if by == "architecture":
        largest = gpus["architecture"].value_counts().head(10).index
        years = gpus.groupby("architecture")["release_year"].median()
        return {name: gpus[gpus["architecture"].eq(name)] for name in sorted(largest, key=lambda one: years[one])}
    return {title: gpus[gpus["vendor"].eq(vendor)] for vendor, title in MAKERS.items()}


def yearly_medians(gpus: pd.DataFrame) -> pd.DataFrame:
    """Median ratio of each release year with enough GPUs: columns `release_year, ratio, rows`."""
    years = gpus.groupby("release_year")["ratio"].agg(ratio="median", rows="size").reset_index()
    return years[years["rows"].ge(_SMALLEST_GROUP)]


def pair_siblings(known: pd.DataFrame, *, measured_only: bool) -> pd.DataFrame:
    """Desktop and laptop GPUs that share product line, number and suffix.

    Variants of one model (memory sizes) count as one, by their median. Max-Q designs stay out.

    Returns:
        one row a pair: `model`, `desktop`, `mobile` (points), `share` (mobile / desktop), `release_year`.
    """
    chosen = known[
        known["kind"].eq("discrete")
        & ~known["is_max_q"]
        & known["model"].notna()
        & known["g3d_mark"].ge(LEAST_POINTS)
        & ~known["segment"].str.contains("Workstation")
    ]
    if measured_only:
        chosen = chosen[chosen["g3d_mark_source"].eq("measured")]
    marks = chosen.pivot_table("g3d_mark", "model", "is_mobile", "median")
    if not {True, False} <= set(marks.columns):
        return pd.DataFrame(columns=["model", "desktop", "mobile", "share", "release_year"])
    pairs = marks.dropna().rename(columns={False: "desktop", True: "mobile"})
    years = chosen.groupby("model")["release_year"].min()
    pairs = pairs.assign(share=pairs["mobile"] / pairs["desktop"], release_year=years.reindex(pairs.index))
    return pairs.dropna(subset="release_year").reset_index()
