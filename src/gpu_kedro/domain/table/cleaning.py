"""Cleaning the benchmark table: text cells → numbers, names and segments, by written rules with a ledger.

Every difference between the raw and the clean table is one ledger entry; a row leaves only by a `rejected` entry.
Whether two names mean the same GPU is decided on the table alone: specifications are joined later.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator
from rapidfuzz import fuzz, process, utils

from gpu_kedro.domain.errors import NotLearnableError, RawDataError
from gpu_kedro.domain.table.ledger import LedgerEntry, Rule, summarise_ledger, tabulate_ledger
from gpu_kedro.domain.table.raw_table import SOURCE_COLUMNS

SEGMENTS: tuple[str, ...] = ("Desktop", "Mobile", "Workstation")
MEASUREMENTS: tuple[str, ...] = ("g3d_mark", "g2d_mark", "price_usd", "tdp_w", "test_year")
CLEAN_COLUMNS: tuple[str, ...] = ("gpu_id", "name", "reported_name", "source_row", *MEASUREMENTS, "segments")
KNOWN_VALUES: tuple[str, ...] = (*MEASUREMENTS, "segments")
TABLE = "raw GPU table"


class CleaningOptions(BaseModel):
    """The bounds of what is believed; a value outside becomes missing, the row stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_test_year: int = Field(default=1998, ge=1980, le=2100, description="earliest year a test can be from")
    max_test_year: int = Field(default=2035, ge=1980, le=2100, description="latest year a test can be from")
    max_g3d_mark: float = Field(default=100_000, gt=0, allow_inf_nan=False, description="highest 3D score, points")
    max_g2d_mark: float = Field(default=5_000, gt=0, allow_inf_nan=False, description="highest 2D score, points")
    min_price_usd: float = Field(default=1, gt=0, allow_inf_nan=False, description="lowest price, US dollars")
    max_price_usd: float = Field(default=50_000, gt=0, allow_inf_nan=False, description="highest price, US dollars")
    min_tdp_w: float = Field(default=1, gt=0, allow_inf_nan=False, description="lowest design power, watts")
    max_tdp_w: float = Field(default=2_000, gt=0, allow_inf_nan=False, description="highest design power, watts")
    max_price_per_point_usd: float = Field(
        default=10,
        gt=0,
        allow_inf_nan=False,
        description="highest price for one G3D point, US dollars; dearer listings are collectors' items",
    )
    max_price_over_typical: float = Field(
        default=25,
        gt=1,
        allow_inf_nan=False,
        description="highest multiple of the typical price of cards with a like score; above are cents, say",
    )
    max_unusable_share: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="share of a column's values that may be unusable before the table is refused",
    )

    @model_validator(mode="after")
    def _require_ordered_bounds(self) -> "CleaningOptions":
        for column in ("test_year", "price_usd", "tdp_w"):
            low, high = self.bounds(column)
            if low > high:
                raise ValueError(f"min_{column} {low:g} is above max_{column} {high:g}")
        return self

    def bounds(self, column: str) -> tuple[float, float]:
        """The lowest and highest value believed in `column`; the lowest is exclusive when it is 0."""
        return {
            "g3d_mark": (0.0, self.max_g3d_mark),
            "g2d_mark": (0.0, self.max_g2d_mark),
            "price_usd": (self.min_price_usd, self.max_price_usd),
            "tdp_w": (self.min_tdp_w, self.max_tdp_w),
            "test_year": (float(self.min_test_year), float(self.max_test_year)),
        }[column]


class CleanedGpus(NamedTuple):
    """The clean table (`CLEAN_COLUMNS`, one row a GPU as listed) and the ledger behind it.

    The fastest GPU comes first, equals by their names: whatever the order of the file, all that follows is the same.
    """

    gpus: pd.DataFrame
    ledger: pd.DataFrame


