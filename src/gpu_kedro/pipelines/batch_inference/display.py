"""How far a batch is: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gpu_kedro.pipelines.batch_inference.scoring import Outcome

_LINE_SECONDS = 20.0


def show_progress(outcomes: Iterable[Outcome], rows: int, partitions: int) -> Iterator[Outcome]:
    """Pass the outcomes on while standard error shows how many rows are done, how fast, and for how long yet."""
    console = Console(stderr=True)
    started = time.monotonic()
    done = finished = 0
    told = started
    with Progress(
        TextColumn("scoring"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows {task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("scoring", total=rows, rate="")
        for outcome in outcomes:
            done, finished, now = done + outcome.rows, finished + 1, time.monotonic()
            rate = done / max(now - started, 1e-9)
            bar.update(task, completed=done, rate=f"({rate:,.0f}/s)")
            if not console.is_terminal and (now - told >= _LINE_SECONDS or finished == partitions):
                told = now
                left = (rows - done) / rate if rate else 0.0
                console.print(
                    f"scored {done:,} of {rows:,} rows, {finished} of {partitions} partitions; {rate:,.0f} rows/s, "
                    f"{left:,.0f} s left",
                    highlight=False,
                    soft_wrap=True,
                )
            yield outcome
