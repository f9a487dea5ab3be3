"""The figures beside their limits, as a table and as a file."""

import json
import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measuring import HAND, MLFLOW, OURS, RUNNER, SESSION, median_ratio

TITLES = {
    HAND: "(a) FastAPI by hand",
    OURS: "(b) gpu-kedro serve",
    RUNNER: "(c) on SequentialRunner",
    SESSION: "(d) session per request",
    MLFLOW: "(e) mlflow models serve",
}
_LIBRARIES = (
    "fastapi",
    "kedro",
    "mlflow",
    "numpy",
    "onnxruntime",
    "orjson",
    "pydantic",
    "starlette",
    "uvicorn",
    "uvloop",
)


@dataclass(frozen=True)
class Figure:
    """One figure and the limit it has to keep.

    Args:
        title: what was measured.
        value: the figure, None where it could not be measured.
        limit: the largest value, or with `is_floor` the smallest.
        unit: of both.
        is_floor: whether more is better.
    """

    title: str
    value: float | None
    limit: float
    unit: str
    is_floor: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the limit is kept."""
        if self.value is None:
            return False
        return self.value >= self.limit if self.is_floor else self.value <= self.limit


def judge(results: Mapping[str, Any]) -> list[Figure]:
    """The figures that the service has to reach."""
    servers = results["servers"]
    ours = servers[OURS]["one_connection"]
    rate = servers[OURS]["many_connections"]["rate_ratio"]
    batch, file, sustained, memory = (results[part] for part in ("batch", "file", "sustained", "memory"))

    def ratio_to(other: str) -> float | None:
        return median_ratio(ours["rounds"]["cpu_ms"], servers[other]["one_connection"]["rounds"]["cpu_ms"])

    return [
        Figure("one prediction: CPU, (b) / (a)", ours["cpu_ratio"], 1.10, "×"),
        Figure("one prediction: CPU, (b) / (d)", ratio_to(SESSION), 1 / 100, "×"),
        Figure("one prediction: CPU, (b) / (e)", ratio_to(MLFLOW), 1 / 2, "×"),
        Figure("one prediction: CPU", ours["cpu_ms"], 1.5, "ms"),
        Figure("one prediction: CPU, with a market / without", results["market"]["with"]["cpu_ratio"], 1.3, "×"),
        Figure("requests/s at 16 connections, (b) / (a)", rate, 0.95, "×", is_floor=True),
        Figure(f"failures in {sustained['seconds']:.0f} s without a pause", sustained["failed"], 0, ""),
        Figure(f"batch of {batch['rows']:,} rows: CPU, (b) / (a)", batch["cpu_ratio"], 1.10, "×"),
        Figure(f"batch of {batch['rows']:,} rows: CPU", batch[OURS]["cpu_seconds"], 1.5, "s"),
        Figure(f"file of {file['rows']:,} rows: time", file["wall_seconds"], 15, "s"),
        Figure(f"file of {file['rows']:,} rows: peak memory", file["peak_mb"], 500, "MB"),
        Figure("start to the first 200: CPU", results["start"][OURS]["cpu_seconds"], 2.0, "s"),
        Figure(f"resident memory after {memory['requests']:,} requests", memory["resident_mb"], 250, "MB"),
    ]


def tabulate_servers(results: Mapping[str, Any]) -> Table:
    """One line a server; ratios are medians over rounds of the ratio to (a)."""
    table = Table(
        title="Single predictions on one connection (1) and on sixteen (16)",
        caption="CPU: milliseconds a request, whole process tree; ×: relative to (a), median over interleaved rounds",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("server", no_wrap=True)
    for heading in ("CPU 1", "×", "p50 ms", "p95 ms", "CPU 16", "×", "p95 ms", "per s", "×", "failed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, server in results["servers"].items():
        one, many = server["one_connection"], server["many_connections"] or {}
        table.add_row(
            TITLES[name],
            *map(write_figure, (one["cpu_ms"], one["cpu_ratio"], one["p50_ms"], one["p95_ms"])),
            *map(write_figure, map(many.get, ("cpu_ms", "cpu_ratio", "p95_ms", "requests_per_second", "rate_ratio"))),
            str(one["failed"] + many.get("failed", 0)),
        )
    return table


def tabulate_figures(figures: list[Figure]) -> Table:
    """One line a figure, with its limit and whether it is kept."""
    table = Table(title="Figures and their limits", title_justify="left")
    table.add_column("figure", no_wrap=True)
    table.add_column("measured", justify="right")
    table.add_column("limit", justify="right")
    table.add_column("")
    for figure in figures:
        table.add_row(
            figure.title,
            f"{write_figure(figure.value)} {figure.unit}",
            f"{'≥' if figure.is_floor else '≤'} {write_figure(figure.limit)} {figure.unit}",
            "[green]met[/]" if figure.is_met else "[red]not met[/]",
        )
    return table


def write_figure(value: float | None) -> str:
    """A figure for a table, a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.3g}"


def print_results(console: Console, results: Mapping[str, Any]) -> None:
    """Both tables, and what both servers did with the same answers."""
    console.print(tabulate_servers(results))
    console.print(tabulate_figures(judge(results)))
    different = {name: found for name, found in results["answers"].items() if name != "names" and found}
    if different or not results["batch"]["answers_equal"]:
        console.print(f"[red]Answers differ from those of (a): {different or 'batches'}[/]", highlight=False)
    else:
        console.print(f"Answers equal: {results['answers']['names']} names on every server, and every batch.")


def describe_machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cpu": _read_field(Path("/proc/cpuinfo"), "model name"),
        "cores": os.cpu_count(),
        "cores_usable": len(os.sched_getaffinity(0)),
        "memory": _read_field(Path("/proc/meminfo"), "MemTotal"),
        "load_average": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {library: version(library) for library in _LIBRARIES},
    }


def _read_field(path: Path, name: str) -> str | None:
    """The first value of a `name : value` file."""
    lines = (line.partition(":") for line in path.read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), None)


def write_results(path: Path, results: Mapping[str, Any]) -> None:
    """Write everything as JSON, whole or not at all."""
    figures = [{**asdict(figure), "met": figure.is_met} for figure in judge(results)]
    write_whole(path, {**results, "figures": figures})


def write_whole(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file that is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=1)
        Path(part).chmod(0o644)
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
