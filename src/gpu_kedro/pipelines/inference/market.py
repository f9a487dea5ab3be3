"""The nodes of `inference` that put answers onto a market; none of them runs unless one is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from gpu_kedro.domain.identify import GpuRow
from gpu_kedro.modelling.market.cards import MarketCards
from gpu_kedro.modelling.market.observed import CONDITION
from gpu_kedro.modelling.market.process import MarketPrices
from gpu_kedro.modelling.market.view import PERCENTS, MarketView

Answer = dict[str, Any]
#: The columns of answers that the market sees of a GPU, in the order of `_describe_card`.
CARD_COLUMNS = (
    *(f"price_usd_{name}" for name in ("predicted", "low_90", "high_90", "source", "value")),
    "g3d_mark_value",
    "tdp_w_value",
    "segment",
)


def price_predictions(predictions: Sequence[Answer], gpu_rows: Sequence[GpuRow], market: MarketView) -> list[Answer]:
    """Answers with their price on a market: `value`, `predicted` and the intervals, with `as_of, condition, basis`.

    A price that the asker gave stays the value. What no model can price stays as it is.
    """
    rows = [_read_answer(answer, row) for answer, row in zip(predictions, gpu_rows, strict=True)]
    priced = [{**answer, "price_usd": _label(answer["price_usd"], market)} for answer in predictions]
    for answer, row in zip(priced, rows, strict=True):
        if row is None:
            answer["price_usd"] |= {"predicted": None, **{f"interval_{percent}": None for percent in PERCENTS}}
    places = [place for place, row in enumerate(rows) if row is not None]
    known = [row for row in rows if row is not None]
    for place, row, (value, edges) in zip(places, known, market.price_rows(known), strict=True):
        told = priced[place]["price_usd"]
        told |= {"predicted": value, **{f"interval_{percent}": ends for percent, ends in edges.items()}}
        if told["source"] != "given":
            told |= {"value": value, **_find_source(market, row["key"], told["source"])}
    return priced


def price_columns(
    prediction_columns: Mapping[str, list[Any]], gpu_rows: Sequence[GpuRow], market: MarketView
) -> dict[str, list[Any]]:
    """Columns of answers with their price on a market, and `price_usd_date`: when the very card was seen there."""
    rows = collect_cards(prediction_columns, gpu_rows)
    places = [place for place, row in enumerate(rows) if row is not None]
    known = [row for row in rows if row is not None]
    count = len(gpu_rows)
    columns = {name: list(values) for name, values in prediction_columns.items() if name.startswith("price_usd")}
    dates: list[str | None] = [None] * count
    figures = [name for name in columns if name.startswith(("price_usd_predicted", "price_usd_low", "price_usd_high"))]
    for place, row in enumerate(rows):
        if row is None:
            for name in figures:
                columns[name][place] = None
    for place, row, (value, edges) in zip(places, known, market.price_rows(known), strict=True):
        columns["price_usd_predicted"][place] = value
        for percent, (low, high) in edges.items():
            columns[f"price_usd_low_{percent}"][place] = low
            columns[f"price_usd_high_{percent}"][place] = high
        source = columns["price_usd_source"][place]
        if source != "given":
            columns["price_usd_value"][place] = value
            columns["price_usd_source"][place] = _find_source(market, row["key"], source)["source"]
        if (seen := market.find_seen(row["key"])) is not None:
            dates[place] = seen.date
    return {
        **prediction_columns,
        **columns,
        "price_usd_as_of": [market.as_of] * count,
        "price_usd_condition": [market.condition] * count,
        "price_usd_basis": [market.basis] * count,
        "price_usd_date": dates,
    }


def price_cards(cards: Sequence[Answer | None], market: MarketView) -> list[tuple[float, bool] | None]:
    """What cards cost, and whether each was seen just then; None for what cannot be priced."""
    prices = iter(market.price_rows([row for row in cards if row is not None]))
    return [None if row is None else (next(prices)[0], market.find_seen(row["key"]) is not None) for row in cards]


def add_up_prices(cards: Sequence[Answer | None], market: MarketView) -> tuple[MarketPrices | None, int]:
    """What all GPUs that can be priced cost together, and how many those are."""
    counts: dict[str, int] = {}
    distinct: dict[str, Answer] = {}
    for row in cards:
        if row is not None:
            counts[row["key"]] = counts.get(row["key"], 0) + 1
            distinct.setdefault(row["key"], row)
    total = market.total(MarketCards.from_rows(list(distinct.values())), list(counts.values()))
    return total, sum(counts.values())


def collect_cards(columns: Mapping[str, list[Any]], gpu_rows: Sequence[GpuRow]) -> list[Answer | None]:
    """Each row of the columns as the market sees it, None where it cannot be priced."""
    cells = [columns[name] for name in CARD_COLUMNS]
    return [
        _describe_card(place, row, *figures) for place, (row, *figures) in enumerate(zip(gpu_rows, *cells, strict=True))
    ]


def _read_answer(answer: Answer, row: GpuRow) -> Answer | None:
    price = answer["price_usd"]
    low, high = price["interval_90"] or (None, None)
    others = (answer["g3d_mark"]["value"], answer["tdp_w"]["value"], ", ".join(answer["segment"]["labels"]))
    return _describe_card(0, row, price["predicted"], low, high, price["source"], price["value"], *others)


def _describe_card(
    place: int,
    row: GpuRow,
    predicted: float | None,
    low: float | None,
    high: float | None,
    source: str,
    value: float | None,
    g3d_mark: float | None,
    tdp_w: float | None,
    segment: str,
) -> Answer | None:
    if predicted is None or value is None:
        return None
    memory = row["memory_gb"] or row["spec_memory_size_gb"]
    name = (row["spec_name"] if row["is_strict"] else None) or row["canonical"]
    return {
        "key": f"{name}|{memory}" if name else f"#{place}",
        "price_predicted": predicted,
        "price_low_90": low,
        "price_high_90": high,
        "price_table": value if source == "measured" else None,
        "g3d_mark": g3d_mark,
        "tdp_w": tdp_w,
        "memory_gb": memory,
        "release_year": row["spec_release_year"],
        "vendor": row["vendor"],
        "segment": segment,
    }


def _label(price: Answer, market: MarketView) -> Answer:
    labels = {"as_of": market.as_of, "condition": market.condition, "basis": market.basis, "observed": None}
    return {**price, **labels, "note": f"US dollars of {market.as_of}, {market.condition}: {market.basis}"}


def _find_source(market: MarketView, key: str, source: str) -> Answer:
    """`measured` where the very card was seen just then; the table's own price is one of 2022, of a new card."""
    seen = market.find_seen(key)
    if seen is not None:
        return {"source": "measured", "date": seen.date, "origin": "observation", "observed": seen.price_usd}
    if market.process is None and market.condition == CONDITION:
        return {"source": source}
    return {"source": "predicted", "date": None, "origin": None}
