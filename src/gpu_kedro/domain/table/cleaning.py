"""Cleaning the benchmark table: text cells → numbers, names and segments, by written rules with a ledger.

Every difference between the raw and the clean table is one ledger entry; a row leaves only by a `rejected` entry.
Whether two names mean the same GPU is decided on the table alone: specifications are joined later.
"""

from typing import NamedTuple

import pandas as pd

from gpu_kedro.domain.errors import NotLearnableError
from gpu_kedro.domain.table.ledger import LedgerEntry, summarise_ledger, tabulate_ledger
from gpu_kedro.domain.table.name_cleaning import clean_names
from gpu_kedro.domain.table.options import CleaningOptions
from gpu_kedro.domain.table.repeated_names import assign_ids, drop_repeated, flag_twins
from gpu_kedro.domain.table.rules import MEASUREMENTS
from gpu_kedro.domain.table.value_cleaning import (
    check_ratios,
    clean_numbers,
    drop_wrong_prices,
    flag_package_power,
    read_segments,
)

CLEAN_COLUMNS: tuple[str, ...] = ("gpu_id", "name", "reported_name", "source_row", *MEASUREMENTS, "segments")


class CleanedGpus(NamedTuple):
    """The clean table (`CLEAN_COLUMNS`, one row a GPU as listed) and the ledger behind it.

    The fastest GPU comes first, equals by their names: whatever the order of the file, all that follows is the same.
    """

    gpus: pd.DataFrame
    ledger: pd.DataFrame


def clean_gpus(raw: pd.DataFrame, options: CleaningOptions) -> CleanedGpus:
    """Turn the raw table into the clean one, with a ledger entry for every difference.

    Args:
        raw: `RawGpus`: text columns and `source_row`; not changed. The order of its rows does not matter.
        options: the bounds of what is believed.

    Raises:
        RawDataError: more than `max_unusable_share` of a column is unusable, or a category is not known.
    """
    rows = raw.sort_values("source_row", ignore_index=True)
    ledger: list[LedgerEntry] = []
    rows = clean_names(rows, ledger)
    rows = clean_numbers(rows, options, ledger)
    rows = rows.assign(segments=read_segments(rows, ledger))
    check_ratios(rows, ledger)
    rows = drop_wrong_prices(rows, options, ledger)
    flag_package_power(rows, ledger)
    rows = drop_repeated(rows, ledger)
    rows = rows.assign(gpu_id=assign_ids(rows))
    flag_twins(rows, ledger)
    gpus = _put_fastest_first(rows)[list(CLEAN_COLUMNS)].reset_index(drop=True)
    table = tabulate_ledger(ledger)
    summarise_ledger(table, rows_in=len(raw), rows_kept=len(gpus))
    return CleanedGpus(gpus, table)


def _put_fastest_first(rows: pd.DataFrame) -> pd.DataFrame:
    keyed = rows.assign(folded_name=[name.lower() for name in rows["reported_name"].tolist()])
    return keyed.sort_values(["g3d_mark", "folded_name", "reported_name"], ascending=[False, True, True])


def require_learnable(gpus: pd.DataFrame, target: str = "segments") -> None:
    """Refuse a target that has fewer than two distinct known values.

    Raises:
        NotLearnableError: nothing known, or one single value in the whole column.
    """
    known = gpus[target].dropna().unique()
    if len(known) == 0:
        raise NotLearnableError(f"{target}: no GPU has a known value; give rows in which it is filled in")
    if len(known) == 1:
        problem = f"all {gpus[target].notna().sum()} known values are {known[0]!r}"
        raise NotLearnableError(f"{target}: {problem}; there is nothing to tell apart, give rows of at least two kinds")
