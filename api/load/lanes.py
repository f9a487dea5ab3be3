"""Slots, bytes and threads for each kind of request, so that no kind stands before another."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
from fastapi import Request
from starlette.types import Scope

from api.answers.errors import BusyError
from api.settings import Settings

#: Single predictions are short and may wait: so many for each question that may be answered at the same time.
_WAITING = 16
#: Of the bodies of questions; each of them is far smaller.
_JSON_BYTES = 32_000_000
_HELD = "gpu_kedro.held"


class ConcurrencyLimit:
    """Counts requests that are being answered; all in one event loop, so no lock is needed.

    Args:
        limit: how many there may be.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit

    def check(self) -> None:
        """Say at once, before a body is read, that there is no slot.

        Raises:
            BusyError: all are taken.
        """
        if self._free <= 0:
            raise BusyError

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a slot.

        Raises:
            BusyError: all are taken.
        """
        self.check()
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class ByteBudget:
    """Bytes that bodies and answers may take in memory, all requests of a lane together.

    Args:
        limit: in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._lock = threading.Lock()

    @contextmanager
    def open(self, scope: Scope) -> Iterator[None]:
        """Count what one request takes (`hold`); all of it is given back at the end."""
        held = scope[_HELD] = HeldBytes(self)
        try:
            yield
        finally:
            self.spend(-held.count)

    def spend(self, count: int) -> None:
        """Take bytes, or give them back where negative.

        Raises:
            BusyError: so many are not free.
        """
        with self._lock:
            if count > self._free:
                raise BusyError
            self._free -= count


@dataclass
class HeldBytes:
    """The bytes of one request."""

    budget: ByteBudget
    count: int = 0


def hold(request: Request, count: int) -> None:
    """Take bytes until the answer to a request is sent.

    Raises:
        BusyError: so many are not free.
    """
    held: HeldBytes = request.scope[_HELD]
    held.budget.spend(count)
    held.count += count


@dataclass(frozen=True)
class Lane:
    """What the requests of one kind share.

    Args:
        slots: how many are answered at the same time; more get 503.
        bytes: of their bodies, and of large answers until they are sent.
        threads: that compute them.
    """

    slots: ConcurrencyLimit
    bytes: ByteBudget
    threads: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))


@dataclass(frozen=True)
class Lanes:
    """The three kinds: single predictions, which the event loop computes; other questions; batches and files."""

    single: Lane
    question: Lane
    bulk: Lane

    @classmethod
    def open(cls, settings: Settings) -> "Lanes":
        """Lanes as wide as the settings have it."""
        singles, questions = _WAITING * settings.max_concurrency, settings.max_concurrency
        return cls(
            single=Lane(ConcurrencyLimit(singles), ByteBudget(_JSON_BYTES)),
            question=Lane(ConcurrencyLimit(questions), ByteBudget(_JSON_BYTES), _threads(settings)),
            bulk=Lane(ConcurrencyLimit(settings.max_bulk), ByteBudget(settings.max_bulk_bytes), _threads(settings)),
        )


def _threads(settings: Settings) -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(settings.heavy_threads)
