"""The table of results that a run ends with."""

from rich.console import Console


def print_results(console: Console, outputs: set[str], catalog: object) -> None:
    """Print the main figures."""
