"""Sends recorded runs to a server: each exactly once, whole, and from where it stopped when it was killed.

The server's own copy is the only record of what was sent. A run is created there with the id of its source in a tag,
in one request; whatever of it has arrived is not sent again; a second tag, written last, says that it is complete.

Why not MLflow's asynchronous logging, or mlflow-export-import: the first holds what was not taken in memory, and loses
it with the process; the second makes another copy of a run each time.
"""

import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from filelock import FileLock, Timeout
from mlflow.artifacts import download_artifacts
from mlflow.entities import Metric, Param, Run, RunStatus, RunTag, ViewType
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.tracking import MlflowClient
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from gpu_kedro.resolvers import sqlite_path
from gpu_kedro.tracking.bounded import Budget, GivenUpError
from gpu_kedro.tracking.naming import PROCESS_TAG, is_running
from gpu_kedro.tracking.options import TrackingOptions

SOURCE_TAG = "gpu_kedro.source_run"
SENT_TAG = "gpu_kedro.sent"
_COMPLETE = "complete"
_METRICS_PER_REQUEST = 500
_PARAMS_PER_REQUEST = 100
_TAGS_PER_REQUEST = 100
#: Longest values that servers as old as DagsHub's take.
_LONGEST_PARAM = 500
_LONGEST_TAG = 5000
_THREADS = 4

Outcome = Literal["sent", "there already", "still running", "deleted there"]
#: Tells how many of how many requests for a run are done.
Progress = Callable[[int, int], None]


class Step(NamedTuple):
    """One request that can be repeated without harm, and what it carries."""

    send: Callable[[], Any]
    size_bytes: int = 0


def find_runs(source: MlflowClient, experiments: list[str]) -> list[Run]:
    """Recorded runs of the named experiments, oldest first, parents before their children."""
    known = [item.experiment_id for item in source.search_experiments() if item.name in experiments]
    if not known:
        return []
    search = partial(source.search_runs, known, max_results=100, order_by=["attributes.start_time ASC"])
    page = search()
    runs = list(page)
    while page.token:
        page = search(page_token=page.token)
        runs.extend(page)
    return sorted(runs, key=lambda run: (MLFLOW_PARENT_RUN_ID in run.data.tags, run.info.start_time))


