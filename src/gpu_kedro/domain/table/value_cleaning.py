"""Cleaning values: numbers, segments, the file's own ratios, and prices that cannot be a card's."""

import math
import re
from collections.abc import Sequence

import pandas as pd
from rapidfuzz import fuzz, process, utils

from gpu_kedro.domain.errors import RawDataError
from gpu_kedro.domain.table.ledger import LedgerEntry
from gpu_kedro.domain.table.name_cleaning import is_integrated, tidy_name
from gpu_kedro.domain.table.numbers import ReadValue, read_number
from gpu_kedro.domain.table.options import CleaningOptions
from gpu_kedro.domain.table.raw_table import SOURCE_COLUMNS
from gpu_kedro.domain.table.rules import MEASUREMENTS, PLACEHOLDERS, SEGMENTS, TABLE, as_text, iterate_rows, record

_UNUSABLE = frozenset(
    {"scarcity_price", "atypical_price", "unreadable", "foreign_currency", "not_finite", "not_positive", "implausible"}
)
_RATIOS = {"reported_g3d_per_dollar": "price_usd", "reported_g3d_per_watt": "tdp_w"}
#: What a believable figure is in, for whoever has to look at one that is not.
_UNIT_ADVICE = {
    "g3d_mark": "points",
    "g2d_mark": "points",
    "price_usd": "US dollars, not cents or thousands",
    "tdp_w": "watts, not kilowatts or milliwatts",
    "test_year": "years",
}
#: GPUs of the nearest scores whose median price is the typical one, and how few are enough.
_LIKE_SCORES, _FEWEST_LIKE = 51, 20


def clean_numbers(rows: pd.DataFrame, options: CleaningOptions, ledger: list[LedgerEntry]) -> pd.DataFrame:
    """Read the text cells of every measurement as numbers that are believed."""
    columns = {column: _clean_column(rows, column, options, ledger) for column in MEASUREMENTS}
    return rows.assign(**columns)


def _clean_column(rows: pd.DataFrame, column: str, options: CleaningOptions, ledger: list[LedgerEntry]) -> pd.Series:
    values: list[float] = []
    entries: list[LedgerEntry] = []
    readings: dict[str, tuple[ReadValue, str]] = {}  # a large table repeats its figures
    for row in iterate_rows(rows[["source_row", "reported_name", column]]):
        text = as_text(row[column])
        if text is None:
            values.append(math.nan)
            continue
        if text not in readings:
            readings[text] = _read_cell(text, column, options)
        (value, rule), detail = readings[text]
        if rule is not None:
            entries.append(record(row, column, rule, text, value, detail))
        values.append(math.nan if value is None else value)
    _require_usable(entries, column, int(rows[column].notna().sum()), options)
    ledger.extend(entries)
    return pd.Series(values, index=rows.index, dtype="float64")


def _read_cell(text: str, column: str, options: CleaningOptions) -> tuple[ReadValue, str]:
    """A cell as a number that is believed, or the rule against it, and the ledger's detail."""
    reading = read_number(text, column)
    lowest, highest = options.bounds(column)
    if reading.value is None:
        return reading, ""
    if column != "test_year" and reading.value <= 0:
        return ReadValue(None, "not_positive"), ""
    if lowest <= reading.value <= highest:
        return reading, ""
    detail = f"outside of {lowest:g} to {highest:g}; it must be in {_UNIT_ADVICE[column]}: look at the source"
    return ReadValue(None, "implausible"), detail


def _require_usable(entries: Sequence[LedgerEntry], column: str, cells: int, options: CleaningOptions) -> None:
    """Refuse a column that is mostly unusable: that is a wrong column or separator, not a few bad cells."""
    unusable = [entry for entry in entries if entry.rule in _UNUSABLE]
    values = cells - sum(entry.rule == "placeholder" for entry in entries)
    if not unusable or len(unusable) <= options.max_unusable_share * values:
        return
    first = unusable[0]
    raise RawDataError(
        TABLE,
        f"{_quote(first.old_value)} is {first.rule.replace('_', ' ')} ({first.detail}), "
        f"and so on for {len(unusable)} of {values} values",
        "check that this is the right column, its unit and the separator of the file",
        column=SOURCE_COLUMNS[column],
        row=first.source_row,
    )


