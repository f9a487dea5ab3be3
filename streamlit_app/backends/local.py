"""Answers in this process with the serving code that the HTTP service runs."""

import threading
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gpu_kedro.contracts.refusals import list_errors
from gpu_kedro.contracts.v1.batches import BatchQuery
from gpu_kedro.contracts.v1.minimum import MinimumQuery
from gpu_kedro.contracts.v1.observations import Market
from gpu_kedro.contracts.v1.queries import CompareQuery, GpuQuery, MarketQuery, ValueQuery
from gpu_kedro.serving import answers, errors
from gpu_kedro.serving.buying.minimum import find_minimum
from gpu_kedro.serving.model_card import summarise_model
from gpu_kedro.serving.runtime import Runtime, RuntimeStore
from gpu_kedro.serving.table import map_missing, tabulate_known
from gpu_kedro.serving.verdict import judge_price
from streamlit_app.backends.base import Columns, Record
from streamlit_app.backends.failures import NoModelError, NotExplainedError, RefusedError

R = TypeVar("R", bound=BaseModel)


class LocalBackend:
    """One runtime for all sessions, swapped when another bundle is promoted.

    Args:
        bundles: the store of bundles.
    """

    def __init__(self, bundles: Path) -> None:
        self.place = "this process"
        self._store = RuntimeStore(bundles)
        self._loading = threading.Lock()

    def restart_clock(self) -> None:
        """Nothing to do: what is answered in process is not waited for."""

    def read_version(self) -> str:
        """The version of the bundle in service, which is looked for first."""
        with self._loading:
            self._store.reload_if_changed()
        return self._runtime().version

    def describe(self, query: Record) -> Record:
        """The card of a GPU, known or not."""
        asked = _check(MarketQuery, query)
        runtime = self._runtime()
        return answers.describe_query(
            runtime, asked.model_dump(exclude={"market"}), runtime.choose_market(asked.market)
        )

    def explain(self, query: Record) -> Record:
        """The prediction of a GPU, with what each input adds to each answer."""
        try:
            return self._runtime().explain(_check(GpuQuery, query).model_dump())
        except errors.NotExplainedError as err:
            raise NotExplainedError from err

    def predict_columns(self, columns: Columns) -> Record:
        """Columns of predictions for columns of queries."""
        asked = _check(BatchQuery, dict(columns))
        queries, runtime = asked.queries(), self._runtime()
        market = runtime.choose_market(asked.market)
        return {**runtime.predict_columns(queries, market), "model_version": runtime.version, "rows": len(queries)}

    def judge(self, query: Record) -> Record:
        """Whether a price is a good deal."""
        asked = _check(ValueQuery, query)
        plain = asked.model_dump(exclude={"max_tdp_w", "market"})
        runtime = self._runtime()
        return judge_price(runtime, plain, asked.price_usd, asked.max_tdp_w, runtime.choose_market(asked.market))

    def compare(self, query: Record) -> Record:
        """GPUs side by side."""
        asked = _check(CompareQuery, query)
        runtime = self._runtime()
        return answers.compare_gpus(runtime, asked.names, runtime.choose_market(asked.market))

    def fit_market(self, market: Record) -> Record:
        """How well a market's prices are explained."""
        runtime = self._runtime()
        return {
            "model_version": runtime.version,
            **runtime.fit_market(_check(Market, market).model_dump()).explain(),
        }

    def find_minimum(self, wanted: Record) -> Record:
        """The least GPUs that are fast enough, and which share of many is."""
        asked = _check(MinimumQuery, wanted).model_dump()
        try:
            return find_minimum(self._runtime(), asked, asked["chance"], asked["since"], asked["population"])
        except errors.UnknownGpuError as err:
            raise RefusedError([("", str(err))]) from err

    def describe_model(self) -> Record:
        """What is served."""
        return summarise_model(self._runtime())

    def tabulate(self) -> Record:
        """All known GPUs as columns."""
        return tabulate_known(self._runtime())

    def map_missing(self) -> Record:
        """What the table lacks."""
        return map_missing(self._runtime())

    def _runtime(self) -> Runtime:
        try:
            return self._store.current()
        except errors.NoBundleError as err:
            raise NoModelError(
                "There is no model to answer with", f"Train one with the command below, then reload this page. ({err})"
            ) from err


def _check(shape: type[R], query: Record) -> R:
    try:
        return shape.model_validate(query)
    except ValidationError as err:
        told = list_errors(err.errors(include_input=False, include_url=False))
        raise RefusedError([(".".join(map(str, one["loc"])), one["msg"]) for one in told]) from err
