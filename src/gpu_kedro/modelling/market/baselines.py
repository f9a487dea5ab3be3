"""Three simple ways to price cards from observed ones, which the market has to beat."""

from collections.abc import Callable

import numpy as np

from gpu_kedro.modelling.market.cards import MarketCards, Vector
from gpu_kedro.modelling.market.observed import ObservedPrices

_PENALTY = 0.3


def keep_answer(_: ObservedPrices, cards: MarketCards) -> Vector:
    """Log prices of 2022, whatever was observed."""
    return np.log(cards.answer_usd)


def shift_answer(observed: ObservedPrices, cards: MarketCards) -> Vector:
    """The 2022 answers times one factor: the median of what was observed over what was answered."""
    if not len(observed):
        return np.log(cards.answer_usd)
    ratios = observed.log_prices - np.log(observed.offers.cards.answer_usd)
    shifted: Vector = np.log(cards.answer_usd) + np.median(ratios)
    return shifted


def regress_on_answers(observed: ObservedPrices, cards: MarketCards) -> Vector:
    """Ridge regression of log prices on the three answers: price, mark and power."""
    if not len(observed):
        return np.log(cards.answer_usd)
    known, asked = _answers(observed.offers.cards), _answers(cards)
    together = np.concatenate([known, asked])
    centre, scale = together.mean(axis=0), np.maximum(together.std(axis=0), 1e-9)
    known, asked = (known - centre) / scale, (asked - centre) / scale
    middle, mean = known.mean(axis=0), observed.log_prices.mean()
    gram = (known - middle).T @ (known - middle) + _PENALTY * np.eye(known.shape[1])
    slopes = np.linalg.solve(gram, (known - middle).T @ (observed.log_prices - mean))
    predicted: Vector = (asked - middle) @ slopes + mean
    return predicted


def _answers(cards: MarketCards) -> Vector:
    return np.stack([np.log(cards.answer_usd), cards.log_mark, cards.log_power], axis=1)


BASELINES: dict[str, Callable[[ObservedPrices, MarketCards], Vector]] = {
    "2022 answer": keep_answer,
    "median shift": shift_answer,
    "ridge on the answers": regress_on_answers,
}
