"""Answers to somebody who wants to buy: a verdict, a comparison, the frontier."""

from typing import Literal

from gpu_kedro.contracts.v1.fields import Answer, Ends, described
from gpu_kedro.contracts.v1.gpus import _GPU, KnownGpu
from gpu_kedro.contracts.v1.predictions import Prediction, Price


class Verdict(Answer):
    """Whether a price is worth paying."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    verdict: Literal["good_deal", "fair", "overpriced", "cannot_say"] = described(
        "judged by the interval of fair prices; `cannot_say` where it is too wide", "good_deal"
    )
    reason: str = described("the verdict in words", "$300 is below the fair range, $358 to $1,478")
    asked_usd: float = described("the price asked, in US dollars", 300)
    fair_price: Price = described("what would be fair", {"value": 727, "predicted": 727, "interval_80": [358, 1478]})
    prediction: Prediction = described("what is predicted of it", {"name": "GeForce RTX 3070"})
    alternatives: list[KnownGpu] = described(
        "faster GPUs of the segment that cost no more and draw at most a tenth more power", [_GPU]
    )


class Ratios(Answer):
    """What a GPU gives for its price and its power."""

    name: str = described("the name as it was given", "GeForce RTX 3070")
    g3d_per_usd: float = described("points of G3D Mark for a US dollar", 33.0)
    g3d_per_watt: float = described("points of G3D Mark for a watt", 100.4)
    g3d_per_usd_interval_80: Ends = described(
        "lower and upper end of points for a US dollar: widths of both intervals in logarithms, added in quadrature; "
        "a measured figure counts as exact",
        [24.1, 45.2],
    )
    g3d_per_usd_interval_90: Ends = described("the same of the 90 % intervals", [21.7, 50.2])
    g3d_per_watt_interval_80: Ends = described("lower and upper end of points for a watt", [92.3, 109.2])
    g3d_per_watt_interval_90: Ends = described("the same of the 90 % intervals", [90.0, 112.0])


class Comparison(Answer):
    """GPUs side by side."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    predictions: list[Prediction] = described("one for each name, in the order asked", [{"name": "GeForce RTX 3070"}])
    ratios: list[Ratios] = described("one for each name, in the order asked", [{"g3d_per_usd": 33.0}])


class Frontier(Answer):
    """The GPUs that no other beats in both price and performance."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    gpus: list[KnownGpu] = described("cheapest first", [_GPU])
    considered: int = described("how many GPUs with a measured price keep to the limits", 412)
    note: str = described("what these prices are", "measured prices only: observations of 2022")