RULES: tuple[Rule, ...] = (
    Rule(
        "no_name",
        "name",
        "rejected",
        "the name is missing, a placeholder, far too long, or has neither letter nor digit",
    ),
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
    Rule(
        "atypical_price",
        "price_usd",
        "set_missing",
        "dearer than max_price_over_typical times the table's cards of a like score: cents, or a whole computer",
    ),
    Rule(
        "whole_machine_price",
        "price_usd",
        "set_missing",
        "integrated graphics: the price is a processor's or computer's",
    ),
    Rule("package_tdp", "tdp_w", "flagged", "integrated graphics: the power is the whole package's, as on spec sheets"),
    Rule("unknown_segment", "category", "set_missing", "the category says Unknown"),
    Rule("segment_format", "category", "repaired", "segments in another case, order or punctuation"),
    Rule(
        "derived_ratio",
        "*",
        "flagged",
        "the file's own ratio is not the quotient of its columns (checked, then dropped)",
    ),
)
_RULES_BY_ID = {rule.id: rule for rule in RULES}
#: Twice the longest name of a GPU; patterns take the square of the length at the worst.
_LONGEST_NAME = 300
_UNUSABLE = frozenset(
    {"scarcity_price", "atypical_price", "unreadable", "foreign_currency", "not_finite", "not_positive", "implausible"}
)

_PLACEHOLDERS = frozenset(
    {"", "-", "--", "---", "–", "—", "?", "??", "n/a", "n.a.", "na", "nan", "null", "none", "nil", "unknown", "missing"}
    | {"tbd", "tba", "<na>", "#n/a", "#n/v", "#value!", "#div/0!", "not available", "not known"}
)


class NamePattern(NamedTuple):
    """A rule on names as data: where the pattern is found the rule fires; repairs put `replacement` there."""

    rule: str
    pattern: re.Pattern[str]
    replacement: str = ""


def _pattern(rule: str, pattern: str, replacement: str = "") -> NamePattern:
    return NamePattern(rule, re.compile(pattern, re.IGNORECASE), replacement)


