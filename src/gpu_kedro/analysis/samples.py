"""Which GPUs a question is asked of."""

import pandas as pd

from gpu_kedro.analysis.findings import require_rows
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.modelling.targets import SEGMENTS

#: What every finding about power has to say.
POWER_CAVEAT = (
    "Power is the table's design power, else that of the strictly matched specification. It is what a board is "
    "designed for, not what it draws; a laptop GPU's is set by its maker within a range."
)


def take_strict(primary_gpus: pd.DataFrame) -> pd.DataFrame:
    """GPUs whose specification is that of the very same model, with `release_year`, `power_w` and `segment`.

    A release year, a sheet or an architecture of a merely related model would be somebody else's. `power_w` is the
    table's design power, and the sheet's where the table has none (the two mostly agree).
    """
    rows = primary_gpus[primary_gpus["is_strict"].astype(bool) & primary_gpus["spec_release_year"].notna()]
    return rows.assign(
        release_year=rows["spec_release_year"].astype(int), power_w=rows["tdp_w"].fillna(rows["spec_tdp_w"])
    )


def take_known(primary_gpus: pd.DataFrame, column: str, options: AnalysisOptions, what: str) -> pd.DataFrame:
    """Strictly matched GPUs of which a column is known.

    Raises:
        NotAnswerableError: too few of them; `what` names them.
    """
    rows = take_strict(primary_gpus)
    rows = rows[rows[column].notna()]
    require_rows(rows, 4 * options.min_gpus, what)
    return rows


def take_powered(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> pd.DataFrame:
    """Strictly matched GPUs with a power and a score above the noise, with `points_per_w`.

    Raises:
        NotAnswerableError: too few of them.
    """
    rows = take_strict(primary_gpus)
    rows = rows[rows["power_w"].notna() & rows["g3d_mark"].ge(options.min_score)]
    require_rows(rows, 4 * options.min_gpus, "GPUs with a power and a specification of their own")
    return rows.assign(points_per_w=rows["g3d_mark"] / rows["power_w"])


def in_segment(rows: pd.DataFrame, segment: str) -> pd.Series:
    """Mask of the GPUs that the table puts into a segment; one with several labels is in each."""
    return rows["segment"].fillna("").str.contains(segment, regex=False).astype(bool)


def label_segments(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The GPUs of each segment, as far as the table labels them."""
    return {segment: rows[in_segment(rows, segment)] for segment in SEGMENTS}


def is_desktop_card(rows: pd.DataFrame) -> pd.Series:
    """Mask of discrete GPUs that neither name nor sheet give to a laptop, a workstation or an all-in-one."""
    sheet_says_mobile = rows["spec_generation"].fillna("").str.contains(r"Mobile|Mobility|\dM$", regex=True)
    flags = rows["is_mobile"].astype(bool) | rows["is_workstation"].astype(bool) | sheet_says_mobile.astype(bool)
    # an A before or behind the number ("GeForce 840A"): a laptop chip in an all-in-one computer
    is_all_in_one = rows["model"].fillna("").str.contains(r"^a\d|\da$", regex=True).astype(bool)
    return rows["kind"].eq("discrete") & ~flags & ~is_all_in_one
