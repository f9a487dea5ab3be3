"""Progress and results of a run on the terminal."""

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from rich.console import Console

from gpu_kedro.hooks.faults import explain_fault
from gpu_kedro.tracking.notes import RunNotes, Stopwatch


class ProgressHook:
    """Times nodes and prints a line for each; at the end the table of results, and the lines of other hooks."""

    def __init__(self, console: Console, stopwatch: Stopwatch, notes: RunNotes) -> None:
        self._console = console
        self._stopwatch = stopwatch
        self._notes = notes
        self._total = 0

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Count the nodes."""
        self._total = len(pipeline.nodes)
        self._stopwatch.reset()

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Start the node's clock."""
        self._stopwatch.start(node.name)

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Print the node's line."""
        done, seconds = self._stopwatch.stop(node.name)
        width = len(str(self._total))
        self._console.print(f"[{done:>{width}}/{self._total}] {node.name:<44} {seconds:7.1f} s", highlight=False)

    @hook_impl
    def on_node_error(self, error: Exception, node: Node) -> None:
        """Name the node that a defect is in; a known fault is told in one line by itself."""
        if explain_fault(error) is None:
            self._console.print(f"{node.name} failed:", markup=False, highlight=False)

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Print what the run found, where it wrote it, and how long it took."""
        from gpu_kedro.hooks.summary import print_results  # it knows the targets, and takes long to import

        print_results(self._console, pipeline.all_outputs(), catalog)
        for line in self._notes.epilogue:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        self._console.print(f"Done in {self._stopwatch.run_seconds:.0f} s.", highlight=False)
