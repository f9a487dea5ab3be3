"""Questions of somebody who wants to buy: a price, a comparison, the frontier."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.answers.openapi import describe_errors
from api.bodies.routes import PredictionRoute
from api.deps import run_heavy, use_runtime, write_json
from gpu_kedro.contracts.v1 import CompareQuery, Comparison, Frontier, FrontierQuery, ValueQuery, Verdict
from gpu_kedro.serving import answers
from gpu_kedro.serving.verdict import judge_price as judge

router = APIRouter(prefix="/v1", tags=["market"], route_class=PredictionRoute)
_ERRORS = describe_errors(400, 413, 415, 422, 503)


@router.post("/value", response_model=Verdict, responses=_ERRORS)
async def judge_price(query: ValueQuery, request: Request) -> Response:
    """Whether a price is a good deal, fair or too high, judged by the interval of fair prices; or that nobody can say.

    The price asked is judged, and never an input of its own fair price.
    """
    asked = {**query.model_dump(exclude={"max_tdp_w"}), "price_usd": None}
    judged = await run_heavy(request, judge, use_runtime(request), asked, query.price_usd, query.max_tdp_w)
    return write_json(judged)


@router.post("/compare", response_model=Comparison, responses=_ERRORS)
async def compare_gpus(query: CompareQuery, request: Request) -> Response:
    """Predictions of two to ten GPUs side by side."""
    return write_json(await run_heavy(request, answers.compare_gpus, use_runtime(request), query.names))


@router.get("/frontier", response_model=Frontier, responses=describe_errors(422, 503))
async def find_frontier(wanted: Annotated[FrontierQuery, Query()], request: Request) -> Response:
    """The GPUs that no other beats in both price and performance, within a budget, a power limit and a segment."""
    found = await run_heavy(
        request,
        answers.find_frontier,
        use_runtime(request),
        wanted.budget_usd,
        wanted.max_tdp_w,
        wanted.segment,
        wanted.min_g3d_mark,
    )
    return write_json(found)
