"""Calls that end in time, whatever a server does: also while a name is looked up or an answer trickles in."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_BYTES_PER_SECOND = 100_000


class GivenUpError(Exception):
    """The time was over."""


@dataclass
class Budget:
    """Time that work may take; what arrives at the other side extends it.

    Args:
        seconds: at the start.
    """

    seconds: float
    started: float = field(default_factory=time.monotonic)
    _sent_bytes: int = 0
    _cancelled: bool = False

    def earn(self, sent_bytes: int) -> None:
        """Extend the budget for bytes that arrived: a slow line is no outage."""
        self._sent_bytes += sent_bytes

    def cancel(self) -> None:
        """Let the work stop at its next step."""
        self._cancelled = True

    @property
    def left(self) -> float:
        """Seconds until the time is over."""
        return self.started + self.seconds + self._sent_bytes / _BYTES_PER_SECOND - time.monotonic()

    def check(self) -> None:
        """Stop here when the time is over.

        Raises:
            GivenUpError: it is.
        """
        if self._cancelled or self.left <= 0:
            raise GivenUpError


def call_within(budget: Budget, function: Callable[[], Any]) -> Any:
    """Call a function in a thread and wait no longer than the budget lasts.

    A call that is given up goes on in a daemon thread until its own time-outs end it; it keeps no process alive.

    Raises:
        GivenUpError: the time was over.
        Exception: whatever the function raised.
    """
    outcome: dict[str, Any] = {}

    def work() -> None:
        try:
            outcome["value"] = function()
        except BaseException as err:  # noqa: BLE001  # raised again where it was called
            outcome["error"] = err

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        if budget.left <= 0:
            budget.cancel()
            raise GivenUpError
        thread.join(min(budget.left, 0.2))
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]
