"""Progress and results of a run on the terminal, and errors in one line."""

import sys

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from rich.console import Console

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.hooks.run_lock import describe_fault
from gpu_kedro.hooks.summary import print_results
from gpu_kedro.tracking.stopwatch import Stopwatch


class ProgressHook:
    """Prints one line per finished node, and the table of results at the end.

    Args:
        console: where to print.
        stopwatch: is started and stopped here.
        epilogue: lines of other hooks, printed below the results.
    """

    def __init__(self, console: Console, stopwatch: Stopwatch, epilogue: list[str]) -> None:
        self._console = console
        self._stopwatch = stopwatch
        self._epilogue = epilogue
        self._done = 0
        self._total = 0

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Count the nodes."""
        self._done, self._total = 0, len(pipeline.nodes)
        self._epilogue.clear()
        self._stopwatch.reset()

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Start the node's clock."""
        self._stopwatch.start(node.name)

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Print the node's line."""
        self._done += 1
        seconds = self._stopwatch.stop(node.name)
        width = len(str(self._total))
        self._console.print(f"[{self._done:>{width}}/{self._total}] {node.name:<44} {seconds:7.1f} s", highlight=False)

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """End with one line, without a traceback, when the data, the disk or a right is at fault."""
        fault = find_data_fault(error) or describe_fault(error)
        if fault is not None:
            sys.excepthook = lambda *_: self._console.print(
                f"Error: {fault}", markup=False, highlight=False, soft_wrap=True
            )

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Print what the run found, where it wrote it, and how long it took."""
        print_results(self._console, pipeline.all_outputs(), catalog)
        for line in self._epilogue:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        self._console.print(f"Done in {self._stopwatch.run_seconds:.0f} s.", highlight=False)


def find_data_fault(error: BaseException | None) -> GpuKedroError | None:
    """The complaint about the data behind an error, if there is one."""
    while error is not None and not isinstance(error, GpuKedroError):
        error = error.__cause__
    return error
