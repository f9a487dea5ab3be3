"""Observed prices as the process takes them: logarithms at a time, and no more of them than it can take."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from gpu_kedro.domain.observations.dates import count_months
from gpu_kedro.domain.observations.records import Observation
from gpu_kedro.modelling.market.cards import MarketCards, Vector
from gpu_kedro.modelling.market.kernel import Offers

#: Of prices of which nobody says it.
CONDITION = "new"
#: The most that are fitted at once: the work grows with the third power, and this many take a second.
MOST_OBSERVATIONS = 1000
#: Share of prices; less are two kinds of a card that are taken for one.
_REPEATED = 0.1


@dataclass(frozen=True)
class ObservedPrices:
    """n prices that somebody saw.

    Args:
        offers: of which card, when, in which condition, on which market.
        log_prices: logarithms of US dollars.
        counts: of how many prices each is the median, usually 1.
    """

    offers: Offers
    log_prices: Vector
    counts: Vector

    @classmethod
    def from_columns(
        cls,
        cards: MarketCards,
        times: Sequence[float],
        prices_usd: Sequence[float],
        conditions: Sequence[str],
        markets: Sequence[str],
    ) -> Self:
        """Prices, one per card; a card may stand several times."""
        offers = Offers(
            cards,
            np.array(times, float),
            np.array(conditions, dtype=object),
            np.array(markets, dtype=object),
        )
        return cls(offers, np.log(np.array(prices_usd, float)), np.ones(len(cards)))

    @classmethod
    def from_observations(cls, seen: Sequence[tuple[Observation, Mapping[str, Any]]], condition: str) -> Self:
        """Observed prices with their cards (`MarketCards.from_rows`).

        The condition is of those that say none; one that says no market is of the most common one.
        """
        market = most_common((one.market for one, _ in seen), "")
        return cls.from_columns(
            MarketCards.from_rows([card for _, card in seen]),
            [one.moment.time for one, _ in seen],
            [one.figures["price_usd"] for one, _ in seen],
            [one.condition or condition for one, _ in seen],
            [one.market or market for one, _ in seen],
        )

    def __len__(self) -> int:
        """How many."""
        return len(self.log_prices)

    def take(self, places: Any) -> Self:
        """The prices at these places."""
        return type(self)(self.offers.take(places), self.log_prices[places], self.counts[places])

    def _cells(self) -> dict[Any, list[int]]:
        """Places of the prices of each card, month, condition and market."""
        cells: dict[Any, list[int]] = {}
        offers = self.offers
        for place, (key, time, condition, market) in enumerate(
            zip(offers.cards.keys, offers.times.tolist(), offers.conditions, offers.markets, strict=True)
        ):
            cells.setdefault((key, count_months(time), condition, market), []).append(place)
        return cells

    def are_listings(self) -> bool:
        """Whether many prices are one more of a card and month: listings then, and no averages of many."""
        return len(self) - len(self._cells()) > _REPEATED * len(self)

    def thin_out(self, most: int = MOST_OBSERVATIONS) -> Self:
        """At most so many prices: those of one card, month, condition and market become their median.

        Where that does not suffice, the newest of every card come first, then the second newest, and so on.
        """
        if len(self) <= most:
            return self
        cells, offers = self._cells(), self.offers
        pooled = type(self)(
            offers.take([places[len(places) // 2] for places in cells.values()]),
            np.array([np.median(self.log_prices[places]) for places in cells.values()]),
            np.array([self.counts[places].sum() for places in cells.values()]),
        )
        if len(pooled) <= most:
            return pooled
        newest = np.argsort(-pooled.offers.times, kind="stable")
        seen: dict[Any, int] = {}
        ranks = np.empty(len(pooled), int)
        for place in newest.tolist():
            key = pooled.offers.cards.keys[place]
            ranks[place] = seen[key] = seen.get(key, 0) + 1
        chosen = np.lexsort((-pooled.offers.times, ranks))[:most]
        return pooled.take(np.sort(chosen))


def most_common(said: Iterable[str | None], default: str) -> str:
    """What most say; the default where nobody says anything."""
    counts = Counter(word for word in said if word)
    return counts.most_common(1)[0][0] if counts else default
