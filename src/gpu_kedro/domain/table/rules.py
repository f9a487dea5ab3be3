"""The cleaning rules, and how the ledger records that one was applied."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from gpu_kedro.domain.table.ledger import LedgerEntry, Rule

#: Name of the table in errors.
TABLE = "raw GPU table"
SEGMENTS: tuple[str, ...] = ("Desktop", "Mobile", "Workstation")
MEASUREMENTS: tuple[str, ...] = ("g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year")
#: What may be known of a GPU beside its name.
KNOWN_VALUES: tuple[str, ...] = (*MEASUREMENTS, "segments")
PLACEHOLDERS = frozenset(
    {"", "-", "--", "---", "–", "—", "?", "??", "n/a", "n.a.", "na", "nan", "null", "none", "nil", "unknown", "missing"}
    | {"tbd", "tba", "<na>", "#n/a", "#n/v", "#value!", "#div/0!", "not available", "not known"}
)

RULES: tuple[Rule, ...] = (
    Rule("no_name", "name", "rejected", "missing, a placeholder, far too long, or without any letter or digit"),
    Rule("not_a_gpu", "name", "rejected", "a display driver, mirror, remote or virtual adapter listed as a GPU"),
    Rule("fake_gpu", "name", "rejected", "a model that was never made"),
    Rule("tidy_text", "name", "repaired", "trademark signs, odd and repeated spaces, invisible characters"),
    Rule("mangled_name", "name", "repaired", "a garbled vendor or series word in front of a readable model"),
    Rule("driver_prefix", "name", "repaired", "a modified driver's name in front of the GPU's own"),
    Rule("localised_name", "name", "repaired", "series, family and chipset in another language or word order"),
    Rule("missing_space", "name", "repaired", "series and number written as one word"),
    Rule("modified_driver", "name", "flagged", "a modified driver's name: a real GPU, its score perhaps not typical"),
    Rule("unnamed_model", "name", "flagged", "the name tells a vendor, a driver or a computer, but no model"),
    Rule("exact_duplicate", "name", "rejected", "the same name with the same values; the first row stays"),
    Rule("superseded", "name", "rejected", "the same name with other values; the newest, then fullest row stays"),
    Rule("twin_name", "name", "flagged", "differs from another name in case, spaces, punctuation or a repair only"),
    Rule("placeholder", "*", "set_missing", "a word or sign for 'not known'"),
    Rule("number_format", "*", "repaired", "currency sign, unit, thousands separator or decimal comma"),
    Rule("unreadable", "*", "set_missing", "not one number"),
    Rule("foreign_currency", "price_usd", "set_missing", "a price in another currency; there is no rate to convert it"),
    Rule("not_finite", "*", "set_missing", "infinite, or too large to hold"),
    Rule("not_positive", "*", "set_missing", "zero or negative, where only positive values exist"),
    Rule("implausible", "*", "set_missing", "beyond the bound in CleaningOptions"),
    Rule("date_to_year", "test_year", "repaired", "a date; its year is kept"),
    Rule("scarcity_price", "price_usd", "set_missing", "dearer per point than max_price_per_point_usd"),
    Rule("atypical_price", "price_usd", "set_missing", "over max_price_over_typical times that of like cards: cents?"),
    Rule("whole_machine_price", "price_usd", "set_missing", "integrated graphics: the price of a computer or CPU"),
    Rule("package_tdp", "tdp_w", "flagged", "integrated graphics: the power is the whole package's, as on spec sheets"),
    Rule("unknown_segment", "category", "set_missing", "the category says Unknown"),
    Rule("segment_format", "category", "repaired", "segments in another case, order or punctuation"),
    Rule("derived_ratio", "*", "flagged", "a ratio of the file is not the quotient of its columns; all are dropped"),
)
_RULES_BY_ID = {rule.id: rule for rule in RULES}


def record(
    row: Mapping[str, Any], column: str, rule: str, old: object, new: object = None, detail: str = ""
) -> LedgerEntry:
    """The ledger entry of one applied rule; without a detail the description of the rule stands there."""
    definition = _RULES_BY_ID[rule]
    return LedgerEntry(
        source_row=int(row["source_row"]),
        name=as_text(row["reported_name"]),
        column=column,
        rule=rule,
        action=definition.action,
        old_value=as_text(old),
        new_value=as_text(new),
        detail=detail or definition.description,
    )


def iterate_rows(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows of a table as dictionaries."""
    # by way of NumPy: pandas makes a text of Arrow's into one of Python's ten times slower
    names = rows.columns.tolist()
    columns = [rows[name].to_numpy(dtype=object).tolist() for name in names]
    return (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))


def as_text(value: object) -> str | None:
    """A cell as the ledger writes it; missing stays missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return f"{value:.15g}" if isinstance(value, float) else str(value)
