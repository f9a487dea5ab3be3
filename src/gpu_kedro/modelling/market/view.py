"""A market at one moment: what is asked of it, and what its prices rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from gpu_kedro.modelling.market.cards import MarketCards
from gpu_kedro.modelling.market.process import MarketPrices, MarketProcess, price_unobserved

#: An observation this many years old or less tells what its card costs now.
_FRESH_YEARS = 0.1
PERCENTS = (80, 90)
#: Of a bundle: the observations that its prices follow, as a request brings them.
MARKET = "market.json"
#: Every known GPU, and as many again that an asker describes otherwise.
_MOST_REMEMBERED = 8192
#: More different cards than this are not added up: the work grows with their square.
MOST_IN_TOTAL = 1000


class Seen(NamedTuple):
    """The newest price of a card that is no junk: when, in years and as people write it, and how much."""

    time: float
    date: str
    price_usd: float


@dataclass(frozen=True)
class MarketView:
    """A market, asked for prices of one moment and one condition.

    Args:
        as_of: the moment, as people write it: 2026-03.
        time: the same in years.
        condition: `new` or `used`.
        market: of which market; empty where nobody said.
        process: what was fitted, None where nothing was observed.
        seen: of each observed card, by its key.
        newest: date of the newest observation.
    """

    as_of: str
    time: float
    condition: str
    market: str = ""
    process: MarketProcess | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict)
    newest: str = ""
    _told: dict[tuple[Any, ...], tuple[float, dict[int, list[float]]]] = field(default_factory=dict, repr=False)

    @cached_property
    def basis(self) -> str:
        """What prices rest on, in words."""
        if self.process is None:
            return "2022 table, widened by the years since"
        count = int(self.process.observed.counts[~self.process.is_junk].sum())
        return f"{count} observation{'s' if count != 1 else ''} up to {self.newest}"

    def price(self, cards: MarketCards) -> MarketPrices:
        """What cards cost."""
        if self.process is None:
            return price_unobserved(cards, self.time, self.condition)
        return self.process.price(cards, self.time, self.condition, self.market)

    def price_rows(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, dict[int, list[float]]]]:
        """What cards cost, and the ends of the 80 % and 90 % intervals; a card that was asked of lately is remembered.

        Rows are as `MarketCards.from_rows` takes them.
        """
        keys = [tuple(row.values()) for row in rows]
        told = [self._told.get(key) for key in keys]
        asked = [place for place, known in enumerate(told) if known is None]
        if asked:
            prices = self.price(MarketCards.from_rows([rows[place] for place in asked]))
            ends = zip(*(prices.interval(percent / 100).tolist() for percent in PERCENTS), strict=True)
            if len(self._told) > _MOST_REMEMBERED:
                self._told.clear()
            for place, price, edges in zip(asked, prices.price_usd.tolist(), ends, strict=True):
                told[place] = self._told[keys[place]] = price, dict(zip(PERCENTS, edges, strict=True))
        return [known for known in told if known is not None]

    def find_seen(self, key: str) -> Seen | None:
        """The price at which this very card was seen, None where that is too long ago to tell its price now."""
        seen = self.seen.get(key)
        return seen if seen is not None and abs(seen.time - self.time) <= _FRESH_YEARS else None

    def total(self, cards: MarketCards, counts: Sequence[int]) -> MarketPrices | None:
        """What so many of each card cost together, as one price; None without observations, or of too many cards."""
        if self.process is None or not 0 < len(cards) <= MOST_IN_TOTAL:
            return None
        return self.process.total(cards, counts, self.time, self.condition, self.market)
