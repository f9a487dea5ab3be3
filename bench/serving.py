"""`python -m bench.serving`: what the service costs beside other ways to serve the same models, in one run."""

import json
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.environments import SERVICE_PATH, write_service_command
from bench.measuring import (
    FULL,
    HAND,
    MLFLOW,
    OURS,
    QUICK,
    RUNNER,
    SESSION,
    Advance,
    Sizes,
    compare_answers,
    measure_batch,
    measure_file,
    measure_market,
    measure_memory,
    measure_single,
    measure_sustained,
)
from bench.processes import Server, ServerError, run_server
from bench.queries import Queries
from bench.results import TITLES, describe_machine, print_results, write_results
from gpu_kedro.modelling.bundle.files import POINTER, BundleError
from gpu_kedro.resolvers import PROJECT_PATH
from gpu_kedro.serving.errors import NoBundleError
from gpu_kedro.serving.runtime import read_version

_READY = "/health/ready"
_START_SECONDS = 120
_WIDTH = 120
_MODULES = {
    HAND: "handwritten",
    RUNNER: "sequential_runner",
    SESSION: "kedro_session",
    MLFLOW: "mlflow_serve",
}


@contextmanager
def _copy_bundle(bundles: Path) -> Iterator[Path]:
    """A folder with a `data` of its own: a training run meanwhile must not exchange what is measured.

    Raises:
        NoBundleError: nothing was trained yet.
    """
    version = read_version(bundles)
    with tempfile.TemporaryDirectory(prefix="gpu_kedro_bench_") as name:
        store = Path(name) / "data" / "06_models" / "bundles"
        copytree(bundles / version, store / version)
        (store / POINTER).write_text(json.dumps({"version": version}))
        yield Path(name)


def _start(name: str, folder: Path, stack: ExitStack) -> Server:
    """Start one of the servers on the bundle in `folder`; it ends with the stack."""
    data = folder / "data"
    store = data / "06_models" / "bundles"
    environment = {
        "GPU_KEDRO_BUNDLES": str(store),
        "GPU_KEDRO_DATA_DIR": str(data),
        "GPU_KEDRO_MLRUNS_DIR": str(folder / "mlruns"),
        # nobody waits for the end of a measured service
        "GPU_KEDRO_DRAIN_SECONDS": "0",
        "DO_NOT_TRACK": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONPATH": SERVICE_PATH,
        # what a server leaves behind when it is ended goes with the folder
        "TMPDIR": str(folder),
    }

    def write_command(port: int) -> list[str]:
        return [sys.executable, "-m", f"bench.servers.{_MODULES[name]}", str(store), str(port)]

    command = write_service_command if name == OURS else write_command
    return stack.enter_context(run_server(name, command, environment, folder))


def _measure_start(name: str, folder: Path) -> tuple[float, float]:
    """CPU and wall seconds of a start, until the first 200."""
    with ExitStack() as stack:
        started = time.perf_counter()
        server = _start(name, folder, stack)
        server.wait_until_ready(_READY, _START_SECONDS)
        return server.cpu_seconds(), time.perf_counter() - started


def _measure_starts(folder: Path, sizes: Sizes, advance: Advance) -> dict[str, Any]:
    cpu: dict[str, list[float]] = {HAND: [], OURS: []}
    wall: dict[str, list[float]] = {HAND: [], OURS: []}
    for _ in range(sizes.starts):
        for name in cpu:
            cpu_seconds, wall_seconds = _measure_start(name, folder)
            cpu[name].append(cpu_seconds)
            wall[name].append(wall_seconds)
            advance("starts")
    return {
        name: {"cpu_seconds": statistics.median(cpu[name]), "wall_seconds": statistics.median(wall[name])}
        for name in cpu
    }


def _count_steps(sizes: Sizes) -> int:
    sustained = max(1, round(sizes.sustained_seconds / 5))
    return 2 * sizes.starts + len(TITLES) + 1 + 4 + sizes.rounds + 1 + sizes.batch_rounds + 1 + sustained


def measure(bundles: Path, sizes: Sizes, advance: Advance) -> dict[str, Any]:
    """Start the servers, measure them, and end them.

    Args:
        bundles: store of bundles; the current one is measured.
        sizes: how much.
        advance: is called after each step with what it was.

    Raises:
        NoBundleError: nothing was trained yet.
        ServerError: a server did not start, ended early, or refused what all must answer.
    """
    with _copy_bundle(bundles) as folder, ExitStack() as stack:
        store = folder / "data" / "06_models" / "bundles"
        version = read_version(store)
        queries = Queries(store / version)
        starts = _measure_starts(folder, sizes, advance)
        with ExitStack() as fresh:
            service = _start(OURS, folder, fresh)
            service.wait_until_ready(_READY, _START_SECONDS)
            file = measure_file(service, queries, sizes)
            advance("file")
        servers = {name: _start(name, folder, stack) for name in TITLES}
        for name, server in servers.items():
            server.wait_until_ready("/health" if name == MLFLOW else _READY, _START_SECONDS)
            advance("servers started")
        answers = compare_answers(servers, queries, sizes, advance)
        single = measure_single(servers, queries, sizes, advance)
        asked = sum(turns["requests"] for turns in single[OURS].values())
        return {
            "bundle": version,
            "answers": answers,
            "servers": single,
            "memory": measure_memory(servers[OURS], queries, asked),
            "batch": measure_batch(servers, queries, sizes, advance),
            "file": file,
            "market": measure_market(servers[OURS], queries, sizes),
            "start": starts,
            "sustained": measure_sustained(servers[OURS], queries, sizes.sustained_seconds, advance),
        }


@contextmanager
def _show_progress(steps: int) -> Iterator[Advance]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=steps)
        yield lambda step: progress.update(task, advance=1, description=step)


def _open_console() -> Console:
    """Wide enough for the tables where there is no terminal to fit."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH)


def _end_as_interrupted(number: int, _: object) -> None:
    """Let SIGTERM end the servers as Ctrl+C does."""
    raise KeyboardInterrupt(number)


@click.command()
@click.option("--quick", is_flag=True, help="a smaller run in under a minute; its figures are only a hint")
@click.option(
    "--bundles",
    type=click.Path(file_okay=False, path_type=Path),
    default=PROJECT_PATH / "data" / "06_models" / "bundles",
    help="store of bundles  [default: that of the project]",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON file to write  [default: data/08_reporting/serving_bench.json, with --quick …_quick.json]",
)
@click.option("--seconds", type=click.FloatRange(min=0.1), help="length of the sustained load  [default: 60, quick 2]")
def main(quick: bool, bundles: Path, out: Path | None, seconds: float | None) -> None:
    """Measure the service beside other ways to serve the same models."""
    sizes = QUICK if quick else FULL
    if seconds is not None:
        sizes = replace(sizes, sustained_seconds=seconds)
    if out is None:
        out = PROJECT_PATH / "data" / "08_reporting" / f"serving_bench{'_quick' if quick else ''}.json"
    signal.signal(signal.SIGTERM, _end_as_interrupted)
    head = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": describe_machine(),
    }
    try:
        with _show_progress(_count_steps(sizes)) as advance:
            results: Mapping[str, Any] = {**head, **measure(bundles, sizes, advance)}
    except NoBundleError as err:
        raise click.ClickException(f"no trained bundle in {bundles}; run `make run` first") from err
    except (BundleError, ServerError, OSError) as err:
        raise click.ClickException(str(err)) from err
    write_results(out, results)
    print_results(_open_console(), results)
    click.echo(f"written to {out}")


if __name__ == "__main__":
    main()
