"""Whether the process runs, and whether it can answer."""

from fastapi import APIRouter, Request, Response

from api.answers.errors import hide_store, write_problem
from api.answers.openapi import describe_errors
from api.deps import write_json
from gpu_kedro.contracts.v1.service import Health, Readiness
from gpu_kedro.serving.errors import NoBundleError

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", response_model=Health)
async def tell_live() -> Response:
    """200 while the process runs; looks at nothing else."""
    return write_json({"status": "live"})


@router.get("/ready", response_model=Readiness, responses=describe_errors(503))
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
