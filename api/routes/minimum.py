"""Minimum specifications."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from api.answers.openapi import describe_errors
from api.bodies.routes import BulkRoute
from api.deps import run_bulk, use_paced_runtime, write_json
from gpu_kedro.contracts.v1.minimum import Minimum, MinimumQuery
from gpu_kedro.serving.buying import minimum

router = APIRouter(prefix="/v1", tags=["market"], route_class=BulkRoute)


@router.post("/minimum", response_model=Minimum, responses=describe_errors(400, 404, 408, 413, 415, 422, 503))
async def find_minimum(query: MinimumQuery, request: Request) -> Response:
    """The least GPUs of each maker, desktop and laptop, that reach a GPU or a mark, with the chance that they do.

    With a `population` (a survey of players, a fleet) also the share of it that is fast enough, with its interval, and
    which GPUs just miss.
    """
    asked: dict[str, Any] = query.model_dump()
    answer = partial(
        minimum.find_minimum, use_paced_runtime(request), asked, query.chance, query.since, asked["population"]
    )
    return write_json(await run_bulk(request, answer))
