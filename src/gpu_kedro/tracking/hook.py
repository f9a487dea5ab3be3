"""Records runs with kedro-mlflow in the local store, and sends them to the server at their end.

Runs are recorded here first and sent whole, rather than written to the server live: a server that dies, hangs or
refuses costs a run nothing but the sending, `gpu-kedro tracking sync` is the same code, and a run with 8,800 metrics
and 150 parameters is some dozens of requests instead of hundreds that each node would wait for.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mlflow
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro_mlflow.config.kedro_mlflow_config import KedroMlflowConfig
from kedro_mlflow.framework.hooks import MlflowHook
from mlflow.entities import RunStatus
from pydantic import BaseModel
from rich.console import Console

from gpu_kedro.pipelines.packaging.nodes import hash_table
from gpu_kedro.resolvers import sqlite_path
from gpu_kedro.tracking.errors import NotSentError
from gpu_kedro.tracking.options import read_tracking_options
from gpu_kedro.tracking.outbox import Outbox
from gpu_kedro.tracking.recording import (
    describe_run,
    number_lists,
    record_environment,
    record_output,
    record_seconds,
)
from gpu_kedro.tracking.stopwatch import Stopwatch

_TABLE = "raw_gpus"


class TrackingHook(MlflowHook):  # type: ignore[misc]  # the library has no types
    """kedro-mlflow's hook, opening the store only when a tracked pipeline runs, with metrics and artifacts at its end.

    kedro-mlflow connects as soon as a context exists, also for `kedro catalog` or Kedro-Viz; here that waits for the
    run. Datasets say in their catalog entry what they are (`gpu_kedro.tracking.recording.record_output`).

    Args:
        stopwatch: knows how long nodes took.
        outbox: sends the run.
    """

    def __init__(self, stopwatch: Stopwatch, outbox: Outbox) -> None:
        super().__init__()
        self._stopwatch = stopwatch
        self._outbox = outbox
        self._is_open = False
        atexit.register(self._close_interrupted)

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read and check `mlflow.yml` without connecting."""
        config = KedroMlflowConfig.model_validate(context.config_loader["mlflow"])
        self._context = context
        self._already_active_mlflow = False
        self.mlflow_config = config
        # kedro-mlflow's command line looks it up there
        context.__setattr__("mlflow", config)

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Look whether the server is there, then open the run in the local store; neither if it is not tracked."""
        names = run_params.get("pipeline_names") or [run_params.get("pipeline_name") or "__default__"]
        is_tracked = not set(names) <= set(self.mlflow_config.tracking.disable_tracking.pipelines)
        if is_tracked:
            self._outbox.open(read_tracking_options(self._context.config_loader))
            self._already_active_mlflow = mlflow.active_run() is not None
            self._prepare_store()
            with _environment_kept("MLFLOW_TRACKING_URI"):
                self.mlflow_config.setup(self._context)
        super().before_pipeline_run(run_params=run_params, pipeline=pipeline, catalog=catalog)
        if is_tracked:
            self._is_open = True
            mlflow.set_tags(describe_run(names))

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Tag the run with the hash of the table it read."""
        if dataset_name == _TABLE and self._is_mlflow_enabled:
            mlflow.MlflowClient().set_tag(self.run_id, "data_sha256", hash_table(data))

    @hook_impl
    def before_node_run(self, node: Node, catalog: DataCatalog, inputs: dict[str, Any], is_async: bool) -> None:
        """Log the node's parameters, options flattened into one parameter per value."""
        if self._is_mlflow_enabled:
            plain = {
                name: value.model_dump(mode="json") if isinstance(value, BaseModel) else value
                for name, value in inputs.items()
                if name.startswith("params:")
            }
            super().before_node_run(node=node, catalog=catalog, inputs=number_lists(plain), is_async=is_async)

    @hook_impl
    def after_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Log metrics, artifacts and durations of everything the run did, and close the run."""
        if self._is_mlflow_enabled:
            record_environment()
            record_seconds(self._stopwatch.seconds)
            for name in sorted(pipeline.all_outputs()):
                record_output(name, catalog)
        super().after_pipeline_run(run_params=run_params, pipeline=pipeline, catalog=catalog)
        self._hand_over()

    @hook_impl
    def on_pipeline_error(
        self, error: Exception, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Close the run as failed; it is sent like any other."""
        super().on_pipeline_error(error=error, run_params=run_params, pipeline=pipeline, catalog=catalog)
        self._hand_over()

    def _hand_over(self) -> None:
        if self._is_mlflow_enabled:
            self._is_open = False
            self._outbox.put(self.mlflow_config.server.mlflow_tracking_uri, self.run_id)

    def _close_interrupted(self) -> None:
        """Mark a run that Ctrl-C ended; MLflow's own exit handler, which runs later, would call it finished."""
        if self._is_open and mlflow.active_run() is not None:
            mlflow.end_run(RunStatus.to_string(RunStatus.KILLED))

    def _prepare_store(self) -> None:
        """Make the folders of a local store."""
        database = sqlite_path(self.mlflow_config.server.mlflow_tracking_uri or "")
        if database is not None:
            database.parent.mkdir(parents=True, exist_ok=True)
            kwargs = self.mlflow_config.tracking.experiment.create_experiment_kwargs
            if kwargs.artifact_location is None:
                kwargs.artifact_location = (database.parent / "artifacts").as_uri()


@contextmanager
def _environment_kept(name: str) -> Iterator[None]:
    """Undo a change of a variable: MLflow writes the store it uses into the variable that names the user's server."""
    before = os.environ.get(name)
    try:
        yield
    finally:
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


class SendingHook:
    """Sends the recorded run when everything else about it is done.

    Args:
        console: where to say how it goes.
        outbox: holds the run.
    """

    def __init__(self, console: Console, outbox: Outbox) -> None:
        self._console = console
        self._outbox = outbox

    @hook_impl(trylast=True)
    def after_pipeline_run(self) -> None:
        """Send the run.

        Raises:
            NotSentError: the server did not take all of it.
        """
        self._outbox.send(self._console)

    @hook_impl(trylast=True)
    def on_pipeline_error(self) -> None:
        """Send the failed run; why it cannot be sent must not hide why it failed."""
        try:
            self._outbox.send(self._console)
        except NotSentError as err:
            self._console.print(err.message, markup=False, highlight=False)
