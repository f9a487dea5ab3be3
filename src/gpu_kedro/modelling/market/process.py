"""Fits observed prices and tells what any card costs on any date, with what is not known about it.

An observation is near what its card costs, or loosely so (a hurry, a better board), or junk (a decimal slip, a bundle,
a broken card): which of them is told from what all others say of it, and junk counts for nothing. Weights of Student's
t, which the design proposed, still let half of a decimal slip through where ten prices are known. The search starts
with prices far from the median trusted less, and with wide noise that narrows step by step, or the first junk price
would pull everything towards itself.

Sources: Minka (2001), Expectation propagation for approximate Bayesian inference; Rasmussen & Williams (2006),
Gaussian processes for machine learning (sections 3.6 and 5.4.2); Kuss, Pfingsten, Csató & Rasmussen (2005),
Approximate inference for robust Gaussian process regression.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.modelling.market.cards import MarketCards, Vector
from gpu_kedro.modelling.market.kernel import EmbeddedOffers, Matrix, Offers, covariance, prior_mean, prior_variance
from gpu_kedro.modelling.market.observed import ObservedPrices
from gpu_kedro.modelling.market.scales import TABLE_TIME, MarketScales

#: Standard deviation of the noise at the start of the search, how fast it may narrow, and how long the search goes on.
_WIDE_NOISE, _NARROWING, _MOST_STEPS = 0.5, 0.5, 11
_LEAST_NOISE = 0.01
#: Of a step that is taken; whole steps may swing to and fro.
_DAMPING = 0.6
_LEAST_PRECISION, _AGREEMENT = 1e-4, 0.1
#: Cards whose covariance with all others is held at once.
_BLOCK_CARDS = 256
_QUANTILES = {0.8: 1.2816, 0.9: 1.6449}


@dataclass(frozen=True)
class MarketPrices:
    """Prices of n cards at one moment.

    Args:
        log_price: (n,) logarithm of US dollars.
        variance: (n,) of that logarithm, for one more observation of the card.
    """

    log_price: Vector
    variance: Vector

    @property
    def price_usd(self) -> Vector:
        """The median."""
        return np.exp(self.log_price)

    def half_width(self, coverage: float) -> Vector:
        """(n,) half of the interval in logarithms; `coverage` is 0.8 or 0.9."""
        return _QUANTILES[coverage] * np.sqrt(self.variance)

    def interval(self, coverage: float) -> Matrix:
        """(n, 2) lower and upper bound in US dollars; `coverage` is 0.8 or 0.9."""
        half = self.half_width(coverage)
        return np.exp(np.stack([self.log_price - half, self.log_price + half], axis=1))


class MarketProcess:
    """A market that was fitted to observed prices, at least one.

    Attributes:
        belief_: (n,) probability that each price is one of its card, and no junk.
        noise_: standard deviation of one price around what its card costs.
        expected_: (n,) what all other prices say that each card costs, in US dollars.
    """

    def __init__(self, observed: ObservedPrices) -> None:
        self.scales = MarketScales()
        self.observed = observed
        self._fit()

    def _fit(self) -> None:
        """Approximate each observation by a normal one with a precision of its own, until they agree."""
        scales, counts = self.scales, self.observed.counts
        self._embedded = self.observed.offers.embed(scales)
        kernel = covariance(self._embedded, self._embedded, scales)
        mean = prior_mean(self.observed.offers, scales)
        errors = self.observed.log_prices - mean
        noise, (usual, strength) = _WIDE_NOISE, scales.usual_noise(are_listings=self.observed.are_listings())
        far = errors - np.median(errors)
        precisions = 1 / (noise**2 + far**2)
        for _ in range(_MOST_STEPS):
            cavity, spread = _leave_out(kernel, errors, precisions)[:2]
            site = _match_moments(errors, cavity, spread, noise**2 / counts, scales)
            mixed = _DAMPING * site.precisions + (1 - _DAMPING) * precisions
            moved = float(np.abs(np.log(mixed / precisions)).max())
            precisions = mixed
            learned = _learn_noise(errors - cavity, spread, site.is_near, counts, noise, usual, strength)
            moved = max(moved, abs(np.log(learned / noise)))
            noise = max(learned, _NARROWING * noise)
            if moved < _AGREEMENT:
                break
        cavity, spread, self._inverse, self._solved = _leave_out(kernel, errors, precisions)
        self.noise_ = noise
        self.belief_ = _match_moments(errors, cavity, spread, noise**2 / counts, scales).belief
        self.expected_ = np.exp(mean + cavity)

    @property
    def is_junk(self) -> NDArray[np.bool_]:
        """(n,) whether each price is likelier junk than a price of its card."""
        return self.belief_ < 0.5

    def price(self, cards: MarketCards, time: float, condition: str, market: str) -> MarketPrices:
        """What cards cost at one moment, a time in years (2026.2 for the middle of March 2026)."""
        asked = Offers.at(cards, time, condition, market)
        embedded = self._embed(asked)
        across = covariance(embedded, self._embedded, self.scales)
        known = ((across @ self._inverse) * across).sum(axis=1)
        variance = (prior_variance(embedded, self.scales) - known).clip(0.0) + self.noise_**2
        return MarketPrices(prior_mean(asked, self.scales) + across @ self._solved, variance)

    def _embed(self, asked: Offers) -> EmbeddedOffers:
        return asked.embed(self.scales).believe_within(self._embedded, self.scales)

    def total(
        self, cards: MarketCards, counts: Sequence[int], time: float, condition: str, market: str
    ) -> MarketPrices:
        """What all cards cost together: one price, whose interval knows that they rise and fall together.

        The sum of log-normal prices is taken for log-normal, with its mean and variance. Cards are n different ones,
        with (n,) counts.

        Source: Fenton (1960), The sum of log-normal probability distributions in scatter transmission systems.
        """
        many = np.array(counts, float)
        each = self.price(cards, time, condition, market)
        shares = many * np.exp(each.log_price + each.variance / 2)
        asked = self._embed(Offers.at(cards, time, condition, market))
        weights = covariance(self._embedded, asked, self.scales)
        known = self._inverse @ weights
        own = np.expm1(self.noise_**2) * (shares**2 / many * np.exp(each.variance - self.noise_**2)).sum()
        together = 0.0
        for start in range(0, len(cards), _BLOCK_CARDS):
            block = slice(start, start + _BLOCK_CARDS)
            some = self._embed(Offers.at(cards.take(block), time, condition, market))
            shared = covariance(some, asked, self.scales) - weights[:, block].T @ known
            together += float(shares[block] @ np.expm1(shared) @ shares)
        return sum_lognormal(float(shares.sum()), together + float(own))


class _Sites(NamedTuple):
    """How precise each of n observations is taken to be, and how likely it is no junk, and near its card's price."""

    precisions: Vector
    belief: Vector
    is_near: Vector


