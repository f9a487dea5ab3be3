"""Where partitions are scored: in this process, in processes of this machine, or on a Dask cluster."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.pipelines.batch_inference.errors import BatchError
from gpu_kedro.pipelines.batch_inference.options import BatchOptions
from gpu_kedro.pipelines.batch_inference.scoring import Outcome, Task, bind, score_partition, unbind


def score_partitions(tasks: Sequence[Task], bundle: Bundle, options: BatchOptions) -> Iterator[Outcome]:
    """Score partitions, in any order; each process loads the bundle once.

    Raises:
        BatchError: no more partitions can be scored; what was finished stays.
    """
    if not tasks:
        return iter(())
    if options.executor == "dask":
        return _score_on_dask(tasks, bundle, options)
    workers = min(options.count_workers(), len(tasks))
    return _score_here(tasks, bundle) if workers == 1 else _score_in_processes(tasks, bundle, workers)


def _score_here(tasks: Sequence[Task], bundle: Bundle) -> Iterator[Outcome]:
    bind(bundle)
    try:
        yield from map(score_partition, tasks)
    finally:
        unbind(tasks[0].version)


def _score_in_processes(tasks: Sequence[Task], bundle: Bundle, workers: int) -> Iterator[Outcome]:
    # started anew rather than forked: this process has threads, which a fork would lose in the middle of something
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=bind, initargs=(bundle,))
    try:
        for future in as_completed([pool.submit(score_partition, task) for task in tasks]):
            yield future.result()
    except BrokenProcessPool as err:
        raise BatchError(
            "a process that scores was ended from outside, perhaps for lack of memory; finished partitions stay: run "
            f"again to go on, with fewer than {workers} processes (--params batch.workers=N)"
        ) from err
    finally:
        pool.shutdown(cancel_futures=True)


def _score_on_dask(tasks: Sequence[Task], bundle: Bundle, options: BatchOptions) -> Iterator[Outcome]:
    try:
        from gpu_kedro.pipelines.batch_inference.dask_cluster import score_on_cluster
    except ImportError as err:
        raise BatchError(f"Dask is not installed ({err}); run 'pip install distributed', or use --env base") from err
    return score_on_cluster(tasks, bundle, options)
