"""Whether the process runs and can answer, what it serves and how good that is, and counts for Prometheus."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from starlette.exceptions import HTTPException

from api.answers.errors import hide_store, write_problem
from api.answers.openapi import describe_errors
from api.deps import use_runtime, write_json
from api.settings import Settings
from gpu_kedro.contracts.v1.service import Health, ModelCard, Readiness
from gpu_kedro.serving.errors import NoBundleError
from gpu_kedro.serving.model_card import summarise_model

router = APIRouter()


@router.get("/v1/model", response_model=ModelCard, responses=describe_errors(503), tags=["model"])
async def describe_model(request: Request) -> Response:
    """The served version, when and from what it was trained, and its quality on GPUs it had not seen."""
    return write_json(summarise_model(use_runtime(request)))


@router.get("/health/live", response_model=Health, tags=["health"])
async def tell_live() -> Response:
    """200 while the process runs; looks at nothing else."""
    return write_json({"status": "live"})


@router.get("/health/ready", response_model=Readiness, responses=describe_errors(503), tags=["health"])
async def tell_ready(request: Request) -> Response:
    """200 once a bundle is loaded, its hashes are checked and one row is predicted; else 503 with what is missing."""
    if request.app.state.is_draining:
        return write_problem(503, "the service is ending", missing=["service: it was asked to end"])
    try:
        version = request.app.state.store.current().version
    except NoBundleError as err:
        missing = [f"bundle: {hide_store(request, err)}"]
        return write_problem(503, "not ready; see `missing`", {"Retry-After": "5"}, missing=missing)
    return write_json({"status": "ready", "model_version": version})


@router.get("/metrics", include_in_schema=False)
async def write_metrics(request: Request) -> Response:
    """Requests, durations and the served version as text; 404 unless switched on for this port."""
    settings: Settings = request.app.state.settings
    if not settings.metrics or settings.metrics_port is not None:
        raise HTTPException(404)
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)
