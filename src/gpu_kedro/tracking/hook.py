"""Records runs with MLflow in the local store, and sends them to the server at their end.

Runs are recorded here first and sent whole, rather than written to the server live: a server that dies, hangs or
refuses costs a run nothing but the sending, and `gpu-kedro tracking sync` is the same code. MLflow takes three seconds
to import: it is imported when a context is made, so that `kedro --version` needs none of it.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from gpu_kedro.configuration import check_settings
from gpu_kedro.tracking.errors import NotSentError, explain_failure
from gpu_kedro.tracking.naming import list_pipelines, name_run
from gpu_kedro.tracking.notes import RunNotes, Stopwatch
from gpu_kedro.tracking.options import read_tracking_options
from gpu_kedro.tracking.server.outbox import Outbox
from gpu_kedro.tracking.store import prepare_store

if TYPE_CHECKING:
    from kedro_mlflow.config.kedro_mlflow_config import KedroMlflowConfig


class TrackingHook:
    """Reads kedro-mlflow's settings and stands in for its hook.

    That one connects as soon as a context exists, also for `kedro catalog` or Kedro-Viz, and logs node by node, which
    worker processes cannot. Here the store is opened when a tracked pipeline runs; datasets say in their catalog entry
    what they are (`gpu_kedro.tracking.recording.record_output`). Whatever the store does, the run itself goes on.
    """

    def __init__(self, stopwatch: Stopwatch, outbox: Outbox, notes: RunNotes) -> None:
        self._stopwatch = stopwatch
        self._outbox = outbox
        self._notes = notes
        self._context: KedroContext | None = None
        self._catalog = DataCatalog()
        self._inputs: set[str] = set()
        self._run_id: str | None = None
        self._is_ours = True
        self._process = os.getpid()

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read and check `mlflow.yml` without connecting."""
        from kedro_mlflow.config.kedro_mlflow_config import KedroMlflowConfig

        self._context = context
        # kedro-mlflow's command line looks it up there
        context.__setattr__("mlflow", check_settings(KedroMlflowConfig, context.config_loader["mlflow"], "mlflow"))

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Look whether the server is there, then open the run in the local store; neither if it is not tracked."""
        from kedro_mlflow.io.catalog.switch_catalog_logging import switch_catalog_logging

        config: KedroMlflowConfig = self._context.mlflow  # type: ignore[union-attr]
        self._close("FAILED")  # of a run in this process that another hook refused
        self._run_id, self._catalog, self._inputs = None, catalog, set()
        self._notes.clear()
        if not set(list_pipelines(run_params)) <= set(config.tracking.disable_tracking.pipelines):
            self._outbox.open(read_tracking_options(self._context.config_loader))  # type: ignore[union-attr]
            try:
                self._start(config, run_params, pipeline)
            except Exception as err:  # noqa: BLE001  # whatever is wrong with the store, the run can do without
                self._outbox.do_without(explain_failure(err))
        switch_catalog_logging(catalog, self._run_id is not None)

    def _start(self, config: "KedroMlflowConfig", run_params: dict[str, Any], pipeline: Pipeline) -> None:
        files = prepare_store(config.server.mlflow_tracking_uri)
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        import mlflow

        from gpu_kedro.tracking.recording import EXPERIMENT_TAGS, describe_run, record_parameters

        create = config.tracking.experiment.create_experiment_kwargs
        create.artifact_location = create.artifact_location or files
        with _environment_kept("MLFLOW_TRACKING_URI"):
            config.setup(self._context)
        mlflow.set_experiment_tags(EXPERIMENT_TAGS)
        run = mlflow.active_run()
        self._is_ours = run is None
        if run is None:
            settings = config.tracking.run
            run = mlflow.start_run(run_id=settings.id, run_name=settings.name or name_run(run_params))
        self._run_id, self._process = run.info.run_id, os.getpid()
        # registered after MLflow's own, and so called before it, which would call a run finished that Ctrl-C ended
        atexit.unregister(self._close_interrupted)
        atexit.register(self._close_interrupted)
        mlflow.set_tags(describe_run(run_params))
        record_parameters(pipeline, self._catalog)
        self._inputs = {name for name in pipeline.inputs() if not name.startswith("params:")}

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Log a table that the run did not make itself; those that a worker process reads follow at the end."""
        if self._run_id is not None and os.getpid() == self._process:
            with self._going_on():
                self._record_input(dataset_name, data)

    def _record_input(self, name: str, data: Any) -> None:
        if name in self._inputs:
            from gpu_kedro.tracking.recording import record_input

            self._inputs.discard(name)
            record_input(str(self._run_id), name, data, self._catalog.get(name))

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline) -> None:
        """Log figures, artifacts and durations of everything the run did, and close the run."""
        if self._run_id is None:
            return
        with self._going_on():
            from gpu_kedro.tracking.recording import record_figures, record_output, record_surroundings

            for name in sorted(self._inputs):
                self._record_input(name, self._catalog.load(name))
            record_surroundings(self._notes)
            seconds = self._stopwatch.seconds
            figures = {f"seconds/{node}": value for node, value in seconds.items()}
            figures["seconds/all"] = sum(seconds.values())
            for name in sorted(pipeline.all_outputs()):
                figures |= record_output(name, self._catalog)
            record_figures(figures)
        self._end("FINISHED")

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Close the run as failed; it is sent like any other."""
        self._end("FAILED")

    def _end(self, status: str) -> None:
        if self._run_id is None:
            return
        self._close(status)
        self._outbox.put(self._context.mlflow.server.mlflow_tracking_uri, self._run_id)  # type: ignore[union-attr]
        self._run_id = None

    def _close(self, status: str) -> None:
        if self._run_id is not None and self._is_ours:
            with self._going_on():
                import mlflow

                while mlflow.active_run() is not None:
                    mlflow.end_run(status)

    def _close_interrupted(self) -> None:
        """Mark a run that Ctrl-C ended."""
        self._end("KILLED")

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """Keep the run from being lost to its record: what cannot be recorded is told at its end."""
        try:
            yield
        except Exception as err:  # noqa: BLE001  # whatever is wrong with the store
            self._outbox.lose(explain_failure(err))


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
    """Sends the recorded run when everything else about it is done."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    @hook_impl(trylast=True)
    def after_pipeline_run(self) -> None:
        """Send the run.

        Raises:
            NotSentError: the store or the server did not take all of it.
        """
        self._outbox.send()

    @hook_impl(trylast=True)
    def on_pipeline_error(self) -> None:
        """Send the failed run; why it cannot be sent must not hide why it failed."""
        try:
            self._outbox.send()
        except NotSentError as err:
            self._outbox.console.print(err.message, markup=False, highlight=False)
