"""Holds batches and files back while single predictions are asked for.

Threads of Python take turns, so that work on many rows would halve the rate of single predictions, or worse.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from gpu_kedro.serving.market import FittedMarket
from gpu_kedro.serving.runtime import Runtime

#: Some hundredths of a second's work; fewer rows cost more each (0.14 ms of 1,000, 0.16 of 250, 0.23 of 50).
_ROWS = 250
#: How long to stand back for each single prediction that came during the last rows, 10 to 30 times what one takes.
_SECONDS_EACH = 0.03
_MOST_SECONDS = 1.5


class PacedRuntime:
    """A runtime that answers many rows a few at a time, with rests in between; everything else is the runtime's own.

    Args:
        count_singles: how many single predictions have been asked for so far.
    """

    def __init__(self, runtime: Runtime, count_singles: Callable[[], int]) -> None:
        self._runtime = runtime
        self._count_singles = count_singles

    def __getattr__(self, name: str) -> Any:
        """What is not about many rows."""
        return getattr(self._runtime, name)

    def predict(self, queries: Sequence[Mapping[str, Any]], market: FittedMarket | None = None) -> list[dict[str, Any]]:
        """Answer queries (`Runtime.predict`)."""
        return [answer for part in self._pace(queries) for answer in self._runtime.predict(part, market)]

    def predict_columns(
        self, queries: Sequence[Mapping[str, Any]], market: FittedMarket | None = None
    ) -> dict[str, list[Any]]:
        """Answer queries as flat columns (`Runtime.predict_columns`)."""
        columns: dict[str, list[Any]] = {}
        for part in self._pace(queries):
            for name, values in self._runtime.predict_columns(part, market).items():
                columns.setdefault(name, []).extend(values)
        return columns

    def _pace(self, queries: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
        for start in range(0, max(len(queries), 1), _ROWS):
            before = self._count_singles()
            yield queries[start : start + _ROWS]
            if came := self._count_singles() - before:
                time.sleep(min(came * _SECONDS_EACH, _MOST_SECONDS))


def pace_runtime(runtime: Runtime, count_singles: Callable[[], int]) -> Runtime:
    """The same runtime, which makes room for single predictions."""
    return cast(Runtime, PacedRuntime(runtime, count_singles))
