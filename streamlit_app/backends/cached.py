"""Questions of the pages: each is asked once for a version of the bundle and shared by all sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from streamlit_app.backends.base import Backend, Columns, Record
from streamlit_app.backends.opening import open_backend
from streamlit_app.settings import Settings


@dataclass(frozen=True)
class Asker:
    """A backend at one version of its bundle.

    Args:
        backend: what answers.
        version: the bundle that was in service when the page was drawn.
        settings: how the app runs.
        market: what prices are to be of (`gpu_kedro.contracts.v1.Market`); what is served without one.
    """

    backend: Backend
    version: str
    settings: Settings
    market: Record | None = None

    def describe(self, query: Record) -> Record:
        """The card of a GPU."""
        return _answer(self.backend, self.backend.place, self.version, "describe", self._in_market(query))

    def explain(self, query: Record) -> Record:
        """The prediction of a GPU, with what each input adds to each answer."""
        return _answer(self.backend, self.backend.place, self.version, "explain", query)

    def judge(self, query: Record) -> Record:
        """Whether a price is a good deal."""
        return _answer(self.backend, self.backend.place, self.version, "judge", self._in_market(query))

    def compare(self, names: Sequence[str]) -> Record:
        """GPUs side by side."""
        return _answer(
            self.backend, self.backend.place, self.version, "compare", self._in_market({"names": list(names)})
        )

    def predict_columns(self, columns: Columns) -> Record:
        """Columns of predictions."""
        return _answer(self.backend, self.backend.place, self.version, "predict_columns", self._in_market(columns))

    def fit_market(self) -> Record:
        """How well the market's prices are explained."""
        return _answer(self.backend, self.backend.place, self.version, "fit_market", self.market or {})

    def _in_market(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return asked if self.market is None else {**asked, "market": self.market}

    def find_minimum(self, wanted: Record) -> Record:
        """The least GPUs that are fast enough, and which share of many is."""
        return _answer(self.backend, self.backend.place, self.version, "find_minimum", wanted)

    def describe_model(self) -> Record:
        """What is served."""
        return _share(self.backend, self.backend.place, self.version, "describe_model")

    def map_missing(self) -> Record:
        """What the table lacks."""
        return _share(self.backend, self.backend.place, self.version, "map_missing")

    def known_gpus(self) -> pd.DataFrame:
        """All known GPUs, one a row; shared, so it must not be changed."""
        return _tabulate(self.backend, self.backend.place, self.version)

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
        return _list_names(self.backend, self.backend.place, self.version)


def open_asker() -> Asker:
    """What answers at this moment.

    Raises:
        BackendError: nothing does, or it has no model.
    """
    settings = Settings()
    backend = open_backend(settings)
    backend.restart_clock()
    return Asker(backend, backend.read_version(), settings)


# `place` and `version` are the keys of these caches: another bundle or another service answers anew


@st.cache_data(max_entries=2_000, show_spinner=False)
def _answer(
    _backend: Backend,
    place: str,  # noqa: ARG001
    version: str,  # noqa: ARG001
    question: str,
    asked: Mapping[str, Any],
) -> Record:
    answer: Record = getattr(_backend, question)(asked)
    return answer


@st.cache_resource(max_entries=6, show_spinner=False)
def _share(_backend: Backend, place: str, version: str, question: str) -> Record:  # noqa: ARG001
    answer: Record = getattr(_backend, question)()
    return answer


@st.cache_resource(max_entries=2, show_spinner=False)
def _tabulate(_backend: Backend, place: str, version: str) -> pd.DataFrame:
    table = _share(_backend, place, version, "tabulate")
    columns = {name: values for name, values in table.items() if isinstance(values, list)}
    return pd.DataFrame(columns)


@st.cache_resource(max_entries=2, show_spinner=False)
def _list_names(_backend: Backend, place: str, version: str) -> list[str]:
    known = _tabulate(_backend, place, version)
    return known.sort_values("g3d_mark", ascending=False)["name"].drop_duplicates().tolist()
