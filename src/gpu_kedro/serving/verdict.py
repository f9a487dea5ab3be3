"""Whether a price is worth paying, and what else the money buys."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from gpu_kedro.modelling.bundle.doubts import OUTLIER_LISTING
from gpu_kedro.modelling.bundle.ladder import is_too_wide
from gpu_kedro.serving.catalogue import Catalogue, Entry
from gpu_kedro.serving.fair_price import Estimate, join_estimates
from gpu_kedro.serving.market import FittedMarket
from gpu_kedro.serving.runtime import Runtime

Verdict = Literal["good_deal", "fair", "overpriced", "cannot_say"]
_ALTERNATIVES = 5


def judge_price(
    runtime: Runtime,
    query: Mapping[str, Any],
    price_usd: float,
    max_tdp_w: float | None = None,
    market: FittedMarket | None = None,
) -> dict[str, Any]:
    """Whether an asking price is a good deal, judged by the range of fair prices.

    Args:
        query: the GPU; a price of its own in it does not count.
        price_usd: what is asked for it, US dollars.
        max_tdp_w: highest power of the alternatives; a tenth more than the GPU's own when left out.
        market: what prices are to be of; those of 2022 without one.
    """
    (prediction,) = runtime.predict([{**query, "price_usd": None}], market)
    fair = find_fair_price(prediction)
    verdict, reason = _judge(prediction, fair, price_usd)
    when = runtime.served.known.year if market is None else f"{market.view.as_of} ({market.view.condition})"
    own = prediction["tdp_w"]["value"]
    limit = max_tdp_w or (None if own is None else 1.1 * own)
    return {
        "model_version": runtime.version,
        "verdict": verdict,
        "reason": f"in {when}, {reason}",
        "asked_usd": price_usd,
        "fair_price": fair,
        "prediction": prediction,
        **({} if market is None else market.tell()),
        "alternatives": []
        if limit is None
        else _find_alternatives(runtime.find_catalogue(market), prediction, price_usd, limit),
    }


def find_fair_price(prediction: Mapping[str, Any]) -> dict[str, Any]:
    """What would be fair for a GPU: its observed price and the model, each by its certainty.

    An observed price that is marked as an outlier does not count.
    """
    price = prediction["price_usd"]
    in_market = "observed" in price and price["value"] is not None
    is_observed = price["source"] == "measured"
    is_outlier = not in_market and any(warning["code"] == OUTLIER_LISTING for warning in prediction["warnings"])
    own = price["value"] if is_observed else None
    told = {
        "predicted": price["predicted"],
        "observed": price["observed"] if in_market else own,
        "is_outlier": is_observed and is_outlier,
        "source": price["source"] if not is_outlier else "predicted",
        "note": price["note"],
    }
    if in_market:
        return {**_join_market_price(price), **told}
    if price["value"] is None:
        intervals = {name: price[name] for name in ("interval_80", "interval_90")}
        return {"value": None, **intervals, "basis": "nothing that an honest price could rest on", **told}
    estimates = [Estimate.of_model(price)]
    if is_observed and not is_outlier:
        estimates.insert(0, Estimate.of_listing(price["value"], price["date"]))
    return {**join_estimates(estimates), **told}


def _join_market_price(price: Mapping[str, Any]) -> dict[str, Any]:
    """The fair price on a market, which has weighed the card's own prices, all others and the model already."""
    observed = price["observed"]
    bases = [price["basis"]] if observed is None else [f"the price observed at {price['date']}", price["basis"]]
    joined = join_estimates([Estimate.of_model(price)])
    for name in ("interval_80", "interval_90"):
        ends = [*joined[name], *([] if observed is None else [observed])]
        joined[name] = [min(ends), max(ends)]
    return {**joined, "basis": f"{', '.join(bases)} and the model, weighed by certainty"}


def _judge(prediction: Mapping[str, Any], fair: Mapping[str, Any], price_usd: float) -> tuple[Verdict, str]:
    if fair["value"] is None:
        return "cannot_say", f"no fair price could be told: {prediction['reason']['detail'].rstrip('.')}"
    (low_80, high_80), (low_90, high_90) = fair["interval_80"], fair["interval_90"]
    if is_too_wide(low_90, high_90):
        return "cannot_say", f"a fair price lay anywhere from ${low_90:,.0f} to ${high_90:,.0f}: too wide to judge"
    asked, low, high = write_amounts(price_usd, low_80, high_80)
    span = f"{low} to {high} (80 % of comparable GPUs)"
    if fair["is_outlier"]:
        span += f"; the ${fair['observed']:,.0f} observed then is no market price and does not count"
    if price_usd < low_80:
        return "good_deal", f"{asked} was below the fair range, {span}"
    if price_usd > high_80:
        return "overpriced", f"{asked} was above the fair range, {span}"
    return "fair", f"{asked} was inside the fair range, {span}"


def write_amounts(*amounts: float) -> list[str]:
    """In dollars; with cents where different ones would look alike, or like nothing."""
    whole = [f"${amount:,.0f}" for amount in amounts]
    return whole if len(set(whole)) == len(set(amounts)) and "$0" not in whole else [f"${one:,.2f}" for one in amounts]


def _find_alternatives(
    catalogue: Catalogue, prediction: Mapping[str, Any], price_usd: float, max_tdp_w: float
) -> list[Entry]:
    """Faster GPUs of the same segment with a measured price that cost no more and keep to the power."""
    labels, mark = set(prediction["segment"]["labels"]), prediction["g3d_mark"]["value"]
    if mark is None:
        return []
    chosen = np.flatnonzero(
        catalogue.has_price
        & (catalogue.price_usd <= price_usd)
        & (catalogue.g3d_mark > mark)
        & (catalogue.tdp_w <= max_tdp_w)
    )
    alike = [place for place in chosen.tolist() if labels & set(catalogue.segments[place].split(", "))]
    alike.sort(key=lambda place: (-catalogue.g3d_mark[place], catalogue.price_usd[place]))
    return [catalogue.describe(place) for place in alike[:_ALTERNATIVES]]
