"""Slots, bytes and threads for each kind of request, so that no kind stands before another."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
from fastapi import Request
from starlette.types import Scope

from api.answers.errors import BusyError
from api.settings import Settings

#: Single predictions are short and may wait: so many for each question that may be answered at the same time.
_WAITING = 16
#: Of the bodies of questions; each of them is far smaller.
_JSON_BYTES = 32_000_000
_HOLD = "gpu_kedro.hold"


class Budget:
    """What the requests of a lane share: slots, or bytes in memory."""

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._lock = threading.Lock()

    def spend(self, count: int) -> None:
        """Take some, or give it back where negative.

        Raises:
            BusyError: so much is not free.
        """
        with self._lock:
            if count > self._free:
                raise BusyError
            self._free -= count

    def check(self) -> None:
        """Raise `BusyError` at once, before a body is read, where no slot is free."""
        if self._free <= 0:
            raise BusyError

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a slot; raises `BusyError` where none is free."""
        self.spend(1)
        try:
            yield
        finally:
            self.spend(-1)

    @contextmanager
    def open(self, scope: Scope) -> Iterator[None]:
        """Count the bytes that one request takes (`hold`); all of them are given back at the end."""
        held = 0

        def hold_more(count: int) -> None:
            nonlocal held
            self.spend(count)
            held += count

        scope[_HOLD] = hold_more
        try:
            yield
        finally:
            self.spend(-held)


def hold(request: Request, count: int) -> None:
    """Take bytes until the answer to a request is sent.

    Raises:
        BusyError: so many are not free.
    """
    request.scope[_HOLD](count)


class Lane:
    """What the requests of one kind share.

    Args:
        slots: how many are answered at the same time; more get 503.
        size: bytes of their bodies, and of large answers until they are sent.
        threads: that compute them.
    """

    def __init__(self, slots: int, size: int, threads: int) -> None:
        self.slots = Budget(slots)
        self.bytes = Budget(size)
        self.threads = anyio.CapacityLimiter(threads)


class Lanes:
    """The three kinds: single predictions, which the event loop computes; other questions; batches and files."""

    def __init__(self, settings: Settings) -> None:
        threads = settings.heavy_threads
        self.single = Lane(_WAITING * settings.max_concurrency, _JSON_BYTES, threads)
        self.question = Lane(settings.max_concurrency, _JSON_BYTES, threads)
        self.bulk = Lane(settings.max_bulk, settings.max_bulk_bytes, threads)
