"""The catalogue of a bundle: one entry for every known GPU, its figures by the ladder of knowledge."""

import json
from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from gpu_kedro.domain.names.parser import canonicalise
from gpu_kedro.modelling.bundle.files import BundleError

Entry = dict[str, Any]
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
            self._sources: dict[str, list[str]] = {name: columns[f"{name}_source"] for name in ("segment", *_FIGURES)}
        except KeyError as err:
            raise BundleError(f"the catalogue of the bundle lacks the column {err}; train it again") from err
        self.texts = [canonicalise(name) for name in self.names]
        self.has_price = np.array([source == "measured" for source in self._sources["price_usd"]])

    def at_prices(self, prices: Sequence[float | None], sources: Sequence[str], is_seen: Any) -> "Catalogue":
        """The same GPUs at other prices.

        Args:
            prices: US dollars, None where nothing can be said.
            sources: where each comes from.
            is_seen: of which GPUs a price was observed on that market; they count as having a price.
        """
        other = copy(self)
        other.price_usd = np.array(prices, dtype=float)
        other.has_price = (self.has_price | is_seen) & ~np.isnan(other.price_usd)
        other._sources = {**self._sources, "price_usd": list(sources)}
        return other

    def in_segment(self, segment: str | None) -> Any:
        """Positions of the GPUs in a segment, of all without one."""
        if segment is None:
            return np.arange(len(self.names))
        return np.flatnonzero([segment in labels.split(", ") for labels in self.segments])

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
