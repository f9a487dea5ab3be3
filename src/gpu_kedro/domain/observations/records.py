"""One observation: what somebody saw of one GPU on one date."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from gpu_kedro.domain.observations.dates import Moment, read_moment

#: What can be observed, with the least and the largest figure that is believed.
OBSERVED_FIELDS: Mapping[str, tuple[float, float]] = {
    "price_usd": (1.0, 1_000_000.0),
    "g3d_mark": (1.0, 1_000_000.0),
    "g2d_mark": (1.0, 100_000.0),
    "tdp_w": (0.5, 10_000.0),
}
#: What people write for the two conditions.
_CONDITION_WORDS = {
    "new": ("new", "neu", "neuf", "nuevo", "nuovo", "novo", "retail", "sealed", "brand new"),
    "used": ("used", "gebraucht", "occasion", "usado", "usato", "second hand", "secondhand", "pre-owned", "preowned"),
}
_CONDITION_OF = {word: condition for condition, words in _CONDITION_WORDS.items() for word in words}
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_NAME, _LONGEST_MARKET = 300, 100


@dataclass(frozen=True)
class Observation:
    """What somebody saw.

    Args:
        name: of the GPU, as it was written.
        figures: by field of `OBSERVED_FIELDS`.
        condition: `new` or `used`, None where nobody said.
        market: where, in free words; empty where nobody said.
    """

    name: str
    moment: Moment
    figures: Mapping[str, float]
    condition: str | None = None
    market: str = ""


def read_observation(row: Mapping[str, Any], default: Moment | None = None) -> Observation:
    """Check one row: `name`, any of `OBSERVED_FIELDS`, `date` (else the default), `condition` and `market`.

    Raises:
        ValueError: why it cannot be used, and what to give instead.
    """
    name = row.get("name")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("no name; give the GPU's")
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"a name of {len(name)} characters; give at most {_LONGEST_NAME}")
    figures = {field: _read_figure(field, row[field]) for field in OBSERVED_FIELDS if row.get(field) is not None}
    if not figures:
        raise ValueError(f"nothing observed; give one of {', '.join(OBSERVED_FIELDS)}")
    try:
        moment = read_moment(row.get("date"))
    except ValueError as err:
        raise ValueError(f"date: {err}") from err
    moment = moment or default
    if moment is None:
        raise ValueError("no date; give a day, a month or a year")
    market = " ".join(str(row.get("market") or "").split())[:_LONGEST_MARKET]
    condition = read_condition(row.get("condition")) or _find_condition(market)
    return Observation(name.strip(), moment, figures, condition, market)


def read_condition(cell: Any) -> str | None:
    """`new` or `used` in some words; None where nothing is said.

    Raises:
        ValueError: it is neither.
    """
    if cell is None or cell != cell or (isinstance(cell, str) and not cell.strip()):
        return None
    found = _CONDITION_OF.get(" ".join(str(cell).split()).casefold())
    if found is None:
        raise ValueError("condition: neither new nor used")
    return found


def _find_condition(market: str) -> str | None:
    """The condition that a market's own name tells, as in "ebay-used"; None where it tells none, or both."""
    found = {_CONDITION_OF[word] for word in _WORD.findall(market.casefold()) if word in _CONDITION_OF}
    return found.pop() if len(found) == 1 else None


def _read_figure(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{field}: not a number")
    low, high = OBSERVED_FIELDS[field]
    if not low <= value <= high:
        raise ValueError(f"{field}: not between {low:g} and {high:,.0f}")
    return float(value)
