"""Fits the market that a request brings: its observations, read leniently, priced by the bundle that is served."""

import hashlib
import marshal
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from statistics import median
from typing import Any

from gpu_kedro.domain.observations.dates import Moment, read_moment
from gpu_kedro.domain.observations.records import Observation, read_observation
from gpu_kedro.modelling.market.observed import CONDITION, ObservedPrices, most_common
from gpu_kedro.modelling.market.process import MarketProcess
from gpu_kedro.modelling.market.view import MarketView, Seen

#: Markets that are kept; each holds a matrix of at most 2 MB.
_KEPT = 8
#: Describes names as the market sees them, None for what is no GPU that can be priced.
Describe = Callable[[Sequence[str]], list[dict[str, Any] | None]]


@dataclass(frozen=True, eq=False)
class FittedMarket:
    """A market with what became of each observation.

    Args:
        view: what prices are asked of.
        notes: the observations that do not count: `place` (from 0), `name`, `reason`.
        observations: those that were fitted: `place, name, price_usd, date, condition, market, expected_usd, is_junk`;
            what all others, and the model, say that the card costs is `expected_usd`.
    """

    view: MarketView
    notes: list[dict[str, Any]]
    observations: list[dict[str, Any]]

    def describe(self) -> dict[str, Any]:
        """The market as answers name it."""
        view = self.view
        return {
            "as_of": view.as_of,
            "condition": view.condition,
            "basis": view.basis,
            "listing_spread": None if view.process is None else view.process.noise_,
        }

    def explain(self) -> dict[str, Any]:
        """How well the market explains its own prices (`gpu_kedro.contracts.v1.FittedMarket`)."""
        errors = [abs(one["expected_usd"] / one["price_usd"] - 1) for one in self.observations if not one["is_junk"]]
        error = median(errors) if errors else None
        return {"observations": self.observations, "median_error": error, **self.tell()}

    def tell(self) -> dict[str, Any]:
        """What every answer at its prices says of it."""
        return {"market": self.describe(), "market_notes": self.notes}


def fit_market(asked: Mapping[str, Any], describe: Describe) -> FittedMarket:
    """Fit the observations of a request.

    Args:
        asked: `observations`, and perhaps `as_of` and `condition`.

    Raises:
        ValueError: `as_of` is no date.
    """
    until = read_moment(asked.get("as_of"))
    notes: list[dict[str, Any]] = []
    read = _read_all(asked.get("observations") or [], until, notes)
    names = list(dict.fromkeys(one.name for _, one in read))
    cards = dict(zip(names, describe(names), strict=True)) if names else {}
    usable: list[tuple[int, Observation, dict[str, Any]]] = []
    for place, one in read:
        card = cards[one.name]
        if card is None:
            notes.append(_note(place, one.name, "not a GPU that a price can be given for; check the name"))
        elif until is not None and one.moment.start >= until.end:
            notes.append(_note(place, one.name, f"later than {until.text}, the date asked for"))
        else:
            usable.append((place, one, card))
    moment = until or max((one.moment for _, one, _ in usable), key=attrgetter("start"), default=Moment(2022))
    condition = asked.get("condition") or most_common((one.condition for _, one, _ in usable), CONDITION)
    if not usable:
        return FittedMarket(MarketView(moment.text, moment.time, condition), sorted(notes, key=itemgetter("place")), [])
    view, observations = _fit(usable, moment, condition)
    notes += [
        _note(one["place"], one["name"], f"junk: about ${one['expected_usd']:,.0f} is expected; it does not count")
        for one in observations
        if one["is_junk"]
    ]
    return FittedMarket(view, sorted(notes, key=itemgetter("place")), observations)


def _read_all(
    rows: Sequence[Mapping[str, Any]], until: Moment | None, notes: list[dict[str, Any]]
) -> list[tuple[int, Observation]]:
    read = []
    for place, row in enumerate(rows):
        try:
            one = read_observation(row, until)
        except ValueError as err:
            name = row.get("name")
            notes.append(_note(place, name if isinstance(name, str) else None, str(err)))
            continue
        if "price_usd" in one.figures:
            read.append((place, one))
        else:
            notes.append(_note(place, one.name, "no price_usd; marks and powers count when a model is trained"))
    return read


def _fit(
    usable: Sequence[tuple[int, Observation, dict[str, Any]]], moment: Moment, condition: str
) -> tuple[MarketView, list[dict[str, Any]]]:
    observed = ObservedPrices.from_observations([(one, card) for _, one, card in usable], condition)
    market, conditions = most_common((one.market for _, one, _ in usable), ""), observed.offers.conditions.tolist()
    process = MarketProcess(observed.thin_out())
    # what was pooled is judged as one, so each price is compared with what its card is told to cost
    told = (
        zip(process.expected_.tolist(), process.is_junk.tolist(), strict=True)
        if len(process.observed) == len(observed)
        else (
            (float(price), False)
            for price in process.price(observed.offers.cards, moment.time, condition, market).price_usd
        )
    )
    seen: dict[str, Seen] = {}
    observations = []
    for (place, one, card), (expected, is_junk), its in zip(usable, told, conditions, strict=True):
        if not is_junk and its == condition:
            this = Seen(one.moment.time, one.moment.text, one.figures["price_usd"])
            seen[card["key"]] = max(seen.get(card["key"], this), this)
        observations.append(
            {
                "place": place,
                "name": one.name,
                "price_usd": one.figures["price_usd"],
                "date": one.moment.text,
                "condition": its,
                "market": one.market,
                "expected_usd": expected,
                "is_junk": is_junk,
            }
        )
    newest = max((one.moment for _, one, _ in usable), key=attrgetter("start")).text
    return MarketView(moment.text, moment.time, condition, market, process, seen, newest), observations


def _note(place: int, name: str | None, reason: str) -> dict[str, Any]:
    return {"place": place, "name": name, "reason": reason}


class MarketCache:
    """Keeps the markets that were fitted last, by their content; safe to use from any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, FittedMarket] = OrderedDict()

    def recall(self, asked: dict[str, Any]) -> FittedMarket | None:
        """The market of a request, if it was lately fitted."""
        key = _hash(asked)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def find(self, asked: dict[str, Any], describe: Describe) -> FittedMarket:
        """The market of a request, fitted unless it was lately."""
        kept = self.recall(asked)
        if kept is not None:
            return kept
        fitted = fit_market(asked, describe)
        with self._lock:
            self._kept[_hash(asked)] = fitted
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return fitted


def _hash(asked: dict[str, Any]) -> bytes:
    # version 2 writes equal contents alike; a request that orders its fields otherwise is fitted anew
    return hashlib.sha256(marshal.dumps(asked, 2)).digest()