NAME_REJECTIONS: tuple[NamePattern, ...] = (
    _pattern("not_a_gpu", r"\bmiracast\b|\bBASIC ?DISPLAY\b|\bbasic (display|render)|^standard VGA\b"),
    _pattern("not_a_gpu", r"\b(citrix|vmware|virtualbox|parallels|hyper-v|xen|openxt|qxl|virtio|bochs)\b"),
    _pattern(
        "not_a_gpu", r"\b(remote (display|desktop)|RDPUDD|RDPDD|teamviewer|splashtop|spacedesk|parsec|dameware)\b"
    ),
    _pattern(
        "not_a_gpu",
        r"\bLMIMIRR|\bmirrorv?\d*\b|\b(mirror|indirect|virtual|dummy) (display|adapter|driver)|\bIdd\w*Driver",
    ),
    _pattern("not_a_gpu", r"\bdisplaylink\b|\bUSB ?[23](\.\d)?\b.*\b(device|display|adapter)\b"),
    _pattern("not_a_gpu", r"\b(llvmpipe|softpipe|swiftshader|lavapipe)\b"),
    _pattern("fake_gpu", r"^GeForce 999 GTX$"),
)
NAME_REPAIRS: tuple[NamePattern, ...] = (
    _pattern("mangled_name", r"^zxcv(?=Intel)"),
    _pattern("mangled_name", r"\bRadeon ?T\b|\bRadeon TM\b|\bRadeon\.(?= )", "Radeon"),
    _pattern("mangled_name", r"\bHD (?=HD ?\d{4})"),
    _pattern("driver_prefix", r"^TENSOR [\d.]+ Driver (?=Intel)|^AMIGAMERLIN \S+ For (?=Voodoo)"),
    _pattern(
        "localised_name", r"^(Mobile )?Intel - (?:famiglia )?Express Chipset (\S+)$", r"\1Intel \2 Express Chipset"
    ),
    _pattern("localised_name", r"^Famille de jeu de puces Express Intel (\S+)$", r"Intel \1 Express Chipset"),
    _pattern("localised_name", r"^Familia (?=Intel)"),
    _pattern("localised_name", r"^Mobile Intel serie (\d) Express$", r"Mobile Intel \1 Express Chipset"),
    _pattern("localised_name", r"-Chipsatz(familie)?$", " Chipset"),
    _pattern("localised_name", r"^Seria (.+)$", r"\1 Series"),
    _pattern("localised_name", r"(-serie| Serisi)$", " Series"),
    _pattern("localised_name", r" serie (\d{4})$", r" \1 Series"),
    _pattern("missing_space", r"\b(GeForce|Intel|HD|GT|RX)(?=\d{3})|\b(Go)(?=\d{4})|\b(Vega)(?=\d\d)", r"\1\2\3 "),
)
NAME_FLAGS: tuple[NamePattern, ...] = (
    _pattern("modified_driver", r"^PHDGD\b|^Intel (Infoshock|Poison)|Radeon Infoshock|\bmodd?ed\b|\bMOD\b|^MONSTER\b"),
    _pattern("modified_driver", r"^Professional HD Driver$|^RGH Drivers|^9xx Soldiers|^Master X3100 Driver$"),
    _pattern("modified_driver", r"\b970XM FORCE$|\bKY_Bullet Edition$|^AMIGAMERLIN\b|^TENSOR [\d.]+ Driver\b"),
    _pattern("unnamed_model", r"^(15FF|3DP Edition|EG PARK|B8DKMDAP|Q12U-1|Custom GPU \d+|GeForce GPU|MxGPU)$"),
    _pattern(
        "unnamed_model",
        r"^(Radeon|Radeon Pro|Dell \d+|ASUS A7000)$|^Intel (HD manual|i gfx-driver|UHD ReleaseInternal)",
    ),
)
# Parts of a processor or chipset. Intel's Iris Xe MAX is a card; Vega 16 and above are cards or on-package chips.
INTEGRATED = re.compile(
    r"\bIntel (82|[QGB]\d\d|U?HD\b|Iris (?!Xe MAX)|Media|GMA)|^Mobile Intel\b"
    r"|\bVega ([2-9]|1[01])\b|\bRyzen\b|\bRadeon R\d( (PRO )?(A\d+|FX|Opteron)[ -].*)?$"
    r"|\bRadeon HD \d{4}[GD]\b|\bRadeon HD (62[59]0|63[12]0|73[14]0)$|^Radeon (2100|3[01]00)$|^ION\b",
    re.IGNORECASE,
)
_SECOND_GPU = re.compile(r" \+ |\bDual\b", re.IGNORECASE)

_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_WRITTEN_NUMBER = re.compile(
    r"(?P<sign>-?)(?P<prefix>[^0-9.,-]*)(?P<sign_after>-?)(?P<number>[0-9](?:[0-9.,' ]*[0-9])?)(?P<unit>[^0-9.,]*)"
)
_POINT_DECIMALS = re.compile(r"[0-9]{1,3}(?:([,' ])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")
_COMMA_DECIMALS = re.compile(r"(?:[0-9]{1,3}(?:([.' ])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+),[0-9]{1,2}")
_POINT_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_RATIOS = {"reported_g3d_per_dollar": "price_usd", "reported_g3d_per_watt": "tdp_w"}
_YEAR_IN_DATE = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_ODD_CHARACTERS = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ")
    | {"\u2212": "-", "\u2019": "'"}
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
)
_TRADEMARKS = re.compile(r"[™®©]|\((?:TM|R|C)\)", re.IGNORECASE)

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


class ReadValue(NamedTuple):
    """A cell as a number (None: missing) and the rule that was needed to get there, if any."""

    value: float | None
    rule: str | None


#: Control characters that Python takes for spaces, but no reader of numbers does.
_SEPARATORS = frozenset("\x1c\x1d\x1e\x1f")


