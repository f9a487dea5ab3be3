"""Partitions scored on a Dask cluster that is there already, or on one of this machine's processes."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from distributed import Client, KilledWorker, LocalCluster, Worker, WorkerPlugin, as_completed

from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.pipelines.batch_inference.errors import BatchError
from gpu_kedro.pipelines.batch_inference.options import BatchOptions
from gpu_kedro.pipelines.batch_inference.scoring import Outcome, Task, bind, score_partition, unbind

_ANSWER_SECONDS = 20


class BindBundle(WorkerPlugin):  # type: ignore[misc]  # the library has no types
    """Brings the bundle to each worker once, also to those that come later or come back.

    It is read and checked where the batch was started, so that all answer with the same.
    """

    def __init__(self, bundle: Bundle, version: str) -> None:
        self.name = f"gpu_kedro {version}"
        self._bundle = bundle
        self._version = version

    def setup(self, worker: Worker) -> None:  # noqa: ARG002
        """Load it."""
        bind(self._bundle)

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002
        """Let it go."""
        unbind(self._version)


def score_on_cluster(tasks: Sequence[Task], bundle: Bundle, options: BatchOptions) -> Iterator[Outcome]:
    """Score partitions; those of a worker that is lost are scored by another.

    Raises:
        BatchError: no scheduler answers, it has no workers, or one partition ends every worker that takes it.
    """
    # Dask sets its level when it is imported, whatever the project's logging says
    logging.getLogger("distributed").setLevel(logging.WARNING)
    with ExitStack() as stack:
        client = _connect(stack, options)
        plugin = BindBundle(bundle, tasks[0].version)
        client.register_plugin(plugin)
        stack.callback(client.unregister_worker_plugin, plugin.name)
        futures = client.map(score_partition, tasks, pure=False, key="score_partition")
        names = {future.key: task.file.name for future, task in zip(futures, tasks, strict=True)}
        for future in as_completed(futures):
            try:
                yield future.result()
            except KilledWorker as err:
                yield Outcome(names[future.key], 0, 0, f"ended every worker that took it ({err})")
            future.release()


def _connect(stack: ExitStack, options: BatchOptions) -> Client:
    if not options.scheduler:
        cluster = stack.enter_context(
            LocalCluster(n_workers=options.count_workers(), threads_per_worker=1, dashboard_address=None)
        )
        return stack.enter_context(Client(cluster))
    try:
        client = stack.enter_context(Client(options.scheduler, timeout=_ANSWER_SECONDS))
        client.wait_for_workers(1, timeout=_ANSWER_SECONDS)
    except (OSError, ValueError) as err:
        raise BatchError(
            f"{options.scheduler}: no Dask cluster with a worker answers there ({err}); see DASK_SCHEDULER_ADDRESS, "
            "which left empty starts one on this machine"
        ) from err
    return client
