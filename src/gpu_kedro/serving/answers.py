"""What people ask for: find a GPU, judge a price, compare, and the best for a budget.

All of it is read off the catalogue of the bundle (measured figures where the table has them, predictions elsewhere) and
off single predictions. Prices are observations of 2022.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from gpu_kedro.domain.identify import read_gpu
from gpu_kedro.domain.names.parser import complete_name, name_gpu, parse_name
from gpu_kedro.pipelines.inference.nodes import PRICE_NOTE
from gpu_kedro.serving.catalogue import Catalogue, Entry
from gpu_kedro.serving.errors import UnknownGpuError
from gpu_kedro.serving.runtime import Runtime

Verdict = Literal["good_deal", "fair", "overpriced", "cannot_say"]
#: A 90 % interval of prices whose ends are further apart than this factor says too little to judge a price.
WIDEST_FACTOR = 25.0
_COMPARABLE = 6
_ALTERNATIVES = 5
_LEAST_SIMILAR = 62.0


def search_gpus(runtime: Runtime, q: str | None, segment: str | None, limit: int, offset: int) -> dict[str, Any]:
    """Find known GPUs by name and segment, the very one first, then by likeness; without a name the fastest first."""
    catalogue = runtime.catalogue
    chosen = catalogue.in_segment(segment)
    if q and (text := name_gpu(q)):
        parsed, allowed = parse_name(q), set(chosen.tolist())
        in_full = complete_name(text, parsed.series, parsed.kind)
        found = process.extract(text, catalogue.texts, scorer=fuzz.WRatio, limit=None, score_cutoff=_LEAST_SIMILAR)
        ranked = sorted(
            (
                (
                    catalogue.texts[place] != in_full,
                    -_rank_match(text, catalogue.texts[place], score),
                    -catalogue.g3d_mark[place],
                    place,
                )
                for _, score, place in found
                if place in allowed
            )
        )
        places = [place for *_, place in ranked]
    else:
        places = chosen[np.argsort(-catalogue.g3d_mark[chosen], kind="stable")].tolist()
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
    card = describe_query(runtime, {"name": name})
    if card["name"] is None:
        told = card["prediction"]["match"]["did_you_mean"]
        raise UnknownGpuError(name, told or _nearest_names(runtime.catalogue, name))
    return card


def describe_query(runtime: Runtime, query: Mapping[str, Any]) -> dict[str, Any]:
    """The card of whatever is asked for; its name is None where neither table nor specifications know it."""
    (prediction,) = runtime.predict([query])
    reading = read_gpu(query.get("name") or "", runtime.served.index)
    match = reading.match
    measured = runtime.served.known.find(reading) if reading.parsed.canonical else None
    return {
        "model_version": runtime.version,
        "name": (measured or {}).get("name") or match.spec_name,
        "prediction": prediction,
        "specs": dict(match.specs),
        "field_sources": dict(match.field_sources),
        "measured": None if measured is None else {key: value for key, value in measured.items() if key != "gpu_id"},
        "comparable": find_comparable(runtime.catalogue, prediction),
    }


def _nearest_names(catalogue: Catalogue, name: str) -> list[str]:
    text = name_gpu(name)
    found = process.extract(text, catalogue.texts, scorer=fuzz.WRatio, limit=3, score_cutoff=_LEAST_SIMILAR)
    return [catalogue.names[place] for _, _, place in found]


def find_comparable(catalogue: Catalogue, prediction: Mapping[str, Any]) -> list[Entry]:
    """GPUs alike in performance, power, price and segment, the most alike first.

    Distance is Euclidean over logarithms of the three figures, price at half weight because it is the least certain; a
    GPU of another segment is as far as one of twice the performance.
    """
    text = name_gpu(prediction["name"] or "")
    distance = (
        np.square(np.log(catalogue.g3d_mark / prediction["g3d_mark"]["value"]))
        + np.square(np.log(catalogue.tdp_w / prediction["tdp_w"]["value"]))
        + 0.25 * np.square(np.log(catalogue.price_usd / prediction["price_usd"]["value"]))
    )
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
        if len(found) == _COMPARABLE:
            break
        found.append({**catalogue.describe(place), "distance": round(float(np.sqrt(distance[place])), 3)})
    return found


def judge_price(
    runtime: Runtime, query: Mapping[str, Any], price_usd: float, max_tdp_w: float | None = None
) -> dict[str, Any]:
    """Whether an asking price is a good deal, judged by the interval of fair prices.

    Args:
        query: the GPU; a price of its own in it does not count.
        price_usd: what is asked for it, US dollars.
        max_tdp_w: highest power of the alternatives; a tenth more than the GPU's own when left out.
    """
    (prediction,) = runtime.predict([{**query, "price_usd": None}])
    price = prediction["price_usd"]
    verdict, reason = _judge(prediction, price_usd)
    limit = max_tdp_w or 1.1 * (query.get("tdp_w") or prediction["tdp_w"]["value"])
    return {
        "model_version": runtime.version,
        "verdict": verdict,
        "reason": reason,
        "asked_usd": price_usd,
        "fair_price": price,
        "prediction": prediction,
        "alternatives": _find_alternatives(runtime.catalogue, prediction, price_usd, limit),
    }


def _judge(prediction: Mapping[str, Any], price_usd: float) -> tuple[Verdict, str]:
    price = prediction["price_usd"]
    (low_80, high_80), (low_90, high_90) = price["interval_80"], price["interval_90"]
    if high_90 / low_90 > WIDEST_FACTOR:
        return "cannot_say", f"a fair price may lie anywhere from ${low_90:,.0f} to ${high_90:,.0f}: too wide to judge"
    span = f"${low_80:,.0f} to ${high_80:,.0f} (80 % of comparable GPUs)"
    if price_usd < low_80:
        return "good_deal", f"${price_usd:,.0f} is below the fair range, {span}"
    if price_usd > high_80:
        return "overpriced", f"${price_usd:,.0f} is above the fair range, {span}"
    return "fair", f"${price_usd:,.0f} is inside the fair range, {span}"


def _find_alternatives(
    catalogue: Catalogue, prediction: Mapping[str, Any], price_usd: float, max_tdp_w: float
) -> list[Entry]:
    """Faster GPUs of the same segment with a measured price that cost no more and keep to the power."""
    labels = set(prediction["segment"]["labels"])
    chosen = np.flatnonzero(
        catalogue.has_price
        & (catalogue.price_usd <= price_usd)
        & (catalogue.g3d_mark > prediction["g3d_mark"]["value"])
        & (catalogue.tdp_w <= max_tdp_w)
    )
    alike = [place for place in chosen.tolist() if labels & set(catalogue.segments[place].split(", "))]
    alike.sort(key=lambda place: (-catalogue.g3d_mark[place], catalogue.price_usd[place]))
    return [catalogue.describe(place) for place in alike[:_ALTERNATIVES]]


def compare_gpus(runtime: Runtime, names: Sequence[str]) -> dict[str, Any]:
    """Predictions side by side, with performance per dollar and per watt."""
    predictions = runtime.predict([{"name": name} for name in names])
    ratios = [
        {
            "name": prediction["name"],
            "g3d_per_usd": prediction["g3d_mark"]["value"] / prediction["price_usd"]["value"],
            "g3d_per_watt": prediction["g3d_mark"]["value"] / prediction["tdp_w"]["value"],
            **{
                f"{ratio}_interval_{cover}": _divide(prediction["g3d_mark"], prediction[below], f"interval_{cover}")
                for ratio, below in (("g3d_per_usd", "price_usd"), ("g3d_per_watt", "tdp_w"))
                for cover in (80, 90)
            },
        }
        for prediction in predictions
    ]
    return {"model_version": runtime.version, "predictions": predictions, "ratios": ratios}


def _divide(above: Mapping[str, Any], below: Mapping[str, Any], interval: str) -> list[float]:
    """Interval of a ratio of two figures whose errors are independent; a measured figure counts as exact.

    Half widths in logarithms add in quadrature.
    """
    middle, square = 0.0, 0.0
    for figure, sign in ((above, 1), (below, -1)):
        low, high = (figure["value"],) * 2 if figure["source"] == "measured" else figure[interval]
        middle += sign * math.log(low * high) / 2
        square += (math.log(high / low) / 2) ** 2
    return [math.exp(middle - math.sqrt(square)), math.exp(middle + math.sqrt(square))]


def find_frontier(
    runtime: Runtime,
    budget_usd: float | None,
    max_tdp_w: float | None,
    segment: str | None,
    min_g3d_mark: float | None = None,
) -> dict[str, Any]:
    """GPUs that no other beats in both price and performance, cheapest first.

    Only GPUs with a measured price take part: among predicted ones, those predicted too cheap would win.
    """
    catalogue = runtime.catalogue
    allowed: NDArray[np.bool_] = catalogue.has_price & (catalogue.price_usd <= (budget_usd or np.inf))
    allowed &= catalogue.tdp_w <= (max_tdp_w or np.inf)
    allowed &= catalogue.g3d_mark >= (min_g3d_mark or 0.0)
    inside = np.zeros(len(catalogue.names), dtype=bool)
    inside[catalogue.in_segment(segment)] = True
    places = np.flatnonzero(allowed & inside)
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
        "note": f"measured prices only: {PRICE_NOTE}",
    }
