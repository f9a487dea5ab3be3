"""What one would write by hand: FastAPI around the same models, features and words of answers, and nothing else.

No pipeline, no plan, no limits, no request log, no specification sheets: the least that gives the same answers to the
same names. It is the measure of what the service adds.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel
from threadpoolctl import threadpool_limits

from bench.servers.arguments import read_arguments
from gpu_kedro.contracts.assembling import Estimates, Identity, assemble_predictions, tabulate_predictions
from gpu_kedro.domain.features import FeatureTable, build_features
from gpu_kedro.domain.identify import assemble_row, read_gpu
from gpu_kedro.modelling.bundle.files import Bundle, read_bundle
from gpu_kedro.modelling.bundle.ladder import gather_known
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.targets import TARGETS


class GpuQuery(BaseModel):
    """One GPU."""

    name: str
    g3d_mark: float | None = None
    g2d_mark: float | None = None
    price_usd: float | None = None
    tdp_w: float | None = None
    test_year: float | None = None


class GpuColumns(BaseModel):
    """Many GPUs, as columns."""

    name: list[str]
    g3d_mark: list[float | None] | None = None
    g2d_mark: list[float | None] | None = None
    price_usd: list[float | None] | None = None
    tdp_w: list[float | None] | None = None
    test_year: list[float | None] | None = None


class Models:
    """The models of a bundle, asked directly.

    Args:
        folder: one version of a bundle.
    """

    def __init__(self, folder: Path) -> None:
        self.served = ServedBundle(Bundle(*read_bundle(folder)))

    def answer(self, query: dict[str, Any]) -> dict[str, Any]:
        """One answer, in the shape of `Prediction`."""
        return assemble_predictions([query], *self._estimate([query]), self.served)[0]

    def answer_columns(self, columns: dict[str, list[Any]]) -> dict[str, Any]:
        """Many answers, in the shape of `PredictionColumns`."""
        queries = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        answer: dict[str, Any] = tabulate_predictions(queries, *self._estimate(queries), self.served)
        return {**answer, "model_version": self.served.version, "rows": len(queries)}

    def _estimate(self, queries: Sequence[dict[str, Any]]) -> tuple[list[Any], FeatureTable, list[Identity], Estimates]:
        rows, identities = [], []
        for query in queries:
            reading = read_gpu(query["name"], self.served.index)
            row = assemble_row(query["name"], reading, query, {})
            rows.append(row)
            measured = self.served.known.find(reading)
            identities.append(Identity(reading, gather_known(query, row, reading.match, measured, reading.refusal), ()))
        table = build_features(rows)
        vectors = self.served.embedding.transform(table.texts)
        estimates = {name: self.served.estimate(target, rows, table, vectors) for name, target in TARGETS.items()}
        return rows, table, identities, estimates


def create_app(bundles: Path) -> FastAPI:
    """The application.

    Args:
        bundles: store of bundles; the current one is loaded.
    """
    # BLAS's own threads would spin beside the requests
    threadpool_limits(limits=1, user_api="blas")
    models = Models(bundles / json.loads((bundles / "current.json").read_bytes())["version"])
    app = FastAPI()

    @app.get("/health/ready")
    async def tell_ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/v1/predict")
    async def predict(query: GpuQuery) -> Response:
        return Response(orjson.dumps(models.answer(query.model_dump())), media_type="application/json")

    @app.post("/v1/predict/batch")
    def predict_batch(query: GpuColumns) -> Response:
        answer = models.answer_columns(query.model_dump(exclude_none=True))
        return Response(orjson.dumps(answer), media_type="application/json")

    return app


if __name__ == "__main__":
    store, port = read_arguments()
    uvicorn.run(create_app(store), port=port, log_level="warning", access_log=False)