def read_segments(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> pd.Series:
    """Market segments in one spelling, joined by ", "; missing where the category says Unknown."""
    segments: list[str | None] = []
    known: dict[str, str | None] = {}
    for row in iterate_rows(rows[["source_row", "reported_name", "category"]]):
        text = as_text(row["category"])
        if text is None:
            segments.append(None)
            continue
        if text not in known:
            parts = re.split(r"[,;/|+&]", tidy_name(text) or "-")
            labels = [_read_segment(part, row["source_row"]) for part in parts]
            known[text] = ", ".join(segment for segment in SEGMENTS if segment in labels) or None
        joined = known[text]
        if joined is None:
            ledger.append(record(row, "category", "unknown_segment", text))
        elif joined != text:
            ledger.append(record(row, "category", "segment_format", text, joined))
        segments.append(joined)
    return pd.Series(segments, index=rows.index, dtype="str")


def _read_segment(label: str, source_row: int) -> str | None:
    tidy = label.strip()
    # "n/a" arrives here in two parts, cut at the slash.
    if tidy.casefold() in PLACEHOLDERS | {"n", "a"}:
        return None
    known = {segment.casefold(): segment for segment in SEGMENTS}
    if tidy.casefold() in known:
        return known[tidy.casefold()]
    near = process.extractOne(tidy, SEGMENTS, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=60)
    remedy = f"did you mean '{near[0]}'?" if near else f"use {', '.join(SEGMENTS)}, several joined by ', ', or Unknown"
    problem = f"{_quote(tidy)} is no market segment"
    raise RawDataError(TABLE, problem, remedy, column=SOURCE_COLUMNS["category"], row=source_row)


def _quote(text: str | None) -> str:
    shown = text or ""
    return repr(shown if len(shown) <= 60 else shown[:57] + "...")


def check_ratios(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> None:
    """Compare the file's own ratios with the quotients; 2 % or the rounding of its two decimals is agreement."""
    for column, divisor in _RATIOS.items():
        if column not in rows:
            continue
        for row in iterate_rows(rows[["source_row", "reported_name", column, "g3d_mark", divisor]]):
            text, expected = as_text(row[column]), row["g3d_mark"] / row[divisor]
            if text is None or math.isnan(expected):
                continue
            reported = read_number(text, "g3d_mark")
            if reported.rule == "placeholder":
                continue
            if reported.value is None or abs(reported.value - expected) > max(0.02 * expected, 0.0051):
                detail = f"g3d_mark / {divisor} is {expected:.4g}"
                ledger.append(record(row, column, "derived_ratio", text, detail=detail))


def drop_wrong_prices(rows: pd.DataFrame, options: CleaningOptions, ledger: list[LedgerEntry]) -> pd.DataFrame:
    """Set prices missing that are a computer's, a collector's item's, or in cents."""
    columns = ["source_row", "reported_name", "name", "g3d_mark", "price_usd"]
    priced = rows[rows["price_usd"].notna()][columns]
    entries = []
    for row in iterate_rows(priced.assign(typical=_find_typical_prices(priced))):
        price, per_point, typical = row["price_usd"], row["price_usd"] / row["g3d_mark"], row["typical"]
        if is_integrated(row["name"]):
            entries.append(record(row, "price_usd", "whole_machine_price", price))
        elif per_point > options.max_price_per_point_usd:
            detail = f"{per_point:.4g} USD per point, more than {options.max_price_per_point_usd:g}"
            entries.append(record(row, "price_usd", "scarcity_price", price, detail=detail))
        elif price > options.max_price_over_typical * typical:
            detail = (
                f"{price / typical:.0f} times the {typical:.4g} USD that cards of a like score cost here: "
                "divide it by 100 if it is in cents, else look at the source"
            )
            entries.append(record(row, "price_usd", "atypical_price", price, detail=detail))
    if len(priced) >= _FEWEST_LIKE:
        _require_usable(entries, "price_usd", len(priced), options)
    ledger.extend(entries)
    wrong = {entry.source_row for entry in entries}
    return rows.assign(price_usd=rows["price_usd"].mask(rows["source_row"].isin(wrong)))


def _find_typical_prices(priced: pd.DataFrame) -> pd.Series:
    """Median price of the GPUs with the nearest scores; missing where there are too few to speak of."""
    ordered = priced.sort_values(["g3d_mark", "price_usd"])["price_usd"]
    return ordered.rolling(_LIKE_SCORES, center=True, min_periods=_FEWEST_LIKE).median().reindex(priced.index)


def flag_package_power(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> None:
    """Flag the power of integrated graphics: it is the whole package's."""
    rows_with_power = iterate_rows(rows[rows["tdp_w"].notna()])
    ledger.extend(
        record(row, "tdp_w", "package_tdp", row["tdp_w"], row["tdp_w"])
        for row in rows_with_power
        if is_integrated(row["name"])
    )
