"""Reading one text cell as a number: units, thousands separators, decimal commas, dates."""

import math
import re
from typing import NamedTuple

from gpu_kedro.domain.table.rules import PLACEHOLDERS
from gpu_kedro.intake.numbers import ODD_CHARACTERS

_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_WRITTEN_NUMBER = re.compile(
    r"(?P<sign>-?)(?P<prefix>[^0-9.,-]*)(?P<sign_after>-?)(?P<number>[0-9](?:[0-9.,' ]*[0-9])?)(?P<unit>[^0-9.,]*)"
)
_POINT_DECIMALS = re.compile(r"[0-9]{1,3}(?:([,' ])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_COMMA_DECIMALS = re.compile(r"(?:[0-9]{1,3}(?:([.' ])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+),[0-9]{1,2}")
_POINT_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_YEAR_IN_DATE = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
#: Control characters that Python takes for spaces, but no reader of numbers does.
_SEPARATORS = frozenset("\x1c\x1d\x1e\x1f")
_UNITS: dict[str, dict[str, float]] = {
    "g3d_mark": {"points": 1.0, "pts": 1.0, "marks": 1.0},
    "g2d_mark": {"points": 1.0, "pts": 1.0, "marks": 1.0},
    "price_usd": {"$": 1.0, "us$": 1.0, "usd": 1.0, "us dollars": 1.0},
    "tdp_w": {"w": 1.0, "watt": 1.0, "watts": 1.0, "kw": 1000.0},
    "test_year": {},
}
_FOREIGN_CURRENCY = re.compile(
    r"[€£¥₹₽₩₺]|\b(EUR|GBP|JPY|CNY|RMB|INR|RUB|KRW|CAD|AUD|CHF|PLN|BRL)\b|[CA]A?\$|zł", re.IGNORECASE
)


class ReadValue(NamedTuple):
    """A cell as a number (None: missing) and the rule that was needed to get there, if any."""

    value: float | None
    rule: str | None


def read_number(text: str, column: str) -> ReadValue:
    """Read one cell of a numeric column.

    "1,299" is one thousand two hundred ninety-nine; "449,99" has a decimal comma, since two digits follow.

    Args:
        text: the cell, not missing.
        column: one of `MEASUREMENTS`, which decides the units that are understood.
    """
    tidy = " ".join(text.translate(ODD_CHARACTERS).split())
    if tidy.casefold() in PLACEHOLDERS:
        return ReadValue(None, "placeholder")
    if tidy.casefold().lstrip("+-") in {"inf", "infinity", "∞"}:
        return ReadValue(None, "not_finite")
    if _PLAIN_NUMBER.fullmatch(tidy):
        is_plain = tidy == text.strip() and _SEPARATORS.isdisjoint(text)
        value, rule = float(tidy), None if is_plain else "number_format"
    elif column == "test_year":
        years = _YEAR_IN_DATE.findall(tidy)
        if len(years) != 1:
            return ReadValue(None, "unreadable")
        value, rule = float(years[0]), "date_to_year"
    else:
        if column == "price_usd" and _FOREIGN_CURRENCY.search(tidy):
            return ReadValue(None, "foreign_currency")
        written = _read_written_number(tidy, _UNITS[column])
        if written is None:
            return ReadValue(None, "unreadable")
        value, rule = written, "number_format"
    if not math.isfinite(value):
        return ReadValue(None, "not_finite")
    if column == "test_year" and not value.is_integer():
        return ReadValue(None, "unreadable")
    return ReadValue(value, rule)


def _read_written_number(text: str, units: dict[str, float]) -> float | None:
    match = _WRITTEN_NUMBER.fullmatch(text)
    if match is None:
        return None
    marks = [mark.strip().casefold() for mark in (match["prefix"], match["unit"]) if mark.strip()]
    if len(marks) > 1 or any(mark not in units for mark in marks) or (match["sign"] and match["sign_after"]):
        return None
    number = match["number"]
    if _POINT_DECIMALS.fullmatch(number):
        plain = re.sub(r"[,' ]", "", number)
    elif _COMMA_DECIMALS.fullmatch(number):
        plain = re.sub(r"[.' ]", "", number).replace(",", ".")
    elif _POINT_THOUSANDS.fullmatch(number):
        plain = number.replace(".", "")
    else:
        return None
    sign = -1.0 if match["sign"] or match["sign_after"] else 1.0
    return sign * float(plain) * (units[marks[0]] if marks else 1.0)
