"""Numbers as people write them: "$329", "170 W", "1.299,00", read by the convention of their own column and file."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

#: Empty, or a word or sign for "not known".
PLACEHOLDERS = frozenset(
    {"", "-", "--", "–", "—", "?", "na", "n/a", "#n/a", "n.a.", "n/s", "nan", "null", "none", "<na>"}
    | {"nil", "tbd", "tba", "unknown", "unbekannt", "k.a.", "k. a.", "inconnu", "desconocido", "sconosciuto"}
    | {"不明", "未知"}
)
#: What a field is measured in, by the end of its name, and what else is understood, as multiples of it.
UNITS: Mapping[str, Mapping[str, float]] = {
    "_mark": {"points": 1, "pts": 1, "marks": 1, "punkte": 1},
    "_usd": {"$": 1, "us$": 1, "usd": 1, "us dollars": 1, "dollars": 1},
    "_w": {"w": 1, "watt": 1, "watts": 1, "kw": 1000},
    "_gb_s": {"gb/s": 1, "gbps": 1, "tb/s": 1000},
    "_mhz": {"mhz": 1, "ghz": 1000},
    "_gb": {"gb": 1, "gib": 1, "mb": 1 / 1024, "mib": 1 / 1024},
    "_mb": {"mb": 1, "mib": 1, "kb": 1 / 1024, "kib": 1 / 1024},
    "_gflops": {"gflops": 1, "gflop/s": 1, "tflops": 1000, "tflop/s": 1000},
    "_bits": {"bit": 1, "bits": 1, "-bit": 1},
    "_nm": {"nm": 1},
    "quantity": {"x": 1, "×": 1, "pcs": 1, "pieces": 1, "units": 1, "stk": 1, "stück": 1, "%": 1},
    "_mm2": {"mm²": 1, "mm2": 1},
}
FOREIGN_CURRENCY = re.compile(
    r"[€£¥₹₽₩₺￥]|\b(?:EUR|EURO|GBP|JPY|CNY|RMB|INR|RUB|KRW|CAD|AUD|CHF|PLN|BRL|SEK|NOK|DKK|CZK|TRY)\b|[CA]A?\$|zł|元|円",
    re.IGNORECASE,
)
#: What currencies are called, by their code; a sign that several use is none of them.
_CURRENCIES: Mapping[str, tuple[str, ...]] = {
    "EUR": ("€", "eur", "euro"),
    "GBP": ("£", "gbp"),
    "INR": ("₹", "inr"),
    "RUB": ("₽", "rub"),
    "KRW": ("₩", "krw"),
    "TRY": ("₺", "try"),
    "PLN": ("zł", "pln"),
    "JPY": ("jpy", "円"),
    "CNY": ("cny", "rmb", "元"),
    "CAD": ("cad", "c$", "ca$"),
    "AUD": ("aud", "a$"),
} | {code: (code.casefold(),) for code in ("CHF", "BRL", "SEK", "NOK", "DKK", "CZK")}
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
#: More digits than any figure has.
_LONGEST, _LONGEST_WRITTEN = 400, 40
#: Blanks, signs and invisible characters that stand for usual ones, or for nothing.
ODD_CHARACTERS = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ")
    | {"\u2212": "-", "\u2019": "'"}
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
)
_ODD = ODD_CHARACTERS | {0xFF10 + digit: str(digit) for digit in range(10)}
_WRITTEN = re.compile(
    r"(?P<before>[^0-9.,+-]*)(?P<sign>[+-]?)\s*(?P<inner>[^0-9.,+-]*)(?P<number>[0-9](?:[0-9.,' ]*[0-9])?)"
    r"(?:[.,][-–—]{1,2}|(?P<after>[^0-9.,]*))"
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*")
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
#: A mark that can only be the decimal one: not three digits follow, or more than three or a lone zero stand before.
_DECIMALS = {
    mark: re.compile(
        rf"(?<![0-9.,])(?:[0-9]+(?:[{other}' ][0-9]{{3}})*\{mark}(?:[0-9]{{1,2}}|[0-9]{{4,}})(?![0-9.,])"
        rf"|(?:[0-9]{{4,}}|0)\{mark}[0-9]{{3}}(?![0-9.,])|[0-9]{{1,3}}(?:\{other}[0-9]{{3}})+\{mark}[0-9]+)"
    )
    for mark, other in ((".", ","), (",", "."))
}
#: Three digits behind a point: 1.299 is one thousand and more, or one and some.
_POINT_GROUPS = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?![0-9.,])")


class Convention:
    """Gathers how numbers are written in a file, column by column.

    Args:
        separated_by_comma: whether the file's cells are; then a comma is no decimal mark unless a cell says so.
        mark: the decimal mark of all columns, where a person has said it.
    """

    def __init__(self, columns: Iterable[int], *, separated_by_comma: bool, mark: str | None = None) -> None:
        self._mark = mark
        self._seen: dict[int, Counter[str]] = {place: Counter() for place in columns}
        self._separated_by_comma = separated_by_comma

    @property
    def columns(self) -> tuple[int, ...]:
        """Places of the columns that hold numbers."""
        return tuple(self._seen)

    def look_at(self, place: int, cells: Iterable[Any]) -> None:
        """Take in some cells of a column; only texts tell something."""
        text = "\n".join(cell for cell in cells if isinstance(cell, str) and len(cell) <= _LONGEST_WRITTEN)
        if "." in text or "," in text:
            text = text.translate(_ODD)
            seen = self._seen[place]
            seen.update(mark for mark, pattern in _DECIMALS.items() if pattern.search(text))
            seen.update(["groups"] if _POINT_GROUPS.search(text) else [])

    def find_mark(self, place: int) -> str | None:
        """The decimal mark of a column, None where it is written in both ways.

        What the column itself shows counts first, then what the other columns show, then the file's delimiter.
        """
        if self._mark is not None:
            return self._mark
        own = self._seen[place]
        if own["."] and own[","]:
            return None
        if own["."] or own[","]:
            return "." if own["."] else ","
        file: Counter[str] = Counter()
        for seen in self._seen.values():
            file.update(mark for mark in ".," if seen[mark])
        if bool(file["."]) != bool(file[","]):
            return "." if file["."] else ","
        # nobody writes every price with three decimals
        return "," if own["groups"] and not self._separated_by_comma else "."


def find_units(field: str) -> Mapping[str, float]:
    """What numbers of a field may be given in, by the unit that its name ends with."""
    return next((units for ending, units in UNITS.items() if field.endswith(ending)), {})


def convert_currencies(rates: Mapping[str, float]) -> dict[str, float]:
    """What amounts may be given in, as multiples of a US dollar.

    Args:
        rates: US dollars for one unit of a currency, by its code.

    Raises:
        ValueError: a code is not known, or a rate is no positive number.
    """
    for code, rate in rates.items():
        if code not in _CURRENCIES:
            raise ValueError(f"no currency {code!r}; known are {', '.join(sorted(_CURRENCIES))}")
        if not (isinstance(rate, int | float) and math.isfinite(rate) and rate > 0):
            raise ValueError(f"the rate of {code} is {rate!r}; give US dollars for one {code}")
    return {word: rate for code, rate in rates.items() for word in _CURRENCIES[code]}


def find_currency(text: str) -> str | None:
    """The word or sign of another currency than US dollars in a text."""
    found = FOREIGN_CURRENCY.search(text)
    return None if found is None else found[0].casefold()


def read_currency(cell: Any, rates: Mapping[str, float]) -> float:
    """What one unit of the currency in a cell of its own is worth in US dollars; 1 where the cell is empty.

    Args:
        cell: a code, a word or a sign.
        rates: by word and sign, as of `convert_currencies`.

    Raises:
        ValueError: it is another currency, or none that is known.
    """
    text = " ".join(str(cell).split()).casefold() if cell is not None and cell == cell else ""
    if not text or text in UNITS["_usd"]:
        return 1.0
    word = find_currency(text) or text
    if word not in rates:
        raise ValueError("in another currency than US dollars")
    return rates[word]


def read_number(cell: Any, mark: str | None, units: Mapping[str, float]) -> float | None:
    """A cell as a number; None where it is empty or says that nothing is known.

    Args:
        cell: text, or what Excel and Parquet hold.
        mark: the decimal mark of the column, None where it is written in both ways.
        units: what the number may be given in.

    Raises:
        ValueError: says why it is no number of this field.
    """
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        raise ValueError("not a number")
    if not isinstance(cell, str):
        try:
            return float(cell)
        except (TypeError, ValueError, OverflowError) as err:
            raise ValueError("not a number") from err
    if mark != "," and len(cell) <= _LONGEST and _PLAIN.fullmatch(cell) and (mark or not _POINT_GROUPS.fullmatch(cell)):
        return float(cell)
    text = " ".join(cell.translate(_ODD).split())
    if text.casefold() in PLACEHOLDERS:
        return None
    if len(text) > _LONGEST:
        raise ValueError("not a number")
    if "$" in units and (currency := find_currency(text)) is not None and currency not in units:
        raise ValueError("in another currency than US dollars")
    return _read_written(text, mark, units)


def _read_written(text: str, mark: str | None, units: Mapping[str, float]) -> float:
    if _PLAIN.fullmatch(text) and "e" in text.lower():
        return float(text)
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError("not a number")
    named = [part.strip().casefold() for part in match.group("before", "inner", "after") if part and part.strip()]
    if len(named) > 1:
        raise ValueError("not a number")
    if named and named[0] not in units:
        raise ValueError(f"in another unit than {next(iter(units))}" if units else "not a number")
    value = float(_rewrite(match["number"], mark)) * (units[named[0]] if named else 1)
    return -value if match["sign"] == "-" else value


def _rewrite(number: str, mark: str | None) -> str:
    """Digits and marks with a decimal point and nothing else.

    Raises:
        ValueError: the marks can be read in two ways, or in none.
    """
    # digits before the first mark in threes by blanks or apostrophes
    blank_groups = re.split("[' ]", re.split("[.,]", number)[0])[1:]
    plain = re.sub("[' ]", "", number) if all(len(group) == 3 for group in blank_groups) else number
    for decimal, other in ((".", ","), (",", ".")):
        if _DECIMALS[decimal].fullmatch(plain):
            return plain.replace(other, "").replace(decimal, ".")
    if plain.isdigit():
        return plain
    grouped = _GROUPED.fullmatch(plain)
    if grouped is None:
        raise ValueError("not a number")
    (used,) = {letter for letter in plain if letter in ".,"}
    if plain.count(used) > 1:
        return plain.replace(used, "")
    if mark is None:
        raise ValueError("thousands or decimals: the column writes both a point and a comma before decimals")
    return plain.replace(used, ".") if used == mark else plain.replace(used, "")


def read_year(cell: Any) -> float | None:
    """A cell as a year: a number, or the one year of a date.

    Raises:
        ValueError: it holds none, or several.
    """
    year = getattr(cell, "year", None)
    if isinstance(year, int):
        return float(year)
    if isinstance(cell, str) and not _PLAIN.fullmatch(cell.strip()) and cell.strip().casefold() not in PLACEHOLDERS:
        years = _YEAR.findall(cell)
        if len(years) != 1:
            raise ValueError("not a year")
        return float(years[0])
    value = read_number(cell, ".", {})
    if value is not None and math.isfinite(value) and not value.is_integer():
        raise ValueError("not a year")
    return value


def read_flag(cell: Any) -> bool | None:
    """A cell as yes or no.

    Raises:
        ValueError: it is neither.
    """
    if cell is None or cell != cell or isinstance(cell, bool):
        return None if cell is None or cell != cell else cell
    text = str(cell).strip().casefold()
    if text in ("true", "1", "1.0", "yes", "y", "ja", "oui", "x"):
        return True
    if text in ("false", "0", "0.0", "no", "n", "nein", "non"):
        return False
    if text in PLACEHOLDERS:
        return None
    raise ValueError("neither yes nor no")


def read_text(cell: Any) -> str | None:
    """A cell as text on one line; a whole number without a decimal point."""
    if isinstance(cell, str):
        return " ".join(cell.split()) or None
    if cell is None or cell != cell:
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, bytes):
        cell = cell.decode("utf-8", "replace")
    return " ".join(str(cell).split()) or None
