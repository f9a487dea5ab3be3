"""Answers in this process with the serving code that the HTTP service runs."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from gpu_kedro.contracts.refusals import list_errors
from gpu_kedro.contracts.v1.batches import BatchQuery, Columns
from gpu_kedro.contracts.v1.minimum import MinimumQuery
from gpu_kedro.contracts.v1.observations import Market
from gpu_kedro.contracts.v1.queries import CompareQuery, GpuQuery, MarketQuery, ValueQuery
from gpu_kedro.serving import answers, errors
from gpu_kedro.serving.buying.minimum import find_minimum
from gpu_kedro.serving.model_card import summarise_model
from gpu_kedro.serving.runtime import Runtime, RuntimeStore
from gpu_kedro.serving.table import map_missing, tabulate_known
from gpu_kedro.serving.verdict import judge_price
from streamlit_app.backends.base import Backend, Record
from streamlit_app.backends.failures import NoModelError, NotExplainedError, RefusedError


class LocalBackend(Backend):
    """One runtime for all sessions, swapped when another bundle is promoted."""

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

    def ask(self, question: str, asked: Mapping[str, Any] | None = None) -> Record:
        """Answer from the runtime what the contract takes."""
        if asked is None:
            return _OF_THE_BUNDLE[question](self._runtime())
        shape, answer = _OF_A_QUERY[question]
        query = _check(shape, asked)
        try:
            return answer(self._runtime(), query)
        except errors.NotExplainedError as err:
            raise NotExplainedError from err
        except errors.UnknownGpuError as err:
            raise RefusedError([("", str(err))]) from err

    def _runtime(self) -> Runtime:
        try:
            return self._store.current()
        except errors.NoBundleError as err:
            raise NoModelError(
                "There is no model to answer with", f"Train one with the command below, then reload this page. ({err})"
            ) from err


def _check(shape: type[BaseModel], query: Mapping[str, Any]) -> BaseModel:
    try:
        return shape.model_validate(query)
    except ValidationError as err:
        told = list_errors(err.errors(include_input=False, include_url=False))
        raise RefusedError([(".".join(map(str, one["loc"])), one["msg"]) for one in told]) from err


def _describe(runtime: Runtime, asked: MarketQuery) -> Record:
    return answers.describe_query(runtime, asked.model_dump(exclude={"market"}), runtime.choose_market(asked.market))


def _explain(runtime: Runtime, asked: GpuQuery) -> Record:
    return runtime.explain(asked.model_dump())


def _predict_columns(runtime: Runtime, asked: Columns) -> Record:
    queries = asked.queries()
    columns = runtime.predict_columns(queries, runtime.choose_market(asked.market))
    return {**columns, "model_version": runtime.version, "rows": len(queries)}


def _judge(runtime: Runtime, asked: ValueQuery) -> Record:
    plain = asked.model_dump(exclude={"max_tdp_w", "market"})
    return judge_price(runtime, plain, asked.price_usd, asked.max_tdp_w, runtime.choose_market(asked.market))


def _compare(runtime: Runtime, asked: CompareQuery) -> Record:
    return answers.compare_gpus(runtime, asked.names, runtime.choose_market(asked.market))


def _fit_market(runtime: Runtime, asked: Market) -> Record:
    return {"model_version": runtime.version, **runtime.fit_market(asked.model_dump()).explain()}


def _find_minimum(runtime: Runtime, asked: MinimumQuery) -> Record:
    wanted = asked.model_dump()
    return find_minimum(runtime, wanted, asked.chance, asked.since, wanted["population"])


_OF_A_QUERY: dict[str, tuple[type[BaseModel], Callable[[Runtime, Any], Record]]] = {
    "describe": (MarketQuery, _describe),
    "explain": (GpuQuery, _explain),
    "predict_columns": (BatchQuery, _predict_columns),
    "judge": (ValueQuery, _judge),
    "compare": (CompareQuery, _compare),
    "fit_market": (Market, _fit_market),
    "find_minimum": (MinimumQuery, _find_minimum),
}
_OF_THE_BUNDLE: dict[str, Callable[[Runtime], Record]] = {
    "describe_model": summarise_model,
    "tabulate": tabulate_known,
    "map_missing": map_missing,
}
