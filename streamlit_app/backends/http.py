"""Asks the service over HTTP. An answer is whole, in time and of the right shape, or it is a `BackendError`."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextvars import ContextVar
from typing import Any, NoReturn

import httpx
from pydantic import BaseModel, ValidationError

from gpu_kedro.contracts.explained import ExplainedPrediction
from gpu_kedro.contracts.v1.columns import KnownTable, MissingMap, PredictionColumns
from gpu_kedro.contracts.v1.gpus import AnyGpuCard
from gpu_kedro.contracts.v1.market import Comparison, Verdict
from gpu_kedro.contracts.v1.minimum import Minimum
from gpu_kedro.contracts.v1.observations import FittedMarket
from gpu_kedro.contracts.v1.service import ModelCard, Problem, Readiness
from streamlit_app.backends.base import Backend, Record, list_columns
from streamlit_app.backends.failures import (
    BrokenError,
    BusyError,
    KeyRefusedError,
    NoModelError,
    NonsenseError,
    NotExplainedError,
    RefusedError,
    SlowError,
    UnreachableError,
)
from streamlit_app.settings import Settings

#: When what is asked for a page must have been answered, in `time.monotonic()`; each page is drawn in its own thread.
_DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)
_PARTS = ("body", "query", "path")
_MAX_ANSWER_BYTES = 50_000_000
_START_IT = "Start it with `make api`, or unset API_URL to answer without it."
_ROUTES: dict[str, tuple[str, type[BaseModel]]] = {
    "describe": ("/v1/card", AnyGpuCard),
    "explain": ("/v1/predict?explain=true", ExplainedPrediction),
    "predict_columns": ("/v1/predict/batch", PredictionColumns),
    "judge": ("/v1/value", Verdict),
    "compare": ("/v1/compare", Comparison),
    "fit_market": ("/v1/market", FittedMarket),
    "find_minimum": ("/v1/minimum", Minimum),
    "describe_model": ("/v1/model", ModelCard),
    "tabulate": ("/v1/table", KnownTable),
    "map_missing": ("/v1/missing", MissingMap),
}
#: Answers whose lists are columns of one table.
_COLUMNS = (PredictionColumns, KnownTable)


class HttpBackend(Backend):
    """The service at an address."""

    def __init__(self, settings: Settings) -> None:
        self.place = settings.api_url or ""
        self._seconds = settings.timeout_seconds
        headers = {"X-API-Key": settings.api_key.get_secret_value()} if settings.api_key else {}
        # environment variables of proxies are left alone: they would be asked for localhost too
        self._client = httpx.Client(
            base_url=self.place,
            headers=headers,
            timeout=httpx.Timeout(self._seconds, connect=self._seconds / 2),
            limits=httpx.Limits(max_connections=32, keepalive_expiry=3),
            trust_env=False,
        )
        self._threads = ThreadPoolExecutor(32, thread_name_prefix="ask")

    def restart_clock(self) -> None:
        """Give the questions that follow the whole time limit together, until the next call."""
        _DEADLINE.set(time.monotonic() + self._seconds)

    def read_version(self) -> str:
        """The version of the bundle in service."""
        return str(self._ask("/health/ready", Readiness)["model_version"])

    def ask(self, question: str, asked: Mapping[str, Any] | None = None) -> Record:
        """Ask at the address of a question."""
        path, shape = _ROUTES[question]
        answer = self._ask(path, shape, asked)
        if shape in _COLUMNS:
            self._check_lengths(answer)
        return answer

    def _ask(self, path: str, shape: type[BaseModel], asked: Mapping[str, Any] | None = None) -> Record:
        """Ask and check the answer; all of it before the deadline, whatever the service does."""
        deadline = _DEADLINE.get() or time.monotonic() + self._seconds
        waiting = self._threads.submit(self._send, deadline, path, asked)
        try:
            status, headers, content = waiting.result(timeout=max(deadline - time.monotonic(), 0))
        except (FutureTimeoutError, httpx.TimeoutException) as err:
            raise SlowError(
                f"The service at {self.place} did not answer within {self._seconds:g} s",
                "It may be overloaded or stuck: try again, and look at its log.",
            ) from err
        except httpx.HTTPError as err:
            raise UnreachableError(f"No service answers at {self.place}", _START_IT) from err
        if status >= 400:
            self._refuse(status, headers, content)
        try:
            answer: Record = json.loads(content)
            shape.model_validate(answer)
        except (ValueError, RecursionError) as err:
            what = "its answer has another form" if isinstance(err, ValidationError) else "its answer is not JSON"
            raise self._call_nonsense(what) from err
        return answer

    def _send(self, deadline: float, path: str, asked: Mapping[str, Any] | None) -> tuple[int, httpx.Headers, bytes]:
        try:
            return self._receive(deadline, path, asked)
        except (httpx.RemoteProtocolError, httpx.ReadError):
            # the service closed a kept-alive connection; no question changes anything, so it may be asked again
            return self._receive(deadline, path, asked)

    def _receive(self, deadline: float, path: str, asked: Mapping[str, Any] | None) -> tuple[int, httpx.Headers, bytes]:
        content = bytearray()
        with self._client.stream("GET" if asked is None else "POST", path, json=asked) as response:
            for part in response.iter_bytes():
                content += part
                if time.monotonic() > deadline or len(content) > _MAX_ANSWER_BYTES:
                    raise httpx.ReadTimeout("the answer is too long in coming")
        return response.status_code, response.headers, bytes(content)

    def _refuse(self, status: int, headers: httpx.Headers, content: bytes) -> NoReturn:
        problem = _read_problem(content)
        detail = str(problem.get("detail", ""))[:300]
        if status in (401, 403):
            raise KeyRefusedError(
                f"The service at {self.place} asks for a key",
                "Set GPU_KEDRO_API_KEY to the key of the service and start the app again.",
            )
        if status in (404, 422) and problem:
            raise RefusedError(_read_fields(problem))
        if status == 503 and str(problem.get("type", "")).endswith(":not-explained"):
            raise NotExplainedError
        if status == 503 and ("bundle" in detail or problem.get("missing")):
            told = "; ".join(map(str, problem.get("missing", ()))) or detail
            raise NoModelError("The service has no model to answer with", f"It says: {told}")
        if status in (429, 503):
            wait = _read_seconds(headers.get("retry-after"))
            when = f"Try again in {wait:g} s." if wait else "Try again in a moment."
            raise BusyError(f"The service at {self.place} is busy", when)
        if problem:
            raise BrokenError(f"The service could not answer ({status})", detail)
        raise BrokenError(
            f"{self.place} answered with an error ({status}) that is none of gpu_kedro's",
            "Check API_URL, and the log of what runs there.",
        )

    def _check_lengths(self, answer: Record) -> None:
        if any(len(values) != answer["rows"] for values in list_columns(answer).values()):
            raise self._call_nonsense("its columns differ in length")

    def _call_nonsense(self, what: str) -> NonsenseError:
        return NonsenseError(
            f"{self.place} does not answer as gpu_kedro does: {what}",
            "Check that API_URL is the address of this version of the service.",
        )


def _read_problem(content: bytes) -> Record:
    try:
        problem = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return problem if isinstance(problem, dict) and "detail" in problem else {}


def _read_fields(problem: Record) -> list[tuple[str, str]]:
    """What is wrong, by field, without the part of the request that the field stands in."""
    try:
        errors = Problem.model_validate(problem).errors
    except ValidationError:
        errors = []
    if not errors:
        return [("", str(problem["detail"])[:300])]
    return [(".".join(str(part) for part in one.loc if part not in _PARTS), one.msg[:300]) for one in errors]


def _read_seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds <= 86_400 else None
