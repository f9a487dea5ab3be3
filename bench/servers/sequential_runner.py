"""The service itself, with Kedro's `SequentialRunner` in the place of the plan; the runner's log is off."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from api.main import create_app
from api.settings import Settings
from bench.servers.arguments import read_arguments
from gpu_kedro.pipelines.inference.pipeline import ANSWER_PIPELINE
from gpu_kedro.serving.market import FittedMarket
from gpu_kedro.serving.runtime import Runtime, RuntimeStore

_PIPELINE = ANSWER_PIPELINE.to_outputs("predictions")


class RunnerRuntime(Runtime):
    """Answers single queries with a runner and a catalog of its own for each."""

    def predict(self, queries: Sequence[Mapping[str, Any]], market: FittedMarket | None = None) -> list[dict[str, Any]]:
        """Run the pipeline on the queries; the benchmark asks without a market."""
        if market is not None:
            return super().predict(queries, market)
        catalog = DataCatalog({name: MemoryDataset(copy_mode="assign") for name in _PIPELINE.datasets()})
        catalog.save("queries", queries)
        catalog.save("served", self.served)
        answers: list[dict[str, Any]] = SequentialRunner().run(_PIPELINE, catalog)["predictions"].load()
        return answers


class RunnerStore(RuntimeStore):
    """Holds one such run time.

    Args:
        bundles: store of bundles; the current one is loaded and never exchanged.
    """

    def __init__(self, bundles: Path) -> None:
        super().__init__(bundles)
        self._answering = RunnerRuntime.load(bundles)

    def current(self) -> Runtime:
        """The run time to answer with."""
        return self._answering

    def reload_if_changed(self) -> bool:
        """Keep what was loaded."""
        return False


if __name__ == "__main__":
    store, port = read_arguments()
    app = create_app(Settings(bundles=store))
    app.state.store = RunnerStore(store)
    logging.getLogger("kedro").setLevel(logging.WARNING)
    uvicorn.run(app, port=port, log_config=None, access_log=False, server_header=False, ws="none")
