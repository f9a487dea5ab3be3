"""Scores one partition, in whatever process this is, with the bundle that the process was bound to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from gpu_kedro.contracts.writing import extend_schema, make_batch
from gpu_kedro.intake.errors import TableFileError
from gpu_kedro.intake.source import OWN_FILE, PARQUET
from gpu_kedro.intake.table import Table
from gpu_kedro.modelling.bundle.files import Bundle
from gpu_kedro.pipelines.batch_inference.folders import FoundFile, ParquetFolder
from gpu_kedro.serving.runtime import Runtime
from gpu_kedro.serving.scoring import open_gpus, score_chunk

_LIMITS = replace(OWN_FILE, fewest_rows=0)
_MARK = b"gpu_kedro"
_BOUND: dict[str, Runtime] = {}


@dataclass(frozen=True)
class Task:
    """One partition of queries to score, with a version of a bundle; its answers get the same name."""

    source: ParquetFolder
    target: ParquetFolder
    file: FoundFile
    version: str
    rows_per_group: int


@dataclass(frozen=True)
class Outcome:
    """What became of a partition: its scored rows, those of them with an error, or the problem why it is not scored."""

    name: str
    rows: int
    faulty_rows: int
    problem: str | None = None


def bind(bundle: Bundle) -> None:
    """Load a bundle for the rest of this process's life."""
    threadpool_limits(limits=1, user_api="blas")
    runtime = Runtime(bundle)
    _BOUND[runtime.version] = runtime


def unbind(version: str) -> None:
    """Let a bundle go."""
    _BOUND.pop(version, None)


def find_finished(task: Task) -> Outcome | None:
    """What was written of a partition before, when that is of this version and of the same queries.

    The mark of it is part of the written file, so that the two cannot disagree.
    """
    metadata = _read_metadata(task.target, task.file.name)
    if metadata is None or json.loads((metadata.metadata or {}).get(_MARK, b"{}")) != _mark(task):
        return None
    return Outcome(task.file.name, metadata.num_rows, 0)


def _mark(task: Task) -> dict[str, str]:
    return {"model_version": task.version, "source": task.file.stamp}


def count_rows(folder: ParquetFolder, name: str) -> int:
    """Rows of a partition, 0 when it cannot be read: scoring says why."""
    metadata = _read_metadata(folder, name)
    return 0 if metadata is None else int(metadata.num_rows)


def _read_metadata(folder: ParquetFolder, name: str) -> Any:
    try:
        with folder.open(name) as file:
            return pq.read_metadata(file)
    except (pa.ArrowException, OSError):
        return None


def score_partition(task: Task) -> Outcome:
    """Score a partition some rows at a time, and put the answers in place as a whole.

    A file that cannot be read or written is the outcome, so that the others go on.
    """
    try:
        with task.target.write_whole(task.file.name) as part:
            rows, faulty_rows = _write_scored(task, part)
    except FileNotFoundError as err:
        return Outcome(task.file.name, 0, 0, f"not to be found where it is scored ({err})")
    except TableFileError as err:
        return Outcome(task.file.name, 0, 0, str(err).removeprefix("the file "))
    except (pa.ArrowException, OSError) as err:
        return Outcome(task.file.name, 0, 0, f"cannot be read or written ({' '.join(str(err).split())[:200]})")
    return Outcome(task.file.name, rows, faulty_rows)


def _write_scored(task: Task, path: str) -> tuple[int, int]:
    runtime = _BOUND[task.version]
    table = open_gpus(partial(task.source.open, task.file.name), runtime, kind=PARQUET, limits=_LIMITS)
    schema = extend_schema(table)
    metadata = {**(schema.metadata or {}), _MARK: json.dumps(_mark(task)).encode()}
    rows = faulty_rows = 0
    with pq.ParquetWriter(path, schema.with_metadata(metadata), compression="zstd") as writer:
        for group in _group(table, runtime, task.rows_per_group):
            rows += group.num_rows
            faulty_rows += pc.count(group.column(group.num_columns - 1)).as_py()
            writer.write_table(group)
    return rows, faulty_rows


def _group(table: Table, runtime: Runtime, rows: int) -> Iterator[pa.Table]:
    """Scored rows in tables of the size of a row group."""
    schema = extend_schema(table)
    waiting: list[pa.RecordBatch] = []
    for chunk in table.chunks():
        waiting.append(make_batch(score_chunk(chunk, runtime), schema))
        if sum(map(len, waiting)) >= rows:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)
