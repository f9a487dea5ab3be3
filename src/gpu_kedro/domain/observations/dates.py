"""Dates as people write them: a day, a month or a year."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Any, NamedTuple

FIRST_YEAR, LAST_YEAR = 1995, 2100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[t ]\d{1,2}:.*)?")
_DAY_FIRST = re.compile(r"(?:(\d{1,2})\.)?(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(?:(\d{1,2})/)?(\d{4})")
_NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?\.? )?([a-z]{3,9})\.?,? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})")


class Moment(NamedTuple):
    """A day, a month or a year: the month is 1 to 12; None stands for what is not known."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def time(self) -> float:
        """Its middle in years: 2022.5 for 2022."""
        first, last = self._days()
        return (first + last) / 2

    @property
    def start(self) -> float:
        """Where it begins, in years."""
        return self._days()[0]

    @property
    def end(self) -> float:
        """Where it ends, in years."""
        return self._days()[1]

    @property
    def text(self) -> str:
        """As ISO 8601 writes it: 2026-03-06, 2026-03 or 2026."""
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)

    def _days(self) -> tuple[float, float]:
        if self.month is None:
            return float(self.year), float(self.year + 1)
        before = date(self.year, self.month, 1).timetuple().tm_yday - 1
        length = monthrange(self.year, self.month)[1]
        if self.day is not None:
            before, length = before + self.day - 1, 1
        days = date(self.year, 12, 31).timetuple().tm_yday
        return self.year + before / days, self.year + (before + length) / days


def count_months(time: float) -> int:
    """The calendar month that a time in years falls in, counted from year 0: 24,267 for April 2022."""
    year = int(time)
    start = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - start).days
    return 12 * year + (start + timedelta(days=int((time - year) * days))).month - 1


def read_moment(cell: Any) -> Moment | None:
    """A cell as a date; None where it is empty.

    Raises:
        ValueError: it is none, or one that can be read in two ways.
    """
    if cell is None or cell != cell:
        return None
    if isinstance(cell, date):
        return _check(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer():
        return _check(int(cell), None, None)
    if not isinstance(cell, str):
        raise ValueError("not a date; write 2026-03-06, 2026-03 or 2026")
    text = " ".join(cell.split()).casefold()
    if not text:
        return None
    if found := _ISO.fullmatch(text):
        return _check(*map(_number, found.groups()))
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(_number, found.groups())
        return _check(year, month, day)
    if found := _SLASHED.fullmatch(text):
        return _read_slashed(*map(_number, found.groups()))
    if (found := _NAMED.fullmatch(text)) and found[2][:3] in _MONTHS:
        return _check(int(found[4]), _MONTHS.index(found[2][:3]) + 1, _number(found[1] or found[3]))
    raise ValueError("not a date; write 2026-03-06, 2026-03 or 2026")


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _read_slashed(first: int | None, second: int | None, year: int | None) -> Moment:
    if second is None:
        return _check(year, first, None)
    if first is not None and first > 12:
        return _check(year, second, first)
    if second > 12 or first == second:
        return _check(year, first, second)
    raise ValueError("a day and a month that could change places; write 2026-03-06")


def _check(year: int | None, month: int | None, day: int | None) -> Moment:
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"not a date between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        date(year, month or 1, day or 1)
    except ValueError as err:
        raise ValueError(f"no such day: {err}") from err
    return Moment(year, month, day)
