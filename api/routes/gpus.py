"""The known GPUs: search, and the card of one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.bodies import PredictionRoute
from api.deps import run_heavy, use_runtime, write_json
from api.openapi import describe_errors
from gpu_kedro.serving import answers
from gpu_kedro.serving.contracts import GpuCard, GpuList, GpuName, SearchQuery

router = APIRouter(prefix="/v1/gpus", tags=["gpus"], route_class=PredictionRoute)


@router.get("", response_model=GpuList, responses=describe_errors(422, 503))
async def search_gpus(search: Annotated[SearchQuery, Query()], request: Request) -> Response:
    """Search the GPUs of the table and of the specifications by name and segment."""
    found = await run_heavy(
        request, answers.search_gpus, use_runtime(request), search.q, search.segment, search.limit, search.offset
    )
    return write_json(found)


@router.get("/{name:path}", response_model=GpuCard, responses=describe_errors(404, 422, 503))
async def describe_gpu(
    name: Annotated[GpuName, Path(description="any spelling of the GPU's name", examples=["GeForce RTX 3070"])],
    request: Request,
) -> Response:
    """The card of one known GPU: parsed name, specification, measured values, prediction, comparable GPUs."""
    return write_json(await run_heavy(request, answers.describe_gpu, use_runtime(request), name))
