"""How alike the prices of two cards on two dates are: the covariance and the mean of the market's process.

A sum of parts, each of which fades with the time between the dates (Ornstein-Uhlenbeck): a common level; slopes of the
2022 answer, mark, power, memory and age; what a maker or a segment shares; a curve over the inputs (Matérn 3/2), which
similar cards share; and what is one card's own. Two conditions or markets differ by a level of their own.

Source: Rasmussen & Williams (2006), Gaussian processes for machine learning (sections 2.7 and 4.2).
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.market.cards import Labels, MarketCards, Vector
from gpu_kedro.modelling.market.scales import (
    CENTRE_AGE,
    CENTRE_ANSWER,
    CENTRE_MARK,
    CENTRE_MEMORY,
    CENTRE_POWER,
    CENTRE_YEAR,
    MarketScales,
)

Matrix = NDArray[np.float64]
#: How far beyond the observed cards a slope leads: logarithms of answer, mark, excess, power, memory; years of age.
_BEYOND = np.array([1.5, 1.5, 1.5, 1.5, 1.5, 5.0])


@dataclass(frozen=True)
class Offers:
    """n cards, each at a time, in a condition and on a market.

    Args:
        cards: the cards.
        times: (n,) or, where all are of one moment, (1,): in years, 2022.5 for the middle of 2022.
        conditions: (n,) or (1,) `new` or `used`.
        markets: (n,) or (1,) names of markets.
    """

    cards: MarketCards
    times: Vector
    conditions: Labels
    markets: Labels

    @classmethod
    def at(cls, cards: MarketCards, time: float, condition: str, market: str) -> Self:
        """All cards at one moment, in one condition, on one market."""
        return cls(cards, np.array([time]), np.array([condition], object), np.array([market], object))

    def take(self, places: Any) -> Self:
        """The offers at these places, of n moments."""
        others = {field.name: getattr(self, field.name)[places] for field in fields(self) if field.name != "cards"}
        return type(self)(self.cards.take(places), **others)

    def __len__(self) -> int:
        """How many."""
        return len(self.cards)

    @cached_property
    def ages(self) -> Vector:
        """Years since the year of release began, around the centre; months of release are not known."""
        ages: Vector = np.maximum(self.times - self.cards.release_year, 0.0) - CENTRE_AGE
        return ages

    @cached_property
    def is_used(self) -> Vector:
        """1 for used cards."""
        return np.array([float(condition == "used") for condition in self.conditions])

    def embed(self, scales: MarketScales) -> "EmbeddedOffers":
        """The offers as the covariance takes them."""
        cards = self.cards
        logs = (cards.log_answer - CENTRE_ANSWER, cards.log_mark - CENTRE_MARK, cards.log_power - CENTRE_POWER)
        answer, mark, power = logs
        memory = cards.log_memory - CENTRE_MEMORY
        slopes = (answer, mark, cards.log_excess, power, memory, self.ages)
        places = (
            mark / scales.mark_length,
            power / scales.power_length,
            answer / scales.answer_length,
            (cards.release_year - CENTRE_YEAR) / scales.year_length,
            memory / scales.memory_length,
        )
        labels = (cards.vendors, cards.segments, cards.keys, self.conditions, self.markets)
        scaled = scales.slopes * np.array(slopes).T
        return EmbeddedOffers(self.times, scaled, np.array(places).T, [_encode(words) for words in labels])


class EmbeddedOffers(NamedTuple):
    """n offers as numbers.

    Args:
        times: (n,) or (1,).
        slopes: (n, 6) what slopes multiply, each in its scale.
        places: (n, 5) where each card lies among the others, in lengths of the curve.
        labels: codes of maker, segment, card, condition and market, each (n,) or (1,).
    """

    times: Vector
    slopes: Matrix
    places: Matrix
    labels: list[NDArray[np.int64]]

    def believe_within(self, observed: Self, scales: MarketScales) -> Self:
        """The same offers with slopes that lead no further than a little beyond what was observed.

        Ten prices of cards of today would else make a card of 1999 cost a cent.
        """
        beyond = scales.slopes * _BEYOND
        low, high = observed.slopes.min(axis=0) - beyond, observed.slopes.max(axis=0) + beyond
        return self._replace(slopes=np.clip(self.slopes, low, high))


def prior_mean(offers: Offers, scales: MarketScales) -> Vector:
    """Log price before anything is observed: the 2022 answer, drawn to what the mark alone would cost."""
    cards = offers.cards
    premium = (cards.log_answer - CENTRE_ANSWER) - (cards.log_mark - CENTRE_MARK)
    pulled = cards.log_answer - scales.mark_pull * scales.mark_reach * np.tanh(premium / scales.mark_reach)
    mean: Vector = (
        pulled
        + scales.excess_mean * cards.log_excess
        + scales.age_mean * offers.ages
        + scales.used_mean * offers.is_used
    )
    return mean


def prior_variance(offers: EmbeddedOffers, scales: MarketScales) -> Vector:
    """Variance of the log price of each offer before anything is observed."""
    shared = scales.vendor**2 + scales.segment**2 + scales.level**2 + scales.condition**2 + scales.market**2
    variance: Vector = (offers.slopes**2).sum(axis=1) + shared + scales.curve**2 + scales.card**2 + scales.ripple**2
    return variance


def covariance(one: EmbeddedOffers, other: EmbeddedOffers, scales: MarketScales) -> Matrix:
    """(n, m) covariance of the log prices of n offers with those of m."""
    gaps = np.abs(one.times[:, None] - other.times)
    same = [left[:, None] == right for left, right in zip(one.labels, other.labels, strict=True)]
    same_vendor, same_segment, same_card, same_condition, same_market = same
    level = scales.level**2 + scales.condition**2 * same_condition + scales.market**2 * same_market
    lasting = one.slopes @ other.slopes.T + scales.vendor**2 * same_vendor + scales.segment**2 * same_segment
    total: Matrix = lasting * np.exp(-gaps / scales.slopes_years) + level * np.exp(-gaps / scales.level_years)
    squares = (one.places**2).sum(axis=1)[:, None] + (other.places**2).sum(axis=1) - 2 * one.places @ other.places.T
    squares += scales.vendor_length**-2 * ~same_vendor + scales.segment_length**-2 * ~same_segment
    roots = np.sqrt(3 * squares.clip(0.0))
    own = scales.curve**2 * (1 + roots) * np.exp(-roots) * np.exp(-gaps / scales.curve_years)
    rows, columns = np.nonzero(same_card)
    if len(rows):
        apart = np.broadcast_to(gaps, same_card.shape)[rows, columns]
        own[rows, columns] += scales.card**2 * np.exp(-apart / scales.card_years)
        own[rows, columns] += scales.ripple**2 * np.exp(-apart / scales.ripple_years)
    total += own * np.where(same_condition, 1.0, scales.likeness)
    return total


def _encode(words: Labels) -> NDArray[np.int64]:
    """Labels as numbers, which are compared a hundred times faster; two words of one number are not to be expected."""
    return np.array([hash(word) for word in words], np.int64)
