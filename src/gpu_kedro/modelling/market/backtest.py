"""Replays history: in every month, a few of its prices are known and the others are to be told."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gpu_kedro.domain.observations.dates import count_months
from gpu_kedro.modelling.market.baselines import BASELINES
from gpu_kedro.modelling.market.cards import MarketCards, Vector
from gpu_kedro.modelling.market.observed import ObservedPrices
from gpu_kedro.modelling.market.process import MarketProcess, price_unobserved
from gpu_kedro.modelling.options import Options

MARKET = "market"
_JUNK_FACTORS = np.log([10.0, 0.1, 2.0, 0.3])
Places = NDArray[np.intp]


class BacktestOptions(Options):
    """How history is replayed."""

    draws: int = Field(default=20, gt=0, description="random choices of known prices in each month")
    fleet_cards: int = Field(default=20, gt=0, description="cards of a fleet, whose sum is told")
    fleet_known: int = Field(default=10, ge=0, description="prices of the month that are known of a fleet, at least")
    fleets: int = Field(default=500, gt=0, description="random fleets, over all months")
    hidden_share: float = Field(default=0.25, gt=0, lt=1, description="of the cards that no earlier month has seen")
    junk_share: float = Field(default=0.1, gt=0, lt=1, description="of the known prices that are spoilt")
    known: list[int] = Field(default=[0, 5, 10, 20], description="how many prices of the month are known")
    seed: int = 0


@dataclass(frozen=True)
class Round:
    """One replay: which prices are known and which are to be told."""

    month: int
    known_of_month: int
    earlier: bool
    known: Places
    told: Places
    seen: NDArray[np.bool_]
    time: float


def replay(observed: ObservedPrices, options: BacktestOptions, junk: bool = False) -> list[dict[str, Any]]:
    """Errors by method, `known`, `cards` (`this month only`, `seen before`, `never seen`): means over months.

    With `junk` some known prices are spoilt: a decimal slip, a bundle, a broken card.

    Returns:
        Rows with `method, known, cards, error, coverage_90, width, rounds`; the error is the median of |told/paid − 1|,
        and `coverage_90` and `width` (half of the interval, in logarithms) are None for the simple ways.
    """
    random = np.random.default_rng(options.seed + 1)
    found: dict[tuple[Any, ...], dict[int, list[tuple[float, float, float]]]] = defaultdict(lambda: defaultdict(list))
    for turn in draw_rounds(observed, options):
        known = observed.take(turn.known)
        if junk:
            known = _spoil(known, options.junk_share, random)
        paid = observed.log_prices[turn.told]
        cards = observed.offers.cards.take(turn.told)
        for method, (told, half) in _tell(known, cards, turn, observed).items():
            for name, chosen in _sorts(turn):
                if chosen.any():
                    gaps = np.abs(told - paid)[chosen]
                    inside = float((gaps <= half[chosen]).mean()) if half is not None else np.nan
                    width = float(half[chosen].mean()) if half is not None else np.nan
                    error = float(np.median(np.abs(np.expm1(told - paid))[chosen]))
                    found[method, turn.known_of_month, name][turn.month].append((error, inside, width))
    rows = []
    for (method, count, name), months in found.items():
        error, inside, width = np.mean([np.mean(values, axis=0) for values in months.values()], axis=0).tolist()
        rounds = sum(map(len, months.values()))
        rows.append(
            {"method": method, "known": count, "cards": name, "error": error}
            | {"coverage_90": _or_none(inside), "width": _or_none(width), "rounds": rounds}
        )
    return rows


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def draw_rounds(observed: ObservedPrices, options: BacktestOptions) -> Iterator[Round]:
    """Every month, draw, number of known prices, and without and with earlier months."""
    random = np.random.default_rng(options.seed)
    months = np.array([count_months(time) for time in observed.offers.times.tolist()])
    keys = observed.offers.cards.keys
    for month in np.unique(months).tolist():
        here = np.flatnonzero(months == month)
        before = np.flatnonzero(months < month)
        cards = sorted(set(keys[here]))
        time = float(np.median(observed.offers.times[here]))
        for _ in range(options.draws):
            order = random.permutation(here)
            hidden = set(
                random.permutation(np.array(cards, object))[: max(1, round(options.hidden_share * len(cards)))]
            )
            is_hidden = np.array([key in hidden for key in keys])
            for count in options.known:
                if 0 <= count < len(order):
                    none = np.zeros(len(order) - count, bool)
                    yield Round(month, count, False, order[:count], order[count:], none, time)
                if len(before):
                    known = order[~is_hidden[order]][:count]
                    told = order[~np.isin(order, known)]
                    past = before[~is_hidden[before]]
                    if len(told) and len(known) == count and len(past):
                        seen = np.isin(keys[told].astype(str), keys[past].astype(str))
                        yield Round(month, count, True, np.concatenate([past, known]), told, seen, time)


def cover_fleets(observed: ObservedPrices, options: BacktestOptions) -> dict[str, float | None]:
    """How often the 90 % interval of a fleet's sum holds what the fleet cost, over random fleets and months.

    Without a month of so many prices that some can be known and others told, there are no fleets.
    """
    random = np.random.default_rng(options.seed + 2)
    rounds = [turn for turn in draw_rounds(observed, options) if turn.known_of_month >= max(1, options.fleet_known)]
    if not rounds:
        return {"coverage_90": None, "coverage_90_as_if_independent": None, "error": None, "fleets": 0}
    inside, alone, errors = [], [], []
    for place in random.integers(len(rounds), size=options.fleets).tolist():
        turn = rounds[place]
        process = MarketProcess(observed.take(turn.known))
        chosen = random.choice(turn.told, size=min(options.fleet_cards, len(turn.told)), replace=False)
        cards = observed.offers.cards.take(chosen)
        condition, market = observed.offers.conditions[chosen[0]], observed.offers.markets[chosen[0]]
        total = process.total(cards, [1] * len(cards), turn.time, condition, market)
        paid = float(np.exp(observed.log_prices[chosen]).sum())
        ((low, high),) = total.interval(0.9).tolist()
        inside.append(low <= paid <= high)
        each = process.price(cards, turn.time, condition, market)
        apart = float(np.sqrt((each.price_usd**2 * each.variance).sum()))
        alone.append(abs(paid - each.price_usd.sum()) <= 1.645 * apart)
        errors.append(abs(float(total.price_usd[0]) / paid - 1))
    return {
        "coverage_90": float(np.mean(inside)),
        "coverage_90_as_if_independent": float(np.mean(alone)),
        "error": float(np.median(errors)),
        "fleets": len(inside),
    }


def _tell(
    known: ObservedPrices, cards: MarketCards, turn: Round, observed: ObservedPrices
) -> dict[str, tuple[Vector, Vector | None]]:
    condition, market = observed.offers.conditions[turn.told[0]], observed.offers.markets[turn.told[0]]
    if len(known):
        prices = MarketProcess(known.thin_out()).price(cards, turn.time, condition, market)
    else:
        prices = price_unobserved(cards, turn.time, condition)
    now = known.take(np.arange(len(known) - turn.known_of_month, len(known)))
    told: dict[str, tuple[Vector, Vector | None]] = {MARKET: (prices.log_price, prices.half_width(0.9))}
    if not turn.earlier:
        told |= {name: (baseline(now, cards), None) for name, baseline in BASELINES.items()}
    return told


def _sorts(turn: Round) -> list[tuple[str, NDArray[np.bool_]]]:
    if turn.earlier:
        return [("seen before", turn.seen), ("never seen", ~turn.seen)]
    return [("this month only", np.ones(len(turn.told), bool))]


def _spoil(known: ObservedPrices, share: float, random: np.random.Generator) -> ObservedPrices:
    spoilt = random.random(len(known)) < share
    factors = random.choice(_JUNK_FACTORS, size=len(known))
    return ObservedPrices(known.offers, known.log_prices + spoilt * factors, known.counts)
