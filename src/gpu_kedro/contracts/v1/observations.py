"""The market that a request brings: prices that somebody saw, and of when and what prices are wanted."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, field_validator

from gpu_kedro.contracts.v1.fields import Answer, Ends, Request, described, optional
from gpu_kedro.domain.observations.dates import read_moment

MAX_OBSERVATIONS = 500
Condition = Literal["new", "used"]


def _anything(*types: str) -> Any:
    """A value that is read leniently: one that cannot be used is told in `market_notes` and costs nothing."""
    return Annotated[Any, WithJsonSchema({"type": [*types, "null"]})]


class MarketObservation(Request):
    """One price that somebody saw; one that cannot be used is told in `market_notes`, and the others count."""

    name: _anything("string") = optional("any spelling of the GPU's name", "RTX 3060")  # type: ignore[valid-type]
    price_usd: _anything("number") = optional("price in US dollars", 210)  # type: ignore[valid-type]
    date: _anything("string", "integer") = optional(  # type: ignore[valid-type]
        "a day, a month or a year; `as_of` where it is left out", "2026-03-06"
    )
    condition: _anything("string") = optional("`new` or `used`", "used")  # type: ignore[valid-type]
    market: _anything("string") = optional("where, in free words", "ebay")  # type: ignore[valid-type]
    g3d_mark: _anything("number") = optional(  # type: ignore[valid-type]
        "points of G3D Mark; counts when a model is trained, not here", 16958
    )
    g2d_mark: _anything("number") = optional("points of G2D Mark; likewise", 950)  # type: ignore[valid-type]
    tdp_w: _anything("number") = optional("power in watts; likewise", 170)  # type: ignore[valid-type]


_SEEN = {"name": "RTX 3060", "price_usd": 210, "date": "2026-03-06", "condition": "used", "market": "ebay"}


class Market(Request):
    """Observed prices; every price of the answer is then of that market, and not of 2022."""

    observations: Annotated[list[MarketObservation], Field(max_length=MAX_OBSERVATIONS)] = described(
        "up to 500 prices that somebody saw; with none, prices are those of 2022, widened by the years since",
        [_SEEN],
        [],
    )
    as_of: str | int | None = optional(
        "of when prices are wanted: a day, a month or a year; the newest observation's when left out", "2026-03"
    )
    condition: Condition | None = optional("of what prices are wanted; that of most observations when left out", "used")

    @field_validator("as_of")
    @classmethod
    def _is_a_date(cls, value: str | int | None) -> str | int | None:
        read_moment(value)
        return value


class MarketNote(Answer):
    """An observation that does not count."""

    place: int = described("its place among the observations, counted from 0", 3)
    name: str | None = described("the name that was given; null without one", "RTX 3080")
    reason: str = described("why it does not count, and what to give instead", "no date; give a day, a month or a year")


class MarketSummary(Answer):
    """The market that prices are of."""

    as_of: str = described("of when prices are", "2026-03")
    condition: Condition = described("of what they are", "used")
    basis: str = described("what they rest on", "37 observations up to 2026-03")
    listing_spread: float | None = described(
        "how far one listing strays from what its card costs: a standard deviation of the logarithm; null without "
        "observations",
        0.08,
    )


class InMarket(Answer):
    """What an answer at the prices of a market says of it; both are absent without one."""

    market: MarketSummary | None = described("the market that prices are of", {"as_of": "2026-03"}, None)
    market_notes: list[MarketNote] | None = described("observations that do not count", [{"place": 3}], None)


class FleetTotal(Answer):
    """What all rows cost together; their errors are not independent, and the interval knows it."""

    value: float = described("the sum in US dollars", 8400)
    interval_80: Ends = described("lower and upper end; covers 80 %", [7700, 9200])
    interval_90: Ends = described("lower and upper end; covers 90 %", [7500, 9400])
    rows: int = described("how many rows could be priced", 40)


class FittedObservation(Answer):
    """An observation beside what the others say."""

    place: int = described("its place among the observations, counted from 0", 0)
    name: str = described("the name as it was given", "RTX 3060")
    price_usd: float = described("the price that was seen", 210)
    date: str = described("when", "2026-03-06")
    condition: Condition = described("new or used", "used")
    market: str = described("where; empty where nobody said", "ebay")
    expected_usd: float = described("what all other observations say that the card costs", 198)
    is_junk: bool = described("likelier no price of this card than one: it does not count", False)


class FittedMarket(Answer):
    """How well a market explains its own prices."""

    model_version: str = described("version of the bundle that answered", "20261123T191426Z-bed6eb00a7bd")
    market: MarketSummary = described("the market", {"as_of": "2026-03", "condition": "used"})
    observations: list[FittedObservation] = described("those that were fitted", [{"name": "RTX 3060"}])
    median_error: float | None = described(
        "median of |expected / seen − 1| over observations that are no junk; null without any", 0.07
    )
    market_notes: list[MarketNote] = described("observations that do not count", [{"place": 3}])
