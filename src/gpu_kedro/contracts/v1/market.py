"""Answers to somebody who wants to buy: a verdict, a comparison, the frontier."""

from typing import Literal

from gpu_kedro.contracts.v1.fields import Answer, Ends, Source, described
from gpu_kedro.contracts.v1.gpus import _GPU, KnownGpu
from gpu_kedro.contracts.v1.observations import InMarket
from gpu_kedro.contracts.v1.predictions import Prediction


class FairPrice(Answer):
    """What would be fair: the observed price of the very card and the model, each weighed by its certainty."""

    value: float | None = described("the fair price in US dollars; null where there is no honest one", 457)
    interval_80: Ends | None = described(
        "the fair range; it holds the observed price, unless that is an outlier", [325, 642]
    )
    interval_90: Ends | None = described("the wider range that tells whether anything can be said", [295, 707])
    basis: str = described("what it rests on", "the price observed in 2022 and the model, weighed by certainty")
    predicted: float | None = described("the model's price alone", 511)
    observed: float | None = described("the price at which the very card was observed; null without one", 329)
    is_outlier: bool = described(
        "the observed price lies outside of the model's 90 % interval: a listing of scarce stock, a clearance or a "
        "mistake, which does not count",
        False,
    )
    source: Source = described("`measured` where the observed price counts, else `predicted` or `none`", "measured")
    note: str = described("what these prices are", "observations of 2022, in US dollars of that year")


class Verdict(InMarket):
    """Whether a price is worth paying."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    verdict: Literal["good_deal", "fair", "overpriced", "cannot_say"] = described(
        "`good_deal`: below the fair range (`fair_price.interval_80`); `fair`: inside it, its ends included; "
        "`overpriced`: above it; `cannot_say`: no fair price, or the ends of its 90 % interval are further apart than "
        "a factor of 20",
        "good_deal",
    )
    reason: str = described(
        "the verdict in words; it begins with the year of the prices",
        "in 2022, $300 was below the fair range, $325 to $642 (80 % of comparable GPUs)",
    )
    asked_usd: float = described("the price asked, in US dollars", 300)
    fair_price: FairPrice = described("what would be fair", {"value": 457, "interval_80": [325, 642]})
    prediction: Prediction = described("what is predicted of it", {"name": "GeForce RTX 3070"})
    alternatives: list[KnownGpu] = described(
        "faster GPUs of the segment that cost no more and draw at most a tenth more power", [_GPU]
    )


class Ratios(Answer):
    """What a GPU gives for its price and its power."""

    name: str = described("the name as it was given", "GeForce RTX 3070")
    g3d_per_usd: float | None = described("points of G3D Mark for a US dollar", 33.0)
    g3d_per_watt: float | None = described("points of G3D Mark for a watt", 100.4)
    g3d_per_usd_interval_80: Ends | None = described(
        "lower and upper end of points for a US dollar: widths of both intervals in logarithms, added in quadrature; "
        "only a predicted figure counts as uncertain; null where a figure has no value",
        [24.1, 45.2],
    )
    g3d_per_usd_interval_90: Ends | None = described("the same of the 90 % intervals", [21.7, 50.2])
    g3d_per_watt_interval_80: Ends | None = described("lower and upper end of points for a watt", [92.3, 109.2])
    g3d_per_watt_interval_90: Ends | None = described("the same of the 90 % intervals", [90.0, 112.0])


class Relation(Answer):
    """How a figure of the first GPU relates to the second's; known ones count as exact, errors as independent."""

    ratio: float = described("the first divided by the second", 1.24)
    ratio_80: Ends = described("lower and upper end; covers 80 %", [1.05, 1.45])
    ratio_90: Ends = described("lower and upper end; covers 90 %", [1.0, 1.53])
    difference: float = described("the first less the second", 4200)
    difference_80: Ends = described("lower and upper end; covers 80 %", [1000, 6900])
    difference_90: Ends = described("lower and upper end; covers 90 %", [0, 7800])
    chance_higher: float = described("probability that the first is the higher one, 0 to 1; a tie counts half", 0.93)


_RELATION = {"ratio": 1.24, "difference": 4200, "chance_higher": 0.93}


class Pair(Answer):
    """Two GPUs of a comparison set against each other; null where either figure has no value."""

    first: int = described("place of the one among the names, counted from 0", 0)
    second: int = described("place of the other", 1)
    g3d_mark: Relation | None = described("performance, in points", _RELATION)
    price_usd: Relation | None = described("price, in US dollars", _RELATION)
    tdp_w: Relation | None = described("power, in watts", _RELATION)


class Comparison(InMarket):
    """GPUs side by side."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    predictions: list[Prediction] = described("one for each name, in the order asked", [{"name": "GeForce RTX 3070"}])
    ratios: list[Ratios] = described("one for each name, in the order asked", [{"g3d_per_usd": 33.0}])
    pairs: list[Pair] = described("every name with every later one", [{"first": 0, "second": 1}])


class Frontier(InMarket):
    """The GPUs that no other beats in both price and performance."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    gpus: list[KnownGpu] = described("cheapest first", [_GPU])
    considered: int = described("how many GPUs with a measured price keep to the limits", 412)
    note: str = described("what these prices are", "measured prices only: observations of 2022")
