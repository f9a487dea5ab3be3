"""Nodes of `batch_inference`. Unlike other nodes they read and write files: the batch is larger than memory."""

from dataclasses import dataclass
from typing import Any

from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.pipelines.batch_inference.display import show_progress
from gpu_kedro.pipelines.batch_inference.errors import BatchError
from gpu_kedro.pipelines.batch_inference.executors import score_partitions
from gpu_kedro.pipelines.batch_inference.folders import ParquetFolder
from gpu_kedro.pipelines.batch_inference.options import BatchOptions
from gpu_kedro.pipelines.batch_inference.scoring import Outcome, Task, count_rows, find_finished

_NAMED = 5


@dataclass(frozen=True)
class BatchPlan:
    """Partitions to score with all of their rows, and those that an earlier run has finished."""

    tasks: list[Task]
    rows: int
    finished: list[Outcome]


def plan_batch(source: ParquetFolder, target: ParquetFolder, bundle: Bundle, options: BatchOptions) -> BatchPlan:
    """List the partitions, without those that were scored before by this version and have not changed since.

    Raises:
        BatchError: there is nothing to score, or the results would lie among the queries.
    """
    if source.holds(target):
        raise BatchError(f"{target.url}: lies in the folder of the queries; name another with --params output=FOLDER")
    files = source.list_files()
    if not files:
        raise BatchError(f"{source.url}: holds no file that ends with .parquet")
    target.remove_unfinished()
    version = str(bundle.facts["version"])
    tasks: list[Task] = []
    finished: list[Outcome] = []
    for file in files:
        task = Task(source, target, file, version, options.rows_per_group)
        done = find_finished(task)
        if done is None:
            tasks.append(task)
        else:
            finished.append(done)
    return BatchPlan(tasks, sum(count_rows(source, task.file.name) for task in tasks), finished)


def score_batch_partitions(plan: BatchPlan, bundle: Bundle, options: BatchOptions) -> dict[str, Any]:
    """Score what the plan names, show how far it is, and count.

    Raises:
        BatchError: some partitions could not be scored; names them, after all others are done.
    """
    outcomes = list(show_progress(score_partitions(plan.tasks, bundle, options), plan.rows, len(plan.tasks)))
    failed = sorted((outcome for outcome in outcomes if outcome.problem), key=lambda outcome: outcome.name)
    if failed:
        source = plan.tasks[0].source
        told = "; ".join(f"{source.locate(outcome.name)}: {outcome.problem}" for outcome in failed[:_NAMED])
        more = f"; and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
        raise BatchError(
            f"{len(failed)} of {len(plan.tasks)} partitions could not be scored: {told}{more}; the others are done, "
            "and a further run takes up these only"
        )
    return {
        "model_version": str(bundle.facts["version"]),
        "partitions": len(plan.tasks) + len(plan.finished),
        "partitions_scored": len(plan.tasks),
        "partitions_scored_before": len(plan.finished),
        "rows": sum(outcome.rows for outcome in [*outcomes, *plan.finished]),
        "rows_scored": sum(outcome.rows for outcome in outcomes),
        "rows_scored_with_error": sum(outcome.faulty_rows for outcome in outcomes),
    }
