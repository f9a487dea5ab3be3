"""What happens around a run: progress and results on the terminal, parameters, metrics and artifacts to MLflow."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mlflow
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro_mlflow.config.kedro_mlflow_config import KedroMlflowConfig
from kedro_mlflow.framework.hooks import MlflowHook
from pydantic import BaseModel
from rich.console import Console
from threadpoolctl import threadpool_limits

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.modelling.bundle import BundleError
from gpu_kedro.resolvers import sqlite_path
from gpu_kedro.summary import print_results

_METRICS_PER_CALL = 900


class ProgressHook:
    """Prints one line per finished node, and the table of results at the end."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._started: dict[str, float] = {}
        self._done = 0
        self._total = 0
        self._run_started = 0.0

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Count the nodes."""
        self._done, self._total, self._run_started = 0, len(pipeline.nodes), time.monotonic()

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Start the node's clock."""
        self._started[node.name] = time.monotonic()

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Print the node's line."""
        self._done += 1
        seconds = time.monotonic() - self._started[node.name]
        width = len(str(self._total))
        self._console.print(f"[{self._done:>{width}}/{self._total}] {node.name:<44} {seconds:7.1f} s", highlight=False)

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """End with one line, without a traceback, when the data are at fault."""
        fault = find_data_fault(error)
        if fault is not None:
            sys.excepthook = lambda *_: self._console.print(f"Error: {fault}", markup=False, highlight=False)

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Print what the run found, where it wrote it, and how long it took."""
        print_results(self._console, pipeline.all_outputs(), catalog)
        self._console.print(f"Done in {time.monotonic() - self._run_started:.0f} s.", highlight=False)


def find_data_fault(error: BaseException | None) -> GpuKedroError | None:
    """The complaint about the data behind an error, if there is one."""
    while error is not None and not isinstance(error, GpuKedroError):
        error = error.__cause__
    return error


class RepeatabilityHook:
    """Lets linear algebra use one thread, so that sums, and with them bundles, do not depend on the number of cores."""

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Set the limit for this process; training uses more cores by processes."""
        threadpool_limits(limits=1, user_api="blas")


class TrackingHook(MlflowHook):  # type: ignore[misc]  # the library has no types
    """kedro-mlflow's hook, connected only when a tracked pipeline runs, with metrics and artifacts at its end.

    kedro-mlflow connects as soon as a context exists, also for `kedro catalog` or Kedro-Viz; here the connection
    waits for the run. Datasets say in their catalog entry what they are: `metadata: {tracking: metrics}` (a results
    dictionary) or `metadata: {tracking: artifact}`; they are saved locally first.
    """

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
        """Connect and open the run, unless the pipeline is not tracked."""
        names = run_params.get("pipeline_names") or [run_params.get("pipeline_name") or "__default__"]
        if not set(names) <= set(self.mlflow_config.tracking.disable_tracking.pipelines):
            self._already_active_mlflow = mlflow.active_run() is not None
            self._prepare_store()
            self.mlflow_config.setup(self._context)
        super().before_pipeline_run(run_params=run_params, pipeline=pipeline, catalog=catalog)
        if self._is_mlflow_enabled:
            mlflow.set_tag("pipeline", "+".join(names))

    @hook_impl
    def before_node_run(self, node: Node, catalog: DataCatalog, inputs: dict[str, Any], is_async: bool) -> None:
        """Log the node's parameters, options flattened into one parameter per value."""
        if self._is_mlflow_enabled:
            plain = {
                name: value.model_dump(mode="json") if isinstance(value, BaseModel) else value
                for name, value in inputs.items()
                if name.startswith("params:")
            }
            super().before_node_run(node=node, catalog=catalog, inputs=_number_lists(plain), is_async=is_async)

    @hook_impl
    def after_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Log metrics and artifacts of everything the run wrote, and close the run."""
        if self._is_mlflow_enabled:
            for name in sorted(pipeline.all_outputs()):
                self._log_output(name, catalog)
        super().after_pipeline_run(run_params=run_params, pipeline=pipeline, catalog=catalog)

    def _log_output(self, name: str, catalog: DataCatalog) -> None:
        dataset = catalog.get(name)
        match (getattr(dataset, "metadata", None) or {}).get("tracking"):
            case "metrics":
                metrics = list(flatten_metrics(catalog.load(name)))
                for start in range(0, len(metrics), _METRICS_PER_CALL):
                    mlflow.log_metrics(dict(metrics[start : start + _METRICS_PER_CALL]))
            case "artifact":
                path = artifact_path(dataset)
                if path.is_dir():
                    mlflow.log_artifacts(str(path), artifact_path=f"{name}/{path.name}")
                elif path.is_file():
                    mlflow.log_artifact(str(path), artifact_path=_layer_of(path))

    def _prepare_store(self) -> None:
        """Make the folders of a local store; a server decides itself where its artifacts go."""
        database = sqlite_path(self.mlflow_config.server.mlflow_tracking_uri or "")
        if database is not None:
            database.parent.mkdir(parents=True, exist_ok=True)
            kwargs = self.mlflow_config.tracking.experiment.create_experiment_kwargs
            if kwargs.artifact_location is None:
                kwargs.artifact_location = (database.parent / "artifacts").as_uri()


def _number_lists(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn lists of dictionaries into dictionaries by position, so that they flatten too."""
    plain: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            value = {str(position): item for position, item in enumerate(value)}
        plain[key] = _number_lists(value) if isinstance(value, Mapping) else value
    return plain


def flatten_metrics(results: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Name every figure of a results dictionary `target/split/level/model/stratum/metric`."""

    def walk(prefix: str, value: Any) -> Iterator[tuple[str, float]]:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield from walk(f"{prefix}/{key}", inner)
        elif isinstance(value, int | float) and value == value:
            yield prefix, float(value)

    if "splits" in results:
        yield from walk(str(results["target"]), results["splits"])


def artifact_path(dataset: Any) -> Path:
    """The file or folder that a dataset wrote."""
    try:
        folder = dataset._folder() if hasattr(dataset, "_folder") else dataset._filepath
    except BundleError:
        folder = dataset._filepath
    return Path(os.fspath(folder))


def _layer_of(path: Path) -> str:
    return path.parent.name


HOOKS = (ProgressHook(), RepeatabilityHook(), TrackingHook())
