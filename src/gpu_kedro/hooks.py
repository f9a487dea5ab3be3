"""What happens around a run: progress and results on the terminal; tracking, promotion and alarms have modules."""

import sys

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from rich.console import Console
from threadpoolctl import threadpool_limits

from gpu_kedro.domain.errors import GpuKedroError
from gpu_kedro.monitoring import DriftHook
from gpu_kedro.one_run import OneRunHook, describe_fault
from gpu_kedro.promotion.hook import PromotionHook
from gpu_kedro.stopwatch import Stopwatch
from gpu_kedro.summary import print_results
from gpu_kedro.tracking.hook import SendingHook, TrackingHook
from gpu_kedro.tracking.outbox import Outbox
from gpu_kedro.whole_files import WholeFilesHook


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


class RepeatabilityHook:
    """Lets linear algebra use one thread, so that sums, and with them bundles, do not depend on the number of cores."""

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Set the limit for this process; training uses more cores by processes."""
        threadpool_limits(limits=1, user_api="blas")


_CONSOLE = Console(stderr=True)
_STOPWATCH = Stopwatch()
_EPILOGUE: list[str] = []
_OUTBOX = Outbox(_CONSOLE)
#: Called in reverse order: what is recorded comes before what is printed, then the run is sent, alarms come last.
HOOKS = (
    DriftHook(),
    SendingHook(_CONSOLE, _OUTBOX),
    ProgressHook(_CONSOLE, _STOPWATCH, _EPILOGUE),
    RepeatabilityHook(),
    WholeFilesHook(),
    OneRunHook(),
    TrackingHook(_STOPWATCH, _OUTBOX),
    PromotionHook(_EPILOGUE),
)
