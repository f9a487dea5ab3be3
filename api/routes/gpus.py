"""The known GPUs: search, and the card of one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.answers.openapi import describe_errors
from api.bodies.routes import PredictionRoute
from api.deps import run_heavy, use_runtime, write_json
from gpu_kedro.contracts.v1.columns import KnownTable, MissingMap
from gpu_kedro.contracts.v1.fields import GpuName
from gpu_kedro.contracts.v1.gpus import AnyGpuCard, GpuCard, GpuList
from gpu_kedro.contracts.v1.queries import MarketQuery, SearchQuery
from gpu_kedro.serving import answers
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.serving.table import map_missing, tabulate_known

router = APIRouter(prefix="/v1", tags=["gpus"], route_class=PredictionRoute)
#: Where a client goes on from an answer (OpenAPI links).
_FROM_SEARCH = {
    "card": {
        "operationId": "describe_gpu",
        "parameters": {"name": "$response.body#/gpus/0/name"},
        "description": "the card of the best match",
    },
    "prediction": {
        "operationId": "predict",
        "requestBody": {"name": "$response.body#/gpus/0/name"},
        "description": "what is predicted of the best match",
    },
}
_FROM_CARD = {
    "comparison": {
        "operationId": "compare_gpus",
        "requestBody": {"names": ["$response.body#/name", "$response.body#/comparable/0/name"]},
        "description": "the GPU beside the one that is most like it",
    }
}


@router.get("/gpus", response_model=GpuList, responses={**describe_errors(422, 503), 200: {"links": _FROM_SEARCH}})
async def search_gpus(search: Annotated[SearchQuery, Query()], request: Request) -> Response:
    """Search the GPUs of the table and of the specifications by name and segment."""
    found = await run_heavy(
        request, answers.search_gpus, use_runtime(request), search.q, search.segment, search.limit, search.offset
    )
    return write_json(found)


@router.get(
    "/gpus/{name:path}",
    response_model=GpuCard,
    responses={**describe_errors(404, 422, 503), 200: {"links": _FROM_CARD}},
)
async def describe_gpu(
    name: Annotated[GpuName, Path(description="any spelling of the GPU's name", examples=["GeForce RTX 3070"])],
    request: Request,
) -> Response:
    """The card of one known GPU: parsed name, specification, measured values, prediction, comparable GPUs."""
    return write_json(await run_heavy(request, answers.describe_gpu, use_runtime(request), name))


@router.post("/card", response_model=AnyGpuCard, responses=describe_errors(400, 413, 415, 422, 503))
async def describe_query(query: MarketQuery, request: Request) -> Response:
    """The card of any GPU, known or not: prediction, specification, measured values, comparable GPUs.

    With a `market`, prices are of that market and not of 2022.
    """
    asked = query.model_dump(exclude={"market"})

    def answer(runtime: Runtime) -> dict[str, Any]:
        return answers.describe_query(runtime, asked, runtime.choose_market(query.market))

    return write_json(await run_heavy(request, answer, use_runtime(request)))


@router.get("/table", response_model=KnownTable, responses=describe_errors(503))
async def tabulate_gpus(request: Request) -> Response:
    """All known GPUs as columns, to explore relationships with; some hundred kilobytes."""
    return write_json(await run_heavy(request, tabulate_known, use_runtime(request)))


@router.get("/missing", response_model=MissingMap, responses=describe_errors(503))
async def map_missing_figures(request: Request) -> Response:
    """Which share of the table's GPUs lacks each figure and each field of the specification, by segment."""
    return write_json(await run_heavy(request, map_missing, use_runtime(request)))
