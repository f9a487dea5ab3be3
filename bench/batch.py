"""`python -m bench.batch`: rows per second of a batch in one process, in several, and on a Dask cluster here.

Each figure is that of the whole command `kedro run --pipeline batch_inference`, its start included, as people wait for
it. The ways take turns, so that whatever else the machine does meets all of them.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from shutil import rmtree

import click
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from bench.processes import Server
from bench.results import describe_machine
from gpu_kedro.modelling.bundle.files import read_bundle
from gpu_kedro.resolvers import PROJECT_PATH, absolute_path, bundle_store, read_environment
from gpu_kedro.serving.catalogue import Catalogue
from gpu_kedro.serving.runtime import CATALOGUE, read_version

WAYS = {
    "one process": ("--params", "batch.workers=1"),
    "a process a core": (),
    "Dask, a worker a core": ("--env", "dask"),
}
_PARTITION_ROWS = 50_000
_LEAST_PARTITIONS = 8
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Run:
    """One batch.

    Args:
        way: of `WAYS`.
        rows: of the batch.
        seconds: from the start of the command to its end.
        cpu_seconds: of all its processes.
        peak_mb: the largest sum of their resident memory.
    """

    way: str
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


def write_queries(folder: Path, rows: int) -> None:
    """Partitions of queries by known names, nearly all distinct: half have a power, half a price."""
    bundles = bundle_store()
    files, _ = read_bundle(bundles / read_version(bundles))
    names = Catalogue(files[CATALOGUE]).names
    chance = random.Random(2317)  # noqa: S311
    size = min(_PARTITION_ROWS, rows // _LEAST_PARTITIONS)
    for part in range(rows // size):
        columns = {
            "name": chance.choices(names, k=size),
            "tdp_w": [round(chance.uniform(20, 450), 1) if chance.random() < 0.5 else None for _ in range(size)],
            "price_usd": [round(chance.uniform(30, 2500), 2) if chance.random() < 0.5 else None for _ in range(size)],
        }
        pq.write_table(pa.table(columns), folder / f"part-{part:04}.parquet")


def score(way: str, queries: Path, rows: int, work: Path) -> Run:
    """Run the command once, into a fresh folder, and watch it.

    Raises:
        RuntimeError: it failed; shows its log.
    """
    answers, log = work / "answers", work / "log"
    folders = f"input={queries},output={answers}"
    options = [f"{folders},{option}" if option.startswith("batch.") else option for option in WAYS[way]]
    if "--params" not in options:
        options += ["--params", folders]
    before = getrusage(RUSAGE_CHILDREN)
    started = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "kedro", "run", "--pipeline", "batch_inference", *options],
            cwd=PROJECT_PATH,
            env={**os.environ, "DASK_SCHEDULER_ADDRESS": ""},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    watched = Server(way, process, 0, log)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, watched.memory_mb("VmRSS"))
        time.sleep(_POLL_SECONDS)
    seconds, after = time.monotonic() - started, getrusage(RUSAGE_CHILDREN)
    if process.returncode:
        raise RuntimeError(watched.read_log())
    found = sum(pq.read_metadata(path).num_rows for path in answers.glob("*.parquet"))
    if found != rows:
        raise RuntimeError(f"{way}: {found:,} of {rows:,} rows were scored")
    rmtree(answers)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(way, rows, seconds, cpu, peak)


def print_runs(runs: Sequence[Run]) -> None:
    """The median of each way and size."""
    table = Table(title="Scoring of a batch: the whole command, medians")
    for heading in ("rows", "way", "seconds", "rows/s", "CPU ms/row", "peak memory MB", "runs"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for rows in sorted({run.rows for run in runs}):
        for way in WAYS:
            these = [run for run in runs if (run.rows, run.way) == (rows, way)]
            if these:
                seconds = statistics.median(run.seconds for run in these)
                cpu = statistics.median(run.cpu_seconds for run in these)
                peak = max(run.peak_mb for run in these)
                cells = (f"{seconds:,.1f}", f"{rows / seconds:,.0f}", f"{1000 * cpu / rows:.3f}", f"{peak:,.0f}")
                table.add_row(f"{rows:,}", way, *cells, str(len(these)))
    Console().print(table)


@click.command()
@click.option("--rows", "sizes", type=click.IntRange(1000), multiple=True, default=(100_000, 1_000_000))
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--way", "ways", type=click.Choice(list(WAYS)), multiple=True, default=tuple(WAYS))
def main(sizes: tuple[int, ...], rounds: int, ways: tuple[str, ...]) -> None:
    """Measure, print, and write data/08_reporting/batch_bench.json."""
    runs: list[Run] = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            queries = Path(folder, "queries")
            queries.mkdir()
            write_queries(queries, rows)
            for _ in range(rounds):
                runs += [score(way, queries, rows, Path(folder)) for way in ways]
                click.echo("; ".join(f"{run.way} {run.seconds:.1f} s" for run in runs[-len(ways) :]), err=True)
    print_runs(runs)
    results = {"machine": describe_machine(), "runs": [asdict(run) for run in runs]}
    target = Path(absolute_path(read_environment("GPU_KEDRO_DATA_DIR", "data"))) / "08_reporting" / "batch_bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