def _leave_out(kernel: Matrix, errors: Vector, precisions: Vector) -> tuple[Vector, Vector, Matrix, Vector]:
    """What all other observations say of each: mean and variance; and the inverse they were found with."""
    inverse: Matrix = np.linalg.inv(kernel + np.diag(1 / precisions)).astype(float)
    solved: Vector = inverse @ errors
    left_out: Vector = 1 / np.diagonal(inverse)
    spread: Vector = (left_out - 1 / precisions).clip(1e-6)
    return errors - solved * left_out, spread, inverse, solved


def _match_moments(errors: Vector, cavity: Vector, spread: Vector, noise: Vector, scales: MarketScales) -> _Sites:
    """Observations seen with what the others say: each is near what its card costs, or loosely so, or junk.

    Args:
        errors: (n,) what was observed, less the mean of the process.
        cavity: (n,) what all others say.
        spread: (n,) variance of that.
        noise: (n,) variance of an observation that is near.
        scales: how many are loose and junk, and how far these scatter.
    """
    gaps = errors - cavity
    shares = np.array([1 - scales.loose_share - scales.junk_share, scales.loose_share, scales.junk_share])
    scatter = np.stack([noise, noise + scales.loose**2, np.full(len(gaps), scales.junk**2)])
    around = spread + scatter
    weights = np.log(shares)[:, None] - 0.5 * np.log(around) - 0.5 * gaps**2 / around
    weights = np.exp(weights - weights.max(axis=0))
    near, loose, junk = weights / weights.sum(axis=0)
    pulls = spread / around[:2]  # junk tells nothing of its card
    centres = np.vstack([cavity + pulls * gaps, cavity])
    rests = np.vstack([pulls * scatter[:2], spread])
    kinds = np.stack([near, loose, junk])
    middle = (kinds * centres).sum(axis=0)
    variance = (kinds * (rests + (centres - middle) ** 2)).sum(axis=0)
    # as much as keeps the mean, and no more than the variance bears: so a card is told between what is said of it
    moved = (kinds[:2] * pulls).sum(axis=0)
    precisions = np.clip(1 / variance - 1 / spread, _LEAST_PRECISION, moved / (1 - moved) / spread + _LEAST_PRECISION)
    return _Sites(precisions, near + loose, near)


def _learn_noise(
    gaps: Vector, spread: Vector, is_near: Vector, counts: Vector, noise: float, usual: float, strength: float
) -> float:
    """One step towards the noise that explains how far prices are from what all others say (Fisher scoring).

    A price whose card nobody else has seen tells little of the noise and counts for little; the usual noise counts as
    `strength` prices of well known cards.
    """
    own = noise**2 / counts
    weights = is_near / counts / (spread + own) ** 2
    prior = strength / noise**4
    learned = (prior * usual**2 + (weights * (gaps**2 - spread)).sum()) / (prior + (weights / counts).sum())
    return float(np.clip(np.sqrt(max(learned, 0.0)), _LEAST_NOISE, _WIDE_NOISE))


def price_unobserved(cards: MarketCards, time: float, condition: str) -> MarketPrices:
    """Prices where nobody observed one: the 2022 answers, widened by the level of prices and the years since.

    The model's own interval tells how cards differ from each other. That all of them are dear or cheap together, as
    when prices halved within 2022, it cannot tell.
    """
    scales, is_used = MarketScales(), condition == "used"  # the table's prices are of new cards
    variance = cards.uncertainty**2 + scales.level**2 + scales.drift**2 * abs(time - TABLE_TIME)
    variance += is_used * scales.condition**2
    return MarketPrices(np.log(cards.answer_usd) + is_used * scales.used_mean, variance)


def sum_lognormal(mean: float, variance: float) -> MarketPrices:
    """The log-normal price with this mean and variance."""
    spread = float(np.log1p(variance / mean**2))
    return MarketPrices(np.array([np.log(mean) - spread / 2]), np.array([spread]))
