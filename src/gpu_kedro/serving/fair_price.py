"""What would be a fair price: estimates of one price, joined by how certain each is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: How far one listing strays from what a card is worth, in logarithms: by so much differ the prices of one card that
#: the table has under several names (30 pairs; the median of their differences, as a standard deviation of one price).
LISTING_SPREAD = 0.53
#: Multiples of a standard deviation that hold 80 % and 90 %.
_NORMAL = {80: 1.2816, 90: 1.6449}


@dataclass(frozen=True)
class Estimate:
    """What one source says of a price.

    Args:
        price_usd: its middle.
        half_widths: of its 80 % and 90 % interval, in logarithms.
        basis: words for the source.
        is_observed: whether it is a price that was seen: the fair range then holds it.
    """

    price_usd: float
    half_widths: Mapping[int, float]
    basis: str
    is_observed: bool = False

    @classmethod
    def of_model(cls, figure: Mapping[str, Any]) -> "Estimate":
        """The model's answer (`Price`) with its intervals."""
        widths = {
            percent: math.log(high / low) / 2 for percent in _NORMAL for low, high in [figure[f"interval_{percent}"]]
        }
        return cls(figure["predicted"], widths, "the model")

    @classmethod
    def of_listing(cls, price_usd: float, year: str | None) -> "Estimate":
        """A price at which the very card was listed."""
        widths = {percent: LISTING_SPREAD * normal for percent, normal in _NORMAL.items()}
        return cls(price_usd, widths, f"the price observed{f' in {year}' if year else ''}", is_observed=True)


def join_estimates(estimates: Sequence[Estimate]) -> dict[str, Any]:
    """One price from several estimates of it, each weighed by its certainty: `value, interval_80, interval_90, basis`.

    The mean of the logarithms, weighed by the inverse squares of the half-widths. A range that left out what the very
    card did cost would contradict itself, so it reaches at least to every price that was observed.

    Args:
        estimates: at least one; one alone comes back as it is.
    """
    weights = [estimate.half_widths[80] ** -2 for estimate in estimates]
    logs = [math.log(estimate.price_usd) for estimate in estimates]
    middle = sum(weight * log for weight, log in zip(weights, logs, strict=True)) / sum(weights)
    observed = [log for estimate, log in zip(estimates, logs, strict=True) if estimate.is_observed]
    joined: dict[str, Any] = {"value": math.exp(middle)}
    for percent in _NORMAL:
        half = sum(estimate.half_widths[percent] ** -2 for estimate in estimates) ** -0.5
        low, high = min(middle - half, *observed, middle), max(middle + half, *observed, middle)
        joined[f"interval_{percent}"] = [math.exp(low), math.exp(high)]
    bases = " and ".join(estimate.basis for estimate in estimates)
    return {**joined, "basis": f"{bases}, weighed by certainty" if len(estimates) > 1 else bases}
