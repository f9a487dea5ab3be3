"""What one would write by hand: FastAPI around the same models and feature functions, and nothing else.

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
from gpu_kedro.domain.features import build_features
from gpu_kedro.domain.identify import assemble_row, read_gpu
from gpu_kedro.modelling.bundle.caveats import find_warnings
from gpu_kedro.modelling.bundle.files import Bundle, read_bundle
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.targets import SEGMENTS, TARGETS

_FIGURES = ("g3d_mark", "price_usd", "tdp_w")
_NOTE = "observations of 2022, in US dollars of that year"


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
        (row,), (reading,), (known,), values, estimates = self._estimate([query])
        match = reading.match
        segment = estimates["segment"]
        labels = list(segment.labels[0])
        measured = known.get("segment")
        answer = {
            "name": query["name"],
            "model_version": self.served.version,
            "parsed": {
                "vendor": row["vendor"],
                "series": row["series"],
                "model": row["model"],
                "suffix": row["suffix"],
                "is_mobile": row["is_mobile"],
                "memory_gb": reading.parsed.memory_gb,
            },
            "match": {
                "spec": match.spec_name,
                "kind": row["match_kind"],
                "confidence": row["match_confidence"],
                "did_you_mean": list(self.served.index.suggest(reading.plain, match)),
            },
            "segment": {
                "labels": labels if measured is None else measured.split(", "),
                "predicted": labels,
                "probabilities": dict(zip(SEGMENTS, segment.probabilities[0].tolist(), strict=True)),
                "source": "predicted" if measured is None else "measured",
            },
        }
        for name in _FIGURES:
            figure, measured = estimates[name], known.get(name)
            predicted = float(figure.predicted[0])
            answer[name] = {
                "value": predicted if measured is None else measured,
                "predicted": predicted,
                "interval_80": figure.bounds[0.8][0].tolist(),
                "interval_90": figure.bounds[0.9][0].tolist(),
                "source": "predicted" if measured is None else "measured",
            }
        answer["price_usd"]["note"] = _NOTE
        outside = self.served.training_range.outside(values)
        answer["warnings"] = find_warnings(query, row, values[0], outside[0], match, (), self.served)
        return answer

    def answer_columns(self, columns: dict[str, list[Any]]) -> dict[str, Any]:
        """Many answers, in the shape of `PredictionColumns`."""
        queries = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        rows, readings, known, values, estimates = self._estimate(queries)
        outside = self.served.training_range.outside(values)
        segment = estimates["segment"]
        answer: dict[str, Any] = {
            "model_version": self.served.version,
            "rows": len(queries),
            "name": columns["name"],
            "match_spec": [reading.match.spec_name for reading in readings],
            "match_kind": [row["match_kind"] for row in rows],
            "match_confidence": [row["match_confidence"] for row in rows],
            "segment": [
                gpu.get("segment") or ", ".join(labels) for gpu, labels in zip(known, segment.labels, strict=True)
            ],
            "segment_source": ["measured" if gpu.get("segment") else "predicted" for gpu in known],
            "p_desktop": segment.probabilities[:, 0].tolist(),
            "p_mobile": segment.probabilities[:, 1].tolist(),
            "p_workstation": segment.probabilities[:, 2].tolist(),
            "warnings": [
                " ".join(
                    warning["code"]
                    for warning in find_warnings(query, row, features, beyond, reading.match, (), self.served)
                )
                for query, row, features, beyond, reading in zip(queries, rows, values, outside, readings, strict=True)
            ],
        }
        for name in _FIGURES:
            figure, measured = estimates[name], [gpu.get(name) for gpu in known]
            predicted = figure.predicted.tolist()
            answer[f"{name}_value"] = [
                guess if fact is None else fact for fact, guess in zip(measured, predicted, strict=True)
            ]
            answer[f"{name}_predicted"] = predicted
            for percent, edges in ((80, figure.bounds[0.8]), (90, figure.bounds[0.9])):
                answer[f"{name}_low_{percent}"] = edges[:, 0].tolist()
                answer[f"{name}_high_{percent}"] = edges[:, 1].tolist()
            answer[f"{name}_source"] = ["predicted" if fact is None else "measured" for fact in measured]
        return answer

    def _estimate(self, queries: Sequence[dict[str, Any]]) -> tuple[list[Any], list[Any], list[Any], Any, Any]:
        rows, readings, known = [], [], []
        for query in queries:
            reading = read_gpu(query["name"], self.served.index)
            rows.append(assemble_row(query["name"], reading, query, {}))
            readings.append(reading)
            known.append(self.served.known.find(reading) or {})
        table = build_features(rows)
        vectors = self.served.embedding.transform(table.texts)
        estimates = {name: self.served.estimate(target, rows, table, vectors) for name, target in TARGETS.items()}
        return rows, readings, known, table.values, estimates


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
