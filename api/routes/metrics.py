"""Counts for Prometheus."""

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.middleware.metrics import MEDIA_TYPE
from gpu_kedro.serving.errors import NoBundleError

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def write_metrics(request: Request) -> Response:
    """Requests, durations and the served version as text; 404 unless switched on."""
    if not request.app.state.settings.metrics:
        raise HTTPException(404)
    try:
        version = request.app.state.store.current().version
    except NoBundleError:
        version = None
    return Response(request.app.state.metrics.write(version), media_type=MEDIA_TYPE)
