"""What people ask for: find a GPU, compare, and the best for a budget.

All of it is read off the catalogue of the bundle and off single predictions, whose figures both keep to the ladder of
knowledge (`gpu_kedro.modelling.bundle.ladder`). Prices are observations of 2022.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from gpu_kedro.contracts.assembling import PRICE_NOTE
from gpu_kedro.contracts.batch import Batch
from gpu_kedro.domain.identify import read_gpu
from gpu_kedro.domain.names.parser import complete_name, name_gpu, parse_name
from gpu_kedro.serving.buying.pairs import compare_pairs
from gpu_kedro.serving.cards.relatives import find_sibling, find_successor
from gpu_kedro.serving.cards.standing import find_standing
from gpu_kedro.serving.catalogue import Catalogue, Entry
from gpu_kedro.serving.errors import UnknownGpuError
from gpu_kedro.serving.market import FittedMarket
from gpu_kedro.serving.runtime import Runtime

_COMPARABLE = 6
#: How much each figure counts in how alike two GPUs are.
_WEIGHTS = {"g3d_mark": 1.0, "tdp_w": 1.0, "price_usd": 0.25}
_LEAST_SIMILAR = 62.0


def predict_batch(runtime: Runtime, asked: Batch) -> dict[str, Any] | list[dict[str, Any]]:
    """Columns of predictions (`PredictionColumns`), or a list of them for a list; bad rows have their `error`."""
    if isinstance(asked.root, list):
        answers = iter(runtime.predict(asked.queries))
        return [next(answers) if error is None else {"error": error} for error in asked.errors]
    head = {"model_version": runtime.version, "rows": len(asked.errors)}
    market = runtime.choose_market(asked.market)
    columns = runtime.predict_columns(asked.queries, market)
    if any(asked.errors):
        columns = {**_leave_gaps(columns, asked.errors), "error": asked.errors}
    if market is None:
        return {**columns, **head}
    # the sum takes as long as the answers: only who brings a market gets it
    total = {} if asked.market is None else {"market_total": runtime.add_up(asked.queries, market)}
    return {**columns, **head, **market.tell(), **total}


#: What stands in the columns of a row that could not be taken; null in all others.
_UNANSWERED: dict[str, Any] = {
    "answer": "none",
    "match_kind": "none",
    "match_confidence": 0.0,
    "segment": "",
    "warnings": "",
}


def _leave_gaps(columns: Mapping[str, list[Any]], errors: Sequence[str | None]) -> dict[str, list[Any]]:
    """The same columns with a place for every row that was sent."""
    spread = {}
    for name, values in columns.items():
        blank = "none" if name.endswith("_source") else _UNANSWERED.get(name)
        left = iter(values)
        spread[name] = [next(left) if error is None else blank for error in errors]
    return spread


def search_gpus(runtime: Runtime, q: str | None, segment: str | None, limit: int, offset: int) -> dict[str, Any]:
    """Find known GPUs by name and segment, the very one first, then by likeness; without a name the fastest first."""
    catalogue = runtime.catalogue
    chosen = catalogue.in_segment(segment)
    fastest = np.nan_to_num(catalogue.g3d_mark)
    if q and (text := name_gpu(q)):
        parsed, allowed = parse_name(q), set(chosen.tolist())
        in_full = complete_name(text, parsed.series, parsed.kind)
        found = process.extract(text, catalogue.texts, scorer=fuzz.WRatio, limit=None, score_cutoff=_LEAST_SIMILAR)
        ranked = sorted(
            (catalogue.texts[place] != in_full, -_rank_match(text, name, score), -fastest[place], place)
            for name, score, place in found
            if place in allowed
        )
        places = [place for *_, place in ranked]
    else:
        places = chosen[np.argsort(-fastest[chosen], kind="stable")].tolist()
    return {
        "model_version": runtime.version,
        "total": len(places),
        "limit": limit,
        "offset": offset,
        "gpus": [catalogue.describe(place) for place in places[offset : offset + limit]],
    }


def _rank_match(asked: str, text: str, score: float) -> float:
    """Similarity, with names that hold all that was asked word for word in front."""
    words, asked_words = text.split(), asked.split()
    return score + 100 * all(word in words for word in asked_words) + 50 * all(word in text for word in asked_words)


def describe_gpu(runtime: Runtime, name: str) -> dict[str, Any]:
    """The card of one GPU: prediction, specification, measured figures and comparable GPUs.

    Raises:
        UnknownGpuError: neither the table nor the specifications know it; names the closest.
    """
    card = describe_query(runtime, {"name": name}, runtime.market)
    if card["name"] is None:
        told = card["prediction"]["match"]["did_you_mean"]
        raise UnknownGpuError(told or _nearest_names(runtime.catalogue, name), _say_refused(card["prediction"]))
    return card


def _say_refused(prediction: Mapping[str, Any]) -> str:
    """Why the models say nothing of a name; empty where they do."""
    return "" if prediction["segment"]["probabilities"] else prediction["reason"]["detail"].rstrip(".")


def describe_query(runtime: Runtime, query: Mapping[str, Any], market: FittedMarket | None = None) -> dict[str, Any]:
    """The card of whatever is asked for; its name is None where neither table nor specifications know it."""
    (prediction,) = runtime.predict([query], market)
    reading = read_gpu(query.get("name") or "", runtime.served.index)
    match = reading.match
    measured = runtime.served.known.find(reading) if reading.parsed.canonical else None
    catalogue = runtime.find_catalogue(market)
    return {
        "model_version": runtime.version,
        "name": (measured or {}).get("name") or match.spec_name,
        "prediction": prediction,
        "specs": dict(match.specs),
        "field_sources": dict(match.field_sources),
        "measured": None if measured is None else {key: value for key, value in measured.items() if key != "gpu_id"},
        "standing": find_standing(runtime, prediction["g3d_mark"]),
        "sibling": find_sibling(runtime, catalogue, reading),
        "successor": find_successor(runtime, catalogue, reading),
        "comparable": find_comparable(catalogue, prediction),
        **({} if market is None else market.tell()),
    }


def _nearest_names(catalogue: Catalogue, name: str) -> list[str]:
    text = name_gpu(name)
    found = process.extract(text, catalogue.texts, scorer=fuzz.WRatio, limit=3, score_cutoff=_LEAST_SIMILAR)
    return [catalogue.names[place] for _, _, place in found]


def find_comparable(catalogue: Catalogue, prediction: Mapping[str, Any]) -> list[Entry]:
    """GPUs alike in performance, power, price and segment, the most alike first; none where no figure is known.

    Distance is Euclidean over logarithms of the known figures, price at half weight because it is the least certain; a
    GPU of another segment is as far as one of twice the performance.
    """
    text = name_gpu(prediction["name"] or "")
    distance = np.zeros(len(catalogue.names))
    known = [field for field in _WEIGHTS if prediction[field]["value"] is not None]
    if not known:
        return []
    for field in known:
        distance += _WEIGHTS[field] * np.square(np.log(getattr(catalogue, field) / prediction[field]["value"]))
    same = np.array([segment == ", ".join(prediction["segment"]["labels"]) for segment in catalogue.segments])
    distance += np.where(same, 0.0, np.log(2.0) ** 2)
    spec = prediction["match"]["spec"]
    places = (
        place
        for place in np.argsort(distance, kind="stable").tolist()
        if catalogue.texts[place] != text and catalogue.specs[place] != spec
    )
    found: list[Entry] = []
    for place in places:
        if len(found) == _COMPARABLE or np.isnan(distance[place]):
            break
        found.append({**catalogue.describe(place), "distance": round(float(np.sqrt(distance[place])), 3)})
    return found


def compare_gpus(runtime: Runtime, names: Sequence[str], market: FittedMarket | None = None) -> dict[str, Any]:
    """Predictions side by side, with performance per dollar and per watt, and each against each."""
    predictions = runtime.predict([{"name": name} for name in names], market)
    ratios = [{"name": prediction["name"], **_find_ratios(prediction)} for prediction in predictions]
    return {
        "model_version": runtime.version,
        "predictions": predictions,
        "ratios": ratios,
        "pairs": compare_pairs(predictions),
        **({} if market is None else market.tell()),
    }


def _find_ratios(prediction: Mapping[str, Any]) -> dict[str, Any]:
    mark = prediction["g3d_mark"]
    ratios: dict[str, Any] = {}
    for ratio, below in (("g3d_per_usd", prediction["price_usd"]), ("g3d_per_watt", prediction["tdp_w"])):
        is_known = mark["value"] is not None and below["value"] is not None
        ratios[ratio] = mark["value"] / below["value"] if is_known else None
        for name in ("interval_80", "interval_90"):
            ratios[f"{ratio}_{name}"] = _divide(mark, below, name) if is_known else None
    return ratios


def _divide(above: Mapping[str, Any], below: Mapping[str, Any], interval: str) -> list[float]:
    """Interval of a ratio of two figures whose errors are independent; only a predicted figure counts as uncertain.

    Half widths in logarithms add in quadrature.
    """
    middle, square = 0.0, 0.0
    for figure, sign in ((above, 1), (below, -1)):
        low, high = figure[interval] if figure["source"] == "predicted" else (figure["value"],) * 2
        middle += sign * math.log(low * high) / 2
        square += (math.log(high / low) / 2) ** 2
    return [math.exp(middle - math.sqrt(square)), math.exp(middle + math.sqrt(square))]


def find_frontier(
    runtime: Runtime,
    budget_usd: float | None,
    max_tdp_w: float | None,
    segment: str | None,
    min_g3d_mark: float | None = None,
    market: FittedMarket | None = None,
) -> dict[str, Any]:
    """GPUs that no other beats in both price and performance, cheapest first.

    Only GPUs with a measured price take part, of the table or of the market: among predicted ones, those predicted too
    cheap would win.
    """
    catalogue = runtime.find_catalogue(market)
    allowed: NDArray[np.bool_] = catalogue.has_price & (catalogue.price_usd <= (budget_usd or np.inf))
    allowed &= catalogue.tdp_w <= (max_tdp_w or np.inf)
    allowed &= catalogue.g3d_mark >= (min_g3d_mark or 0.0)
    places = np.intersect1d(np.flatnonzero(allowed), catalogue.in_segment(segment))
    order = places[np.lexsort((-catalogue.g3d_mark[places], catalogue.price_usd[places]))]
    best, frontier = 0.0, []
    for place in order.tolist():
        if catalogue.g3d_mark[place] > best:
            best = catalogue.g3d_mark[place]
            frontier.append(catalogue.describe(place))
    return {
        "model_version": runtime.version,
        "gpus": frontier,
        "considered": len(places),
        "note": f"measured prices only: {PRICE_NOTE}" if market is None else _describe_prices(market),
        **({} if market is None else market.tell()),
    }


def _describe_prices(market: FittedMarket) -> str:
    view = market.view
    return f"US dollars of {view.as_of}, {view.condition}, of GPUs with a measured price: {view.basis}"