def read_number(text: str, column: str) -> ReadValue:
    """Read one cell of a numeric column.

    "1,299" is one thousand two hundred ninety-nine; "449,99" has a decimal comma, since two digits follow.

    Args:
        text: the cell, not missing.
        column: one of `MEASUREMENTS`, which decides the units that are understood.
    """
    tidy = " ".join(text.translate(_ODD_CHARACTERS).split())
    if tidy.casefold() in _PLACEHOLDERS:
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
    rows = _clean_names(rows, ledger)
    rows = _clean_numbers(rows, options, ledger)
    rows = rows.assign(segments=_read_segments(rows, ledger))
    _check_ratios(rows, ledger)
    rows = _drop_wrong_prices(rows, options, ledger)
    _flag_package_power(rows, ledger)
    rows = _settle_repeated_names(rows, ledger)
    rows = rows.assign(gpu_id=_assign_ids(rows))
    _flag_twins(rows, ledger)
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


def _enter(
    row: Mapping[str, Any], column: str, rule: str, old: object, new: object = None, detail: str = ""
) -> LedgerEntry:
    """Write a ledger entry; without a detail the rule's own description stands there."""
    definition = _RULES_BY_ID[rule]
    return LedgerEntry(
        source_row=int(row["source_row"]),
        name=_as_text(row["reported_name"]),
        column=column,
        rule=rule,
        action=definition.action,
        old_value=_as_text(old),
        new_value=_as_text(new),
        detail=detail or definition.description,
    )


def _iterate(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    # by way of NumPy: pandas makes a text of Arrow's into one of Python's ten times slower
    names = rows.columns.tolist()
    columns = [rows[name].to_numpy(dtype=object).tolist() for name in names]
    return (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))


def _as_text(value: object) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _clean_names(raw: pd.DataFrame, ledger: list[LedgerEntry]) -> pd.DataFrame:
    """Reject what is no GPU; add `reported_name` (verbatim), `listed_name` (tidy) and `name` (repaired)."""
    rows = raw.rename(columns={"name": "reported_name"})
    kept, listed_names, names = [], [], []
    for position, row in enumerate(_iterate(rows[["source_row", "reported_name"]])):
        reported = _as_text(row["reported_name"]) or ""
        listed = _tidy_name(reported)
        if rejection := _find_rejection(listed):
            ledger.append(_enter(row, "name", rejection, row["reported_name"]))
            continue
        if listed != reported:
            ledger.append(_enter(row, "name", "tidy_text", reported, listed))
        name = listed
        for rule, pattern, replacement in NAME_REPAIRS:
            repaired = pattern.sub(replacement, name).strip()
            if repaired != name:
                ledger.append(_enter(row, "name", rule, name, repaired))
                name = repaired
        flags = {rule: None for rule, pattern, _ in NAME_FLAGS if pattern.search(listed) or pattern.search(name)}
        ledger.extend(_enter(row, "name", flag, name, name) for flag in flags)
        kept.append(position)
        listed_names.append(listed)
        names.append(name)
    return rows.iloc[kept].assign(listed_name=pd.array(listed_names, dtype="str"), name=pd.array(names, dtype="str"))


def _tidy_name(name: str) -> str:
    return " ".join(_TRADEMARKS.sub(" ", name.translate(_ODD_CHARACTERS)).split())


def _find_rejection(name: str) -> str | None:
    is_name = len(name) <= _LONGEST_NAME and any(char.isalnum() for char in name)
    if not is_name or name.casefold() in _PLACEHOLDERS:
        return "no_name"
    return next((rule for rule, pattern, _ in NAME_REJECTIONS if pattern.search(name)), None)


def _clean_numbers(rows: pd.DataFrame, options: CleaningOptions, ledger: list[LedgerEntry]) -> pd.DataFrame:
    columns = {column: _clean_column(rows, column, options, ledger) for column in MEASUREMENTS}
    return rows.assign(**columns)


