"""Calls that end, whatever a server does: also while a name is looked up, or an answer trickles in or never ends.

Why not tenacity: it calls again, and cannot end a call.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

_BYTES_PER_SECOND = 100_000
#: Of one answer: a page of a hundred runs has a tenth of it, and as JSON in memory it is twenty times as large.
_MOST_ANSWER_BYTES = 2_000_000
_MOST_ANSWER_SECONDS = 60.0


class GivenUpError(Exception):
    """The time was over."""


@dataclass
class Budget:
    """Time that work may take; what arrives at the other side extends it."""

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


def bound_answers() -> None:
    """Let MLflow's client read answers up to 2 MB and for a minute; it would read one that never ends into memory.

    Its sessions are made with one class of adapter and have no setting for this
    (https://github.com/mlflow/mlflow/blob/master/mlflow/utils/request_utils.py).
    """
    import mlflow.utils.request_utils as mlflow_requests
    from requests import PreparedRequest, Response

    if hasattr(mlflow_requests.TCPKeepAliveHTTPAdapter, "is_bounded"):
        return

    class BoundedAdapter(mlflow_requests.TCPKeepAliveHTTPAdapter):
        is_bounded = True

        def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
            response: Response = super().send(request, *arguments, **options)
            # downloads are streamed to files
            if not options.get("stream"):
                response.raw = _BoundedBody(response.raw)
            return response

    mlflow_requests.TCPKeepAliveHTTPAdapter = BoundedAdapter  # type: ignore[misc]
    mlflow_requests._cached_get_request_session.cache_clear()


class _BoundedBody:
    """The body of an answer as `requests` reads it from urllib3's, up to a limit."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        """What is not about reading."""
        return getattr(self._raw, name)

    def stream(self, size: int, decode_content: bool | None = None) -> Iterator[bytes]:
        """The body part by part, unpacked.

        Raises:
            ConnectionError: it is too large, or takes too long.
        """
        end, count = time.monotonic() + _MOST_ANSWER_SECONDS, 0
        for part in self._raw.stream(size, decode_content=decode_content):
            count += len(part)
            if count > _MOST_ANSWER_BYTES or time.monotonic() > end:
                self._raw.close()
                raise ConnectionError("the answer does not end, or is far larger than an answer of MLflow")
            yield part
