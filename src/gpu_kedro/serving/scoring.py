"""Scores tables of GPUs: opens them, and gives for each of their rows its answer, or the reason why it has none."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypedDict, Unpack

from gpu_kedro.contracts.rows import Scored, open_queries, read_rows, set_beside
from gpu_kedro.domain.identify import recognise_names
from gpu_kedro.intake.rows import CHUNK_ROWS, Chunk
from gpu_kedro.intake.source import Kind, Limits, Opener
from gpu_kedro.intake.table import Table
from gpu_kedro.serving.market import FittedMarket
from gpu_kedro.serving.runtime import Runtime

_THREADS = 2


class Options(TypedDict, total=False):
    """What may be said of a file, as of `open_queries`."""

    column: str | None
    kind: Kind | None
    limits: Limits
    file: str


def open_gpus(content: bytes | Path | Opener, runtime: Runtime, **options: Unpack[Options]) -> Table:
    """Open a table of GPUs; its column of names is told by what the runtime knows (`open_queries`).

    Raises:
        TableFileError: it cannot be read, or has no column of GPUs.
    """
    return open_queries(content, partial(recognise_names, index=runtime.served.index), **options)


def score_chunk(chunk: Chunk, runtime: Runtime, market: FittedMarket | None = None) -> Scored:
    """Answer some rows, at the prices of a market where one is given."""
    rows = read_rows(chunk)
    return set_beside(runtime.predict_columns(rows.queries, market) if rows.queries else {}, chunk, rows)


def score_table(
    table: Table,
    runtime: Runtime,
    rows: int = CHUNK_ROWS,
    threads: int = _THREADS,
    market: FittedMarket | None = None,
) -> Iterator[Scored]:
    """Answer all rows in their order, two chunks at a time: half of it is arithmetic that lets another thread run.

    Args:
        threads: how many chunks at a time; one needs no thread of its own.
        market: what prices are to be of; what is served without one.

    Raises:
        TableFileError: the file is damaged, or unpacks to too much.
    """
    if threads == 1:
        yield from (score_chunk(chunk, runtime, market) for chunk in table.chunks(rows))
        return
    with ThreadPoolExecutor(threads) as pool:
        begun: deque[Future[Scored]] = deque()
        for chunk in table.chunks(rows):
            begun.append(pool.submit(score_chunk, chunk, runtime, market))
            if len(begun) > threads:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
