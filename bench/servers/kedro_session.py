"""A Kedro session for each request: one row in a file, `kedro run --pipeline inference`, one row back.

The process is warm, so neither Python's start nor the imports count. The folders of data and records come from the
environment (`GPU_KEDRO_DATA_DIR`, `GPU_KEDRO_MLRUNS_DIR`).
"""

import csv
import tempfile
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from pydantic import BaseModel

from bench.servers.arguments import read_arguments
from gpu_kedro.resolvers import PROJECT_PATH


class NamedGpu(BaseModel):
    """One GPU."""

    name: str


def predict(query: NamedGpu) -> dict[str, str]:
    """Score a file of one row."""
    with tempfile.TemporaryDirectory(prefix="gpu_kedro_session_") as folder:
        asked, answered = Path(folder) / "queries.csv", Path(folder) / "scored.csv"
        with asked.open("w", newline="") as file:
            csv.writer(file).writerows([["name"], [query.name]])
        session = KedroSession.create(PROJECT_PATH, runtime_params={"input": str(asked), "output": str(answered)})
        with session:
            session.run(pipeline_names=["inference"])
        with answered.open(newline="") as file:
            (row,) = csv.DictReader(file)
    return row


def create_app() -> FastAPI:
    """The application."""
    bootstrap_project(PROJECT_PATH)
    app = FastAPI()
    app.post("/v1/predict")(predict)

    @app.get("/health/ready")
    async def tell_ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


if __name__ == "__main__":
    _, port = read_arguments()
    uvicorn.run(create_app(), port=port, log_level="warning", access_log=False)