class Sender:
    """Sends runs of one store (`source`) to one server (`target`); without a budget for as long as it takes."""

    def __init__(
        self, source: MlflowClient, target: MlflowClient, options: TrackingOptions, budget: Budget | None = None
    ) -> None:
        self._source = source
        self._target = target
        self._options = options
        self._budget = budget or Budget(float("inf"))
        self._experiments: dict[str, str] = {}
        self._sent: dict[str, str] = {}

    def send(self, run: Run, report: Progress | None = None) -> Outcome:
        """Send what the server lacks of one run.

        Raises:
            GivenUpError: the budget is used up.
            TrackingError: the server has files put elsewhere.
            MlflowException: the server does not take it.
        """
        if is_running(run):
            return "still running"
        copy = self._find(run)
        if copy is not None and copy.info.lifecycle_stage == "deleted":
            return "deleted there"
        if copy is not None and copy.data.tags.get(SENT_TAG) == _COMPLETE:
            self._sent[run.info.run_id] = copy.info.run_id
            return "there already"
        is_new = copy is None
        copy = copy or self._create(run)
        self._options.check_place(copy.info.artifact_uri)
        self._sent[run.info.run_id] = copy.info.run_id
        with tempfile.TemporaryDirectory(prefix="gpu_kedro_sync_") as folder:
            steps = [*self._log_steps(run, copy, is_new), *self._artifact_steps(run, copy, is_new, Path(folder))]
            self._execute(steps, report)
        self._finish(run, copy)
        return "sent"

    def _experiment(self, run: Run) -> str:
        source_id = run.info.experiment_id
        if source_id not in self._experiments:
            self._budget.check()
            name = self._source.get_experiment(source_id).name
            there = self._target.get_experiment_by_name(name)
            if there is None:
                self._experiments[source_id] = self._target.create_experiment(name)
            else:
                if there.lifecycle_stage == "deleted":
                    self._target.restore_experiment(there.experiment_id)
                self._experiments[source_id] = there.experiment_id
        return self._experiments[source_id]

    def _find(self, run: Run) -> Run | None:
        experiment = self._experiment(run)
        self._budget.check()
        found = self._target.search_runs(
            [experiment], filter_string=f"tags.`{SOURCE_TAG}` = '{run.info.run_id}'", run_view_type=ViewType.ALL
        )
        active = [copy for copy in found if copy.info.lifecycle_stage != "deleted"]
        active.sort(key=lambda copy: copy.data.tags.get(SENT_TAG) != _COMPLETE)
        for surplus in active[1:]:
            # the client repeats a request whose answer was lost, and so may create a run twice
            self._target.delete_run(surplus.info.run_id)
        return next(iter([*active, *found]), None)

    def _create(self, run: Run) -> Run:
        self._budget.check()
        tags = {SOURCE_TAG: run.info.run_id, "mlflow.runName": run.info.run_name}
        parent = self._sent.get(run.data.tags.get(MLFLOW_PARENT_RUN_ID, ""))
        if parent is not None:
            tags[MLFLOW_PARENT_RUN_ID] = parent
        created = self._target.create_run(self._experiment(run), start_time=run.info.start_time, tags=tags)
        return self._find(run) or created

    def _log_steps(self, run: Run, copy: Run, is_new: bool) -> Iterator[Step]:
        tags = [
            RunTag(key, value[:_LONGEST_TAG])
            for key, value in run.data.tags.items()
            if key not in (MLFLOW_PARENT_RUN_ID, PROCESS_TAG)
        ]
        params = [
            Param(key, value[:_LONGEST_PARAM]) for key, value in run.data.params.items() if key not in copy.data.params
        ]
        metrics: list[Metric] = []
        for key in run.data.metrics:
            self._budget.check()
            history = self._source.get_metric_history(run.info.run_id, key)
            if copy.data.metrics.get(key) == run.data.metrics[key] and len(history) == 1:
                continue
            if not is_new and key in copy.data.metrics:
                there = {
                    (point.step, point.timestamp) for point in self._target.get_metric_history(copy.info.run_id, key)
                }
                history = [point for point in history if (point.step, point.timestamp) not in there]
            metrics.extend(Metric(key, point.value, point.timestamp, point.step) for point in history)
        for name, items, size in (
            ("tags", tags, _TAGS_PER_REQUEST),
            ("params", params, _PARAMS_PER_REQUEST),
            ("metrics", metrics, _METRICS_PER_REQUEST),
        ):
            for start in range(0, len(items), size):
                part: dict[str, Any] = {name: items[start : start + size]}
                yield Step(partial(self._target.log_batch, copy.info.run_id, **part))

    def _artifact_steps(self, run: Run, copy: Run, is_new: bool, folder: Path) -> Iterator[Step]:
        root = self._artifact_root(run, folder)
        # the artifact store itself: the client's own functions also ask for the run, each time with all its metrics,
        # and for logged models, which DagsHub's server does not know
        store = get_artifact_repository(copy.info.artifact_uri, tracking_uri=self._target.tracking_uri)
        there = {} if is_new else dict(self._list_sent(store))
        for path in sorted(item for item in root.rglob("*") if item.is_file()):
            name, size = path.relative_to(root).as_posix(), path.stat().st_size
            if there.get(name) == size:
                continue
            place = name.rpartition("/")[0] or None
            yield Step(partial(store.log_artifact, str(path), place), size)

    def _artifact_root(self, run: Run, folder: Path) -> Path:
        """The run's artifacts as files: in place in a local store, else downloaded."""
        uri = run.info.artifact_uri
        if uri.startswith("file://"):
            return Path(url2pathname(urlsplit(uri).path))
        if not self._source.list_artifacts(run.info.run_id):
            return folder
        return Path(download_artifacts(artifact_uri=uri, dst_path=str(folder)))

    def _list_sent(self, store: ArtifactRepository) -> Iterator[tuple[str, int]]:
        """Path and size of every file that has arrived."""
        folders: list[str | None] = [None]
        while folders:
            self._budget.check()
            for item in store.list_artifacts(folders.pop()):
                if item.is_dir:
                    folders.append(item.path)
                else:
                    yield item.path, item.file_size or 0

    def _execute(self, steps: list[Step], report: Progress | None) -> None:
        """Send side by side; the first failure stops all."""
        waiting, failures, total = deque(steps), list[BaseException](), len(steps)
        done = 0
        lock = threading.Lock()

        def work() -> None:
            nonlocal done
            while not failures:
                try:
                    step = waiting.popleft()
                except IndexError:
                    return
                try:
                    self._budget.check()
                    step.send()
                except BaseException as err:  # noqa: BLE001  # raised again by the caller's thread
                    failures.append(err)
                    return
                self._budget.earn(step.size_bytes)
                with lock:
                    done += 1
                    if report is not None:
                        report(done, total)

        # daemons, unlike the threads of a pool: one that waits for a dead server must not keep the process alive
        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(_THREADS, total))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _finish(self, run: Run, copy: Run) -> None:
        self._budget.check()
        status = run.info.status if run.info.status != "RUNNING" else RunStatus.to_string(RunStatus.KILLED)
        self._target.set_terminated(copy.info.run_id, status, run.info.end_time)
        self._target.set_tag(copy.info.run_id, SENT_TAG, _COMPLETE)


@contextmanager
def one_at_a_time(store: str, budget: Budget) -> Iterator[None]:
    """Keep others from sending runs of the same store meanwhile: two would send a run twice.

    Raises:
        GivenUpError: another one went on sending until the budget was used up.
    """
    database = sqlite_path(store)
    folder = database.parent if database is not None else Path(tempfile.gettempdir())
    lock = FileLock(folder / ".sync.lock")
    try:
        lock.acquire(timeout=max(budget.left, 0), poll_interval=0.2)
    except Timeout as err:
        raise GivenUpError from err
    try:
        yield
    finally:
        lock.release()


def send_run_family(store: str, run_id: str, options: TrackingOptions, budget: Budget) -> str:
    """Send one run and its children from a store to a server; says what was sent."""
    source = MlflowClient(store)
    parent = source.get_run(run_id)
    children = source.search_runs(
        [parent.info.experiment_id], filter_string=f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{run_id}'"
    )
    with one_at_a_time(store, budget):
        sender = Sender(source, MlflowClient(options.remote), options, budget)
        for run in (parent, *children):
            sender.send(run)
    return f"run {parent.info.run_name}" + (f" with {len(children)} children" if children else "")
