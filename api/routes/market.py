"""Questions of somebody who wants to buy: a price, a comparison, the frontier."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.answers.openapi import describe_errors
from api.bodies.routes import PredictionRoute
from api.deps import run_heavy, use_runtime, write_json
from gpu_kedro.contracts.v1.market import Comparison, Frontier, Verdict
from gpu_kedro.contracts.v1.observations import FittedMarket, Market
from gpu_kedro.contracts.v1.queries import CompareQuery, FrontierQuery, MarketFrontierQuery, ValueQuery
from gpu_kedro.serving import answers
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.serving.verdict import judge_price as judge

router = APIRouter(prefix="/v1", tags=["market"], route_class=PredictionRoute)
_ERRORS = describe_errors(400, 413, 415, 422, 503)


@router.post("/market", response_model=FittedMarket, responses=_ERRORS)
async def fit_market(query: Market, request: Request) -> Response:
    """How well observed prices are explained: each beside what all others say, and which of them is junk.

    The same `market` then goes into other requests; one that came lately is not fitted again.
    """
    runtime = use_runtime(request)
    fitted = await run_heavy(request, runtime.fit_market, query.model_dump())
    return write_json({"model_version": runtime.version, **fitted.explain()})


@router.post("/value", response_model=Verdict, responses=_ERRORS)
async def judge_price(query: ValueQuery, request: Request) -> Response:
    """Whether a price is a good deal, fair or too high, judged by the interval of fair prices; or that nobody can say.

    The price asked is judged, and never an input of its own fair price. With a `market` it is judged by that market.
    """
    asked = query.model_dump(exclude={"max_tdp_w", "market"})

    def answer(runtime: Runtime) -> dict[str, Any]:
        return judge(runtime, asked, query.price_usd, query.max_tdp_w, runtime.choose_market(query.market))

    return write_json(await run_heavy(request, answer, use_runtime(request)))


@router.post("/compare", response_model=Comparison, responses=_ERRORS)
async def compare_gpus(query: CompareQuery, request: Request) -> Response:
    """Predictions of two to ten GPUs side by side, at the prices of 2022 or of a `market`."""

    def answer(runtime: Runtime) -> dict[str, Any]:
        return answers.compare_gpus(runtime, query.names, runtime.choose_market(query.market))

    return write_json(await run_heavy(request, answer, use_runtime(request)))


@router.get("/frontier", response_model=Frontier, responses=describe_errors(422, 503))
async def find_frontier(wanted: Annotated[FrontierQuery, Query()], request: Request) -> Response:
    """The GPUs that no other beats in both price and performance, within a budget, a power limit and a segment."""
    return write_json(await run_heavy(request, _find_frontier, use_runtime(request), wanted))


@router.post("/frontier", response_model=Frontier, responses=_ERRORS)
async def find_market_frontier(query: MarketFrontierQuery, request: Request) -> Response:
    """The same as `GET /v1/frontier`, at the prices of a `market`."""
    return write_json(await run_heavy(request, _find_frontier, use_runtime(request), query, query.market))


def _find_frontier(runtime: Runtime, wanted: FrontierQuery, market: Market | None = None) -> dict[str, Any]:
    return answers.find_frontier(
        runtime,
        wanted.budget_usd,
        wanted.max_tdp_w,
        wanted.segment,
        wanted.min_g3d_mark,
        runtime.choose_market(market),
    )