def _clean_column(rows: pd.DataFrame, column: str, options: CleaningOptions, ledger: list[LedgerEntry]) -> pd.Series:
    values: list[float] = []
    entries: list[LedgerEntry] = []
    readings: dict[str, tuple[ReadValue, str]] = {}  # a large table repeats its figures
    for row in _iterate(rows[["source_row", "reported_name", column]]):
        text = _as_text(row[column])
        if text is None:
            values.append(math.nan)
            continue
        if text not in readings:
            readings[text] = _read_cell(text, column, options)
        (value, rule), detail = readings[text]
        if rule is not None:
            entries.append(_enter(row, column, rule, text, value, detail))
        values.append(math.nan if value is None else value)
    _require_usable(entries, column, int(rows[column].notna().sum()), options)
    ledger.extend(entries)
    return pd.Series(values, index=rows.index, dtype="float64")


def _read_cell(text: str, column: str, options: CleaningOptions) -> tuple[ReadValue, str]:
    """A cell as a number that is believed, or the rule against it, and the ledger's detail."""
    reading = read_number(text, column)
    violation = None if reading.value is None else _find_violation(reading.value, column, options)
    if violation is None:
        return reading, ""
    if violation != "implausible":
        return ReadValue(None, violation), ""
    lowest, highest = options.bounds(column)
    detail = f"outside of {lowest:g} to {highest:g}; it must be in {_UNIT_ADVICE[column]}: look at the source"
    return ReadValue(None, violation), detail


def _find_violation(value: float, column: str, options: CleaningOptions) -> str | None:
    lowest, highest = options.bounds(column)
    if column != "test_year" and value <= 0:
        return "not_positive"
    return None if lowest <= value <= highest else "implausible"


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


