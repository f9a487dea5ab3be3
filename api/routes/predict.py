"""Predictions: one GPU, columns of GPUs, a file of GPUs."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse

from api.answers.openapi import describe_errors
from api.bodies.routes import BulkRoute, SingleRoute
from api.bodies.score_file import answer_csv, answer_parquet, open_market, open_upload
from api.bodies.uploads import CSV, EXCEL, FORM, PARQUET, TSV, read_upload
from api.deps import run_bulk, run_heavy, use_paced_runtime, use_runtime, write_json
from api.load.lanes import Lane, hold
from gpu_kedro.contracts.batch import Batch
from gpu_kedro.contracts.explained import ExplainedPrediction
from gpu_kedro.contracts.v1.columns import BadRow, PredictionColumns
from gpu_kedro.contracts.v1.predictions import Prediction
from gpu_kedro.contracts.v1.queries import MarketQuery
from gpu_kedro.serving import answers
from gpu_kedro.serving.runtime import Runtime

router = APIRouter(prefix="/v1/predict", tags=["predict"], route_class=SingleRoute)
bulk = APIRouter(prefix="/v1/predict", tags=["predict"], route_class=BulkRoute)
_ERRORS = describe_errors(400, 408, 413, 415, 422, 503)
_TEXT = {
    "type": "string",
    "description": "header `name,…` and one GPU a row",
    "examples": ["name,tdp_w\nRTX 3070,220\n"],
}
_TABBED = {**_TEXT, "examples": ["name\ttdp_w\nRTX 3070\t220\n"]}
_FILE = {
    "type": "string",
    "format": "binary",
    "description": "a file of any of these",
    "examples": ["name\nRTX 3070\n"],
}
_BINARY = {**_FILE, "description": "a Parquet file", "examples": ["PAR1…"]}
_BOOK = {**_FILE, "description": "an Excel workbook (.xlsx)", "examples": ["PK…"]}
_MARKET_FILE = {
    **_FILE,
    "description": "a file of up to 500 observed prices, with a `date` and perhaps a `condition`: prices are of them",
    "examples": ["name,price_usd,date,condition\nRTX 3060,210,2026-03,used\n"],
}
_AS_OF = {"type": "string", "description": "of when prices are wanted", "examples": ["2026-03"]}
_CONDITION = {
    "type": "string",
    "enum": ["new", "used"],
    "description": "of what prices are wanted",
    "examples": ["used"],
}
_UPLOAD = {
    "required": True,
    "content": {
        CSV: {"schema": _TEXT},
        TSV: {"schema": _TABBED},
        EXCEL: {"schema": _BOOK},
        PARQUET: {"schema": _BINARY},
        FORM: {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": _FILE, "market": _MARKET_FILE, "as_of": _AS_OF, "condition": _CONDITION},
            }
        },
    },
}
#: Of a file that is being answered, beside what was sent: some thousand rows, and a part of the answer.
_FILE_BYTES = 2_000_000

_COLUMN = Query(
    max_length=300,
    description="which column holds the names: its header, or its number counted from 1",
    examples=["Graphics card"],
)
_EXPLAIN = Query(
    description="add to each answer what every input adds to it (`explanation`); ten to a hundred times the work",
    examples=[True],
)


@router.post("", response_model=ExplainedPrediction | Prediction, responses=_ERRORS)
async def predict(query: MarketQuery, request: Request, explain: Annotated[bool, _EXPLAIN] = False) -> Response:
    """Segment, performance, price and power of one GPU, with intervals; measured figures where the table has them.

    With a `market`, the price is of that market and not of 2022. `explain=true` tells what each input (name, memory,
    chip …) adds to each answer, in its own unit and adding up to it; it explains the price of 2022, so it takes no
    market. Batches and files are not explained.
    """
    asked = query.model_dump()
    if (market := asked.pop("market")) is not None:
        return await _predict_in_market(request, asked, market, explain)
    if explain:
        with request.app.state.lanes.question.slots.take():
            return write_json(await run_heavy(request, use_runtime(request).explain, asked))
    # a millisecond of arithmetic: a thread would cost more than it frees
    answer = await request.app.state.batcher.predict(asked)
    request.state.model_version = answer["model_version"]
    return write_json(answer)


async def _predict_in_market(
    request: Request, asked: dict[str, Any], market: dict[str, Any], explain: bool
) -> Response:
    if explain:
        told = {"type": "value_error", "loc": ("body", "market"), "msg": "leave it out: prices of 2022 are explained"}
        raise RequestValidationError([told])
    runtime = use_runtime(request)
    fitted = runtime.recall_market(market)
    if fitted is None:
        with request.app.state.lanes.question.slots.take():
            fitted = await run_heavy(request, runtime.fit_market, market)
    return write_json({**runtime.predict([asked], fitted)[0], **fitted.tell()})


@bulk.post("/batch", response_model=PredictionColumns | list[Prediction | BadRow], responses=_ERRORS)
async def predict_batch(query: Batch, request: Request) -> Response:
    """Columns in, columns out, up to 10,000 rows; the fields of a specification sheet are columns `spec_<field>`.

    A list of up to 1,000 GPUs, each as `/v1/predict` takes it, is answered by a list. A row that cannot be taken has
    its `error`; the others are answered. With a `market`, which columns may bring, prices are of that market, and
    `market_total` is what all rows cost together.
    """
    answer = await run_bulk(request, answer_batch, query, use_paced_runtime(request))
    hold(request, len(answer.body))
    return answer


def answer_batch(query: Batch, runtime: Runtime) -> Response:
    """Predict and write what was asked for."""
    return write_json(answers.predict_batch(runtime, query))


@bulk.post(
    "/file",
    response_class=Response,
    responses={
        **_ERRORS,
        200: {
            "description": "the same rows with predictions, in the format of the upload; those of Excel as CSV",
            "content": {CSV: {"schema": _TEXT}, TSV: {"schema": _TABBED}, PARQUET: {"schema": _BINARY}},
        },
    },
    openapi_extra={"requestBody": _UPLOAD},
)
async def predict_file(request: Request, column: Annotated[str | None, _COLUMN] = None) -> Response:
    """Score a CSV, TSV, Excel or Parquet file: the body itself, or a form with it, and perhaps with its `market`.

    The column of names is found by its header (`GPU`, `Graphics card`, `Grafikkarte`, `显卡型号` …), failing that by
    its cells; `price`, `TDP`, `G3Dmark` and the like are read too, and fields of a sheet as `spec_<field>`. Title rows
    and cover sheets are passed over, numbers are read as the file writes them. Columns of your own come back as they
    are, with these behind them (`gpu_` in front where your table has the name): `row`, the number of the row in the
    file; the predictions; `notes`, cells that could not be read and were left out; `error`, why a row has no answer. In
    CSV, a text that a spreadsheet would run as a formula comes back with an apostrophe in front. Rows of the `market`
    that do not count are told in the header `X-Market-Notes`.
    """
    lane: Lane = request.app.state.lanes.bulk
    lane.slots.check()
    runtime = use_paced_runtime(request)
    upload = await read_upload(request)
    hold(request, _FILE_BYTES)
    max_rows: int = request.app.state.settings.max_file_rows
    with lane.slots.take():
        table = await run_bulk(request, open_upload, upload.content, upload.kind, runtime, column, max_rows)
        hold(request, table.held_bytes)
        market, told = await run_bulk(request, open_market, upload, runtime)
        if table.kind == "parquet":
            scored = await run_bulk(request, answer_parquet, table, runtime, market, partial(hold, request))
            return Response(scored, media_type=PARQUET, headers=_attach("parquet") | told)
        parts = await run_bulk(request, answer_csv, table, runtime, market)
    ending, media_type = ("tsv", TSV) if table.delimiter == "\t" else ("csv", CSV)
    return StreamingResponse(
        _stream(request, parts), media_type=f"{media_type}; charset=utf-8", headers=_attach(ending) | told
    )


def _attach(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="predictions.{ending}"'}


async def _stream(request: Request, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The parts of a file, each computed when the client has taken the one before."""
    while part := await run_bulk(request, next, parts, b""):
        yield part
