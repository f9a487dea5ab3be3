"""Rows of the same name: which one stays, how the others are told apart, and the identifiers of all."""

import re
import unicodedata
from typing import Any

import pandas as pd

from gpu_kedro.domain.table.ledger import LedgerEntry
from gpu_kedro.domain.table.rules import KNOWN_VALUES, MEASUREMENTS, as_text, iterate_rows, record


def drop_repeated(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> pd.DataFrame:
    """Keep one row of each listed name: drop exact repetitions, then all but the newest, then fullest row."""
    identity = ["listed_name", *KNOWN_VALUES]
    repeated = rows.duplicated(identity, keep="first")
    for row in iterate_rows(rows[repeated]):
        detail = "the same name and values as an earlier row, which stays"
        ledger.append(record(row, "name", "exact_duplicate", row["reported_name"], detail=detail))
    distinct = rows[~repeated]
    ranked = distinct.assign(known=distinct[list(KNOWN_VALUES)].notna().sum(axis=1)).sort_values(
        ["listed_name", "test_year", "known", *MEASUREMENTS[:-1], "segments", "source_row"],
        ascending=[True, *[False] * 7, True],
        na_position="last",
    )
    winners = ranked.drop_duplicates("listed_name").set_index("listed_name")["source_row"]
    superseded = ranked[ranked.duplicated("listed_name")]
    for row in iterate_rows(superseded):
        values = ", ".join(f"{column}={as_text(row[column]) or 'missing'}" for column in KNOWN_VALUES)
        detail = f"row {winners[row['listed_name']]} stays; rejected values: {values}"
        ledger.append(record(row, "name", "superseded", row["reported_name"], detail=detail))
    return distinct.drop(index=superseded.index)


def assign_ids(rows: pd.DataFrame) -> pd.Series:
    """A slug of the name; of several rows with one slug the first by `_rank` gets it bare, the others `--2`, `--3`, …

    A slug never contains two hyphens in a row, so a numbered one cannot meet another name's slug.
    """
    slugs = rows["name"].map(make_slug)
    order = _rank(rows).assign(slug=slugs)
    position = order.groupby("slug").cumcount().reindex(rows.index)
    numbered = slugs + "--" + (position + 1).astype("str")
    return slugs.where(position == 0, numbered).astype("str")


def _rank(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort so that the row that best stands for a name comes first, whatever the order of the file.

    A name listed as it is goes before a repaired one, then the row with more known values, then the newer test.
    """
    ranks = rows.assign(
        is_repaired=rows["name"] != rows["listed_name"], known=rows[list(KNOWN_VALUES)].notna().sum(axis=1)
    )
    return ranks.sort_values(["is_repaired", "known", "test_year", "listed_name"], ascending=[True, False, False, True])


def make_slug(name: str) -> str:
    """Turn a name into lower-case ASCII words joined by hyphens: "GeForce 9800 GTX+" → geforce-9800-gtx-plus."""
    ascii_name = unicodedata.normalize("NFKD", name.replace("+", " plus ")).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_name.lower())) or "gpu"


def flag_twins(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> None:
    """Flag names that are one name but for case, spaces and punctuation; both stay, as two observations.

    PassMark lists them apart because drivers report the name differently; their scores are separate measurements
    (a median of 22 % apart), so keeping both tells a model how noisy a score is. Splits group them by model number.
    """
    keys = rows["name"].map(_twin_key)
    twins = _rank(rows[keys.duplicated(keep=False)])
    firsts: dict[str, dict[str, Any]] = {}
    for row in iterate_rows(twins):
        first = firsts.setdefault(_twin_key(row["name"]), row)
        if first is not row:
            detail = f"another observation of {first['gpu_id']} (row {first['source_row']}); both stay"
            ledger.append(record(row, "name", "twin_name", row["name"], row["name"], detail))


def _twin_key(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum() or char == "+")
