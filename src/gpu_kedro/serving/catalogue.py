"""The catalogue of a bundle: one entry for every known GPU, its figures by the ladder of knowledge."""

import json
from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_kedro.domain.names.parser import canonicalise
from gpu_kedro.modelling.bundle.files import BundleError
from gpu_kedro.pipelines.inference.market import CARD_COLUMNS

Entry = dict[str, Any]
_ENDS = ("low_80", "high_80", "low_90", "high_90")
_FIGURES = ("g3d_mark", "price_usd", "tdp_w")


class Catalogue:
    """Columns of n GPUs; a figure is NaN where there is no honest one.

    Args:
        content: `catalogue.json` of a bundle.

    Raises:
        BundleError: the catalogue lacks a column.
    """

    def __init__(self, content: bytes) -> None:
        columns = json.loads(content)
        try:
            self.names: list[str] = columns["name"]
            self.specs: list[str | None] = columns["match_spec"]
            self.segments: list[str] = columns["segment"]
            self._origins: list[str] = columns["origin"]
            self.g3d_mark, self.price_usd, self.tdp_w = (
                np.array(columns[f"{name}_value"], dtype=float) for name in _FIGURES
            )
            self.columns: dict[str, list[Any]] = {name: columns[name] for name in CARD_COLUMNS}
            #: (n, 2, 2) ends of the 80 % and of the 90 % interval
            self.mark_intervals = np.array([columns[f"g3d_mark_{end}"] for end in _ENDS], dtype=float).T.reshape(
                -1, 2, 2
            )
            self._sources: dict[str, list[str]] = {name: columns[f"{name}_source"] for name in ("segment", *_FIGURES)}
        except KeyError as err:
            raise BundleError(f"the catalogue of the bundle lacks the column {err}; train it again") from err
        self.texts = [canonicalise(name) for name in self.names]
        self.has_price = self.is_measured("price_usd")

    def at_prices(self, prices: Sequence[tuple[float, bool] | None]) -> "Catalogue":
        """The same GPUs at the prices of a market.

        Args:
            prices: US dollars, and whether the very GPU was seen there, which then counts as having a price; None where
                nothing can be said.
        """
        other = copy(self)
        is_seen = [price is not None and price[1] for price in prices]
        other.price_usd = np.array([np.nan if price is None else price[0] for price in prices])
        other.has_price = (self.has_price | is_seen) & ~np.isnan(other.price_usd)
        sources = ["none" if price is None else "measured" if price[1] else "predicted" for price in prices]
        other._sources = {**self._sources, "price_usd": sources}
        return other

    def in_segment(self, segment: str | None) -> Any:
        """Positions of the GPUs in a segment, of all without one."""
        if segment is None:
            return np.arange(len(self.names))
        return np.flatnonzero([segment in labels.split(", ") for labels in self.segments])

    def is_measured(self, figure: str) -> NDArray[np.bool_]:
        """Of which GPUs a figure (`g3d_mark`, `price_usd`, `tdp_w`) was measured."""
        return np.array([source == "measured" for source in self._sources[figure]])

    def describe(self, place: int) -> Entry:
        """One GPU as the API lists it."""
        return {
            "name": self.names[place],
            "origin": self._origins[place],
            "segment": self.segments[place],
            "segment_source": self._sources["segment"][place],
            **{name: None if np.isnan(value := getattr(self, name)[place]) else float(value) for name in _FIGURES},
            **{f"{name}_source": self._sources[name][place] for name in _FIGURES},
        }
