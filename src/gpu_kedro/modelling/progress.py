"""A progress bar for long steps: one transient line on a terminal, nothing elsewhere."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import track as rich_track

Item = TypeVar("Item")


def track(items: Iterable[Item], total: int, description: str) -> Iterator[Item]:
    """Pass the items on while a bar on standard error shows how many of `total` are done."""
    console = Console(stderr=True)
    yield from rich_track(
        items, total=total, description=description, console=console, transient=True, disable=not console.is_terminal
    )
