"""Long steps on several cores, with a progress bar: one transient line on a terminal, nothing elsewhere."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from joblib import Parallel, delayed
from rich.console import Console
from rich.progress import track
from threadpoolctl import threadpool_limits

Result = TypeVar("Result")


def call_in_parallel(
    function: Callable[..., Result], calls: Sequence[tuple[Any, ...]], jobs: int, description: str
) -> list[Result]:
    """What a function gives for each tuple of arguments, while a bar on standard error shows how many are done."""
    console = Console(stderr=True)
    results = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_call_with_one_thread)(function, *arguments) for arguments in calls
    )
    is_shown = console.is_terminal
    return list(track(results, description, len(calls), console=console, transient=True, disable=not is_shown))


def _call_with_one_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function with one thread for linear algebra: sums must not depend on the number of cores."""
    with threadpool_limits(limits=1, user_api="blas"):
        return function(*arguments)
