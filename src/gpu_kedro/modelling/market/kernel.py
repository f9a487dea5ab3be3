"""How alike the prices of two cards on two dates are: the covariance and the mean of the market's process.

A sum of parts, each of which fades with the time between the dates (Ornstein-Uhlenbeck): a common level; slopes of the
2022 answer, mark, power, memory and age; what a maker or a segment shares; a curve over the inputs (Matérn 3/2), which
similar cards share; and what is one card's own. Two conditions or markets differ by a level of their own.

Source: Rasmussen & Williams (2006), Gaussian processes for machine learning (sections 2.7 and 4.2).
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.market.cards import Labels, MarketCards, Vector
from gpu_kedro.modelling.market.scales import (
    CENTRE_AGE,
    CENTRE_ANSWER,
    CENTRE_MARK,
    CENTRE_MEMORY,
    CENTRE_POWER,
    MarketScales,
)

Matrix = NDArray[np.float64]


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


def prior_variance(offers: Offers, scales: MarketScales) -> Vector:
    """Variance of the log price of each offer before anything is observed."""
    sloped = (_slopes(offers, scales) ** 2).sum(axis=1)
    shared = scales.vendor**2 + scales.segment**2 + scales.level**2 + scales.condition**2 + scales.market**2
    variance: Vector = sloped + shared + scales.curve**2 + scales.card**2 + scales.ripple**2
    return variance


def covariance(one: Offers, other: Offers, scales: MarketScales) -> Matrix:
    """(n, m) covariance of the log prices of n offers with those of m."""
    gaps = np.abs(one.times[:, None] - other.times[None, :])
    same_vendor = _are_same(one.cards.vendors, other.cards.vendors)
    same_segment = _are_same(one.cards.segments, other.cards.segments)
    same_condition = _are_same(one.conditions, other.conditions)
    same_market = _are_same(one.markets, other.markets)
    level = scales.level**2 + scales.condition**2 * same_condition + scales.market**2 * same_market
    total: Matrix = level * _fade(gaps, scales.level_years)
    lasting = _slopes(one, scales) @ _slopes(other, scales).T
    lasting += scales.vendor**2 * same_vendor + scales.segment**2 * same_segment
    total = total + lasting * _fade(gaps, scales.slopes_years)
    roots = np.sqrt(3 * _square_distances(one, other, scales, same_vendor, same_segment))
    own = scales.curve**2 * (1 + roots) * np.exp(-roots) * _fade(gaps, scales.curve_years)
    same_card = _are_same(one.cards.keys, other.cards.keys)
    rows, columns = np.nonzero(same_card)
    if len(rows):
        apart = np.broadcast_to(gaps, same_card.shape)[rows, columns]
        own[rows, columns] += scales.card**2 * _fade(apart, scales.card_years)
        own[rows, columns] += scales.ripple**2 * _fade(apart, scales.ripple_years)
    total += own * np.where(same_condition, 1.0, scales.likeness)
    return total


def _are_same(one: Labels, other: Labels) -> NDArray[np.bool_]:
    """(n, m) where labels are equal; as numbers, because NumPy compares objects a hundred times more slowly."""
    codes: dict[Any, int] = {}
    left, right = (np.array([codes.setdefault(label, len(codes)) for label in labels]) for labels in (one, other))
    same: NDArray[np.bool_] = left[:, None] == right[None, :]
    return same


def _fade(gaps: Matrix, years: float) -> Matrix:
    faded: Matrix = np.exp(-gaps / years)
    return faded


def _slopes(offers: Offers, scales: MarketScales) -> Matrix:
    cards = offers.cards
    return np.stack(
        [
            scales.answer * (cards.log_answer - CENTRE_ANSWER),
            scales.mark * (cards.log_mark - CENTRE_MARK),
            scales.excess * cards.log_excess,
            scales.power * (cards.log_power - CENTRE_POWER),
            scales.memory * (cards.log_memory - CENTRE_MEMORY),
            scales.age * offers.ages,
        ],
        axis=1,
    )


def _square_distances(
    one: Offers, other: Offers, scales: MarketScales, same_vendor: NDArray[np.bool_], same_segment: NDArray[np.bool_]
) -> Matrix:
    left, right = _places(one.cards, scales), _places(other.cards, scales)
    squares: Matrix = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :] - 2 * left @ right.T
    squares += np.where(same_vendor, 0.0, scales.vendor_length**-2)
    squares += np.where(same_segment, 0.0, scales.segment_length**-2)
    return squares.clip(0.0)


def _places(cards: MarketCards, scales: MarketScales) -> Matrix:
    return np.stack(
        [
            (cards.log_mark - CENTRE_MARK) / scales.mark_length,
            (cards.log_power - CENTRE_POWER) / scales.power_length,
            (cards.log_answer - CENTRE_ANSWER) / scales.answer_length,
            (cards.release_year - 2019.0) / scales.year_length,
            (cards.log_memory - CENTRE_MEMORY) / scales.memory_length,
        ],
        axis=1,
    )
