"""Lets predictions take turns where many wait, so that nothing else waits behind all of them."""

import asyncio
from collections.abc import Sized

from api.errors import BusyError

#: Fewer requests than this pass at once: the last one waits some hundredths of a second.
_CROWD = 16


class Turns:
    """A queue for what is computed in the event loop itself, some milliseconds each.

    Where hundreds of requests arrive together they would be computed in one go, and a health check behind them would
    wait for all. In the queue the loop comes round between any two.

    Args:
        limit: how many may wait; more are told to come again.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = asyncio.Lock()
        self._waiting = 0
        #: What is being answered at the moment; the server that runs the application sets it.
        self.requests: Sized = ()

    @property
    def are_needed(self) -> bool:
        """Whether more is going on than can be computed in one go."""
        return len(self.requests) > _CROWD

    async def take(self) -> None:
        """Wait for a turn.

        Raises:
            BusyError: too many wait already.
        """
        if self._waiting >= self._limit:
            raise BusyError
        self._waiting += 1
        try:
            async with self._lock:
                await asyncio.sleep(0)
        finally:
            self._waiting -= 1
