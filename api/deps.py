"""What routes need: the runtime in service, threads for what is heavy, and JSON."""

from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar

import anyio.to_thread
import orjson
from fastapi import Request, Response
from starlette.datastructures import State

from api.load.pacing import pace_runtime
from gpu_kedro.serving.prediction_log import PredictionLog, record_runtime
from gpu_kedro.serving.runtime import Runtime

P = ParamSpec("P")
T = TypeVar("T")


def find_runtime(state: State) -> Runtime:
    """The runtime in service; one request uses one, whatever is promoted meanwhile.

    Raises:
        NoBundleError: there is none.
    """
    runtime: Runtime = state.store.current()
    log: PredictionLog | None = state.prediction_log
    return runtime if log is None else record_runtime(runtime, log)


def use_runtime(request: Request) -> Runtime:
    """The runtime to answer a request with; its version goes to the request's log line.

    Called by the routes rather than injected: FastAPI takes 3 % of a prediction's time for a dependency.

    Raises:
        NoBundleError: there is none.
    """
    runtime = find_runtime(request.app.state)
    request.state.model_version = runtime.version
    return runtime


def use_paced_runtime(request: Request) -> Runtime:
    """The runtime to answer many rows with, which makes room for single predictions.

    Raises:
        NoBundleError: there is none.
    """
    batcher = request.app.state.batcher
    return pace_runtime(use_runtime(request), lambda: batcher.asked)


async def run_heavy(request: Request, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """Answer a question in one of a few threads, so that health and single predictions go on being answered."""
    call = partial(function, *arguments, **options)
    return await anyio.to_thread.run_sync(call, limiter=request.app.state.lanes.question.threads)


async def run_bulk(request: Request, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """Work on many rows in one of a few threads; other questions have theirs."""
    call = partial(function, *arguments, **options)
    return await anyio.to_thread.run_sync(call, limiter=request.app.state.lanes.bulk.threads)


def write_json(content: Any) -> Response:
    """An answer as JSON, as it stands: it is not validated again."""
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")
