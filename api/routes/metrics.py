"""Counts for Prometheus."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from starlette.exceptions import HTTPException

from api.settings import Settings

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def write_metrics(request: Request) -> Response:
    """Requests, durations and the served version as text; 404 unless switched on for this port."""
    settings: Settings = request.app.state.settings
    if not settings.metrics or settings.metrics_port is not None:
        raise HTTPException(404)
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)
