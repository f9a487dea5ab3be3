"""Questions of the pages: each is asked once for a version of the bundle and shared by all sessions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from streamlit_app.backends.base import Backend, Questions, Record, list_columns
from streamlit_app.backends.opening import open_backend
from streamlit_app.settings import Settings

#: Questions whose answers have prices, which may be of a market.
_PRICED = ("describe", "judge", "compare", "predict_columns")


@dataclass(frozen=True)
class Asker(Questions):
    """A backend at the version that was in service when the page was drawn.

    Prices are of the `market` (`gpu_kedro.contracts.v1.Market`), without one of what is served.
    """

    backend: Backend
    version: str
    settings: Settings
    market: Record | None = None

    def ask(self, question: str, asked: Mapping[str, Any] | None = None) -> Record:
        """Ask once, at the prices that are wanted; answers to no query are shared, so they must not be changed."""
        if asked is None:
            return _share(self, question)
        if question in _PRICED and self.market is not None:
            asked = {**asked, "market": self.market}
        return _answer(self, question, asked)

    def known_gpus(self) -> pd.DataFrame:
        """All known GPUs, one a row; shared, so it must not be changed."""
        return _tabulate(self)

    def priced_gpus(self) -> pd.DataFrame:
        """All known GPUs at the prices that are wanted, and of which there is an observed one (`has_price`)."""
        known = self.known_gpus()
        has_price = known["price_usd_source"] == "measured"
        if self.market is None:
            return known.assign(has_price=has_price)
        told = self.predict_columns({"name": known["name"].tolist()})
        prices = pd.Series(told["price_usd_value"], index=known.index, dtype=float)
        sources = pd.Series(told["price_usd_source"], index=known.index)
        return known.assign(price_usd=prices, price_usd_source=sources, has_price=has_price | (sources == "measured"))

    def known_names(self) -> list[str]:
        """Names to complete from, the fastest GPUs first; shared, so it must not be changed."""
        return _list_names(self)


def open_asker() -> Asker:
    """What answers at this moment.

    Raises:
        BackendError: nothing does, or it has no model.
    """
    settings = Settings()
    backend = open_backend(settings)
    backend.restart_clock()
    return Asker(backend, backend.read_version(), settings)


def _find_key(asker: Asker) -> tuple[str, str]:
    """Another bundle or another service answers anew; the market is a part of what is asked."""
    return asker.backend.place, asker.version


#: How caches tell one asker from another.
BY_VERSION: dict[str | type[Any], Callable[[Any], Any]] = {Asker: _find_key}


@st.cache_data(max_entries=2_000, show_spinner=False, hash_funcs=BY_VERSION)
def _answer(asker: Asker, question: str, asked: Mapping[str, Any]) -> Record:
    return asker.backend.ask(question, asked)


@st.cache_resource(max_entries=6, show_spinner=False, hash_funcs=BY_VERSION)
def _share(asker: Asker, question: str) -> Record:
    return asker.backend.ask(question)


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=BY_VERSION)
def _tabulate(asker: Asker) -> pd.DataFrame:
    return pd.DataFrame(list_columns(asker.tabulate()))


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=BY_VERSION)
def _list_names(asker: Asker) -> list[str]:
    known = asker.known_gpus()
    return known.sort_values("g3d_mark", ascending=False)["name"].drop_duplicates().tolist()
