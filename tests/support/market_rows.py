"""Made-up cards and prices for tests of the market."""

from typing import Any

from gpu_kedro.modelling.market.cards import MarketCards
from gpu_kedro.modelling.market.observed import ObservedPrices

MARKS = {"alpha": 6_000, "beta": 9_000, "gamma": 12_000, "delta": 16_000, "epsilon": 20_000, "zeta": 26_000}


def card_row(key: str, **changes: Any) -> dict[str, Any]:
    """A card whose 2022 price is a fortieth of its mark in dollars."""
    price = MARKS[key] / 40
    return {
        "key": key,
        "price_predicted": price,
        "price_low_90": price / 1.5,
        "price_high_90": price * 1.5,
        "price_table": None,
        "g3d_mark": float(MARKS[key]),
        "tdp_w": 165.0,
        "memory_gb": 8.0,
        "release_year": 2020.0,
        "vendor": "nvidia",
        "segment": "Desktop",
        **changes,
    }


def cards(*keys: str, **changes: Any) -> MarketCards:
    """Cards by name, all of them without one."""
    return MarketCards.from_rows([card_row(key, **changes) for key in keys or MARKS])


def prices(
    of: dict[str, float] | list[tuple[str, float]], time: float = 2023.5, condition: str = "used", market: str = "shop"
) -> ObservedPrices:
    """Prices in dollars, all of one moment."""
    pairs = list(of.items()) if isinstance(of, dict) else of
    count = len(pairs)
    return ObservedPrices.from_columns(
        cards(*(key for key, _ in pairs)),
        [time] * count,
        [price for _, price in pairs],
        [condition] * count,
        [market] * count,
    )
