"""Lists that people paste, a GPU and its count in each line, in the ways that they write counts."""

import csv
import io
import re

_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d+(?:[.,]\d+)?)"
_LEADING = re.compile(rf"{_NUMBER} ?[x×*] ?(\S.*)")
#: A count behind the name: after a colon, a tab or spaces, with or without a percent sign.
_TRAILING = re.compile(rf"(.*\S)(?:[:\t|]| ) *{_NUMBER} ?%?")
#: A mark between columns, and not between the thousands of a number.
_COLUMNS = re.compile(r";|,(?!\d{3}\b)")
_THOUSANDS = re.compile(r",(?=\d{3}\b)")
#: A change since last month, as surveys have it at the end of a line.
_CHANGE = re.compile(r"\s+[+\-−]\d+(?:[.,]\d+)? ?%?$")
#: Figures of other months stand between the name and the last one.
_MONTHS = re.compile(r"(?:\s+\d+(?:[.,]\d+)? ?%)+$")
#: A name's length and more; patterns take long on what is far longer.
_LONGEST = 400
#: So many of the lines have to hold a count for the others to be names without one.
_MOST = 0.8


def tabulate_counts(text: str) -> str:
    """A pasted list as CSV with a column of counts; unchanged where a table or names alone were pasted.

    Understood are `12x RTX 3060`, `RTX 3060: 12`, `RTX 3060 12`, and lines of a survey with a share for each month, of
    which the last one counts. In `RTX 3060` the number is the model's: one behind a name counts only where the name
    without it still has a number.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any(map(_COLUMNS.search, lines)) and not any("%" in line for line in lines):
        return text
    found = [_read_line(line) for line in lines]
    if sum(one is not None for one in found) < _MOST * len(lines) or not lines:
        return text
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["GPU", "Count"])
    writer.writerows(one or (line, "") for one, line in zip(found, lines, strict=True))
    return out.getvalue()


def _read_line(line: str) -> tuple[str, str] | None:
    if len(line) > _LONGEST:
        return None
    if leading := _LEADING.fullmatch(line):
        return leading[2], _write_count(leading[1])
    trailing = _TRAILING.fullmatch(_CHANGE.sub("", line))
    if trailing is None:
        return None
    name = _MONTHS.sub("", trailing[1]).rstrip(" :\t|,;")
    is_named = re.search(r"\d{3}|\d\w", name) is not None or "%" in line
    return (name, _write_count(trailing[2])) if is_named and name else None


def _write_count(number: str) -> str:
    return _THOUSANDS.sub("", number).replace(",", ".")