def _read_segments(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> pd.Series:
    segments: list[str | None] = []
    known: dict[str, str | None] = {}
    for row in _iterate(rows[["source_row", "reported_name", "category"]]):
        text = _as_text(row["category"])
        if text is None:
            segments.append(None)
            continue
        if text not in known:
            parts = re.split(r"[,;/|+&]", _tidy_name(text) or "-")
            labels = [_read_segment(part, row["source_row"]) for part in parts]
            known[text] = ", ".join(segment for segment in SEGMENTS if segment in labels) or None
        joined = known[text]
        if joined is None:
            ledger.append(_enter(row, "category", "unknown_segment", text))
        elif joined != text:
            ledger.append(_enter(row, "category", "segment_format", text, joined))
        segments.append(joined)
    return pd.Series(segments, index=rows.index, dtype="str")


def _read_segment(label: str, source_row: int) -> str | None:
    tidy = label.strip()
    # "n/a" arrives here in two parts, cut at the slash.
    if tidy.casefold() in _PLACEHOLDERS | {"n", "a"}:
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


def _check_ratios(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> None:
    """Compare the file's own ratios with the quotients; 2 % or the rounding of its two decimals is agreement."""
    for column, divisor in _RATIOS.items():
        if column not in rows:
            continue
        for row in _iterate(rows[["source_row", "reported_name", column, "g3d_mark", divisor]]):
            text, expected = _as_text(row[column]), row["g3d_mark"] / row[divisor]
            if text is None or math.isnan(expected):
                continue
            reported = read_number(text, "g3d_mark")
            if reported.rule == "placeholder":
                continue
            if reported.value is None or abs(reported.value - expected) > max(0.02 * expected, 0.0051):
                detail = f"g3d_mark / {divisor} is {expected:.4g}"
                ledger.append(_enter(row, column, "derived_ratio", text, detail=detail))


def _drop_wrong_prices(rows: pd.DataFrame, options: CleaningOptions, ledger: list[LedgerEntry]) -> pd.DataFrame:
    columns = ["source_row", "reported_name", "name", "g3d_mark", "price_usd"]
    priced = rows[rows["price_usd"].notna()][columns]
    entries = []
    for row in _iterate(priced.assign(typical=_find_typical_prices(priced))):
        price, per_point, typical = row["price_usd"], row["price_usd"] / row["g3d_mark"], row["typical"]
        if is_integrated(row["name"]):
            entries.append(_enter(row, "price_usd", "whole_machine_price", price))
        elif per_point > options.max_price_per_point_usd:
            detail = f"{per_point:.4g} USD per point, more than {options.max_price_per_point_usd:g}"
            entries.append(_enter(row, "price_usd", "scarcity_price", price, detail=detail))
        elif price > options.max_price_over_typical * typical:
            detail = (
                f"{price / typical:.0f} times the {typical:.4g} USD that cards of a like score cost here: "
                "divide it by 100 if it is in cents, else look at the source"
            )
            entries.append(_enter(row, "price_usd", "atypical_price", price, detail=detail))
    if len(priced) >= _FEWEST_LIKE:
        _require_usable(entries, "price_usd", len(priced), options)
    ledger.extend(entries)
    wrong = {entry.source_row for entry in entries}
    return rows.assign(price_usd=rows["price_usd"].mask(rows["source_row"].isin(wrong)))


def _find_typical_prices(priced: pd.DataFrame) -> pd.Series:
    """Median price of the GPUs with the nearest scores; missing where there are too few to speak of."""
    ordered = priced.sort_values(["g3d_mark", "price_usd"])["price_usd"]
    return ordered.rolling(_LIKE_SCORES, center=True, min_periods=_FEWEST_LIKE).median().reindex(priced.index)


def is_integrated(name: str) -> bool:
    """Whether a name is surely graphics inside a processor or chipset, so that price and power are not its own."""
    return bool(INTEGRATED.search(name)) and not _SECOND_GPU.search(name)


def _flag_package_power(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> None:
    rows_with_power = _iterate(rows[rows["tdp_w"].notna()])
    ledger.extend(
        _enter(row, "tdp_w", "package_tdp", row["tdp_w"], row["tdp_w"])
        for row in rows_with_power
        if is_integrated(row["name"])
    )


def _settle_repeated_names(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> pd.DataFrame:
    """Keep one row of each listed name: drop exact repetitions, then all but the newest, then fullest row."""
    identity = ["listed_name", *KNOWN_VALUES]
    repeated = rows.duplicated(identity, keep="first")
    for row in _iterate(rows[repeated]):
        detail = "the same name and values as an earlier row, which stays"
        ledger.append(_enter(row, "name", "exact_duplicate", row["reported_name"], detail=detail))
    distinct = rows[~repeated]
    ranked = distinct.assign(known=distinct[list(KNOWN_VALUES)].notna().sum(axis=1)).sort_values(
        ["listed_name", "test_year", "known", *MEASUREMENTS[:-1], "segments", "source_row"],
        ascending=[True, *[False] * 7, True],
        na_position="last",
    )
    winners = ranked.drop_duplicates("listed_name").set_index("listed_name")["source_row"]
    superseded = ranked[ranked.duplicated("listed_name")]
    for row in _iterate(superseded):
        values = ", ".join(f"{column}={_as_text(row[column]) or 'missing'}" for column in KNOWN_VALUES)
        detail = f"row {winners[row['listed_name']]} stays; rejected values: {values}"
        ledger.append(_enter(row, "name", "superseded", row["reported_name"], detail=detail))
    return distinct.drop(index=superseded.index)


def _assign_ids(rows: pd.DataFrame) -> pd.Series:
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


def _flag_twins(rows: pd.DataFrame, ledger: list[LedgerEntry]) -> None:
    """Flag names that are one name but for case, spaces and punctuation; both stay, as two observations.

    PassMark lists them apart because drivers report the name differently; their scores are separate measurements
    (a median of 22 % apart), so keeping both tells a model how noisy a score is. Splits group them by model number.
    """
    keys = rows["name"].map(_twin_key)
    twins = _rank(rows[keys.duplicated(keep=False)])
    firsts: dict[str, dict[str, Any]] = {}
    for row in _iterate(twins):
        first = firsts.setdefault(_twin_key(row["name"]), row)
        if first is not row:
            detail = f"another observation of {first['gpu_id']} (row {first['source_row']}); both stay"
            ledger.append(_enter(row, "name", "twin_name", row["name"], row["name"], detail))


def _twin_key(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum() or char == "+")
