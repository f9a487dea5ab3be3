"""How well a market tells prices that it has not seen, against a plain shift of the 2022 answers."""

from typing import Any

import numpy as np
from pydantic import Field

from gpu_kedro.modelling.market.baselines import shift_answer
from gpu_kedro.modelling.market.cards import Vector
from gpu_kedro.modelling.market.observed import ObservedPrices
from gpu_kedro.modelling.market.process import MarketProcess
from gpu_kedro.modelling.options import Options


class MarketOptions(Options):
    """How a market is judged before it is served."""

    folds: int = Field(gt=1, description="parts that are left out in turn")
    seed: int


def judge_left_out(observed: ObservedPrices, options: MarketOptions) -> dict[str, Any]:
    """Tell each part of the prices from all others.

    Returns:
        `observations`; `error` and `shift_error`: medians of |told/paid − 1| of the market and of the plain shift;
        `coverage_90`: share of prices inside the market's 90 % interval. A single price leaves nothing to judge by:
        then all three are None.
    """
    count = len(observed)
    if count < 2:
        return {"observations": count, "error": None, "shift_error": None, "coverage_90": None}
    order = np.random.default_rng(options.seed).permutation(count)
    told, shifted, half = np.empty(count), np.empty(count), np.empty(count)
    for part in np.array_split(order, min(options.folds, count)):
        rest = observed.take(np.setdiff1d(order, part))
        told[part], half[part] = _tell(rest, observed.take(part))
        shifted[part] = shift_answer(rest, observed.offers.cards.take(part))
    paid = observed.log_prices
    return {
        "observations": count,
        "error": _find_error(told, paid),
        "shift_error": _find_error(shifted, paid),
        "coverage_90": float((np.abs(told - paid) <= half).mean()),
    }


def _tell(known: ObservedPrices, asked: ObservedPrices) -> tuple[Vector, Vector]:
    """Logarithms of prices, each at its own moment, and the half-widths of their 90 % intervals."""
    process = MarketProcess(known.thin_out())
    told, half = np.empty(len(asked)), np.empty(len(asked))
    offers = asked.offers
    moments = list(zip(offers.times.tolist(), offers.conditions, offers.markets, strict=True))
    for moment in dict.fromkeys(moments):
        places = np.flatnonzero([one == moment for one in moments])
        prices = process.price(offers.cards.take(places), *moment)
        told[places], half[places] = prices.log_price, prices.half_width(0.9)
    return told, half


def _find_error(told: Vector, paid: Vector) -> float:
    return float(np.median(np.abs(np.expm1(told - paid))))
