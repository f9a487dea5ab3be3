"""Lets predictions take turns where many wait, so that nothing else waits behind all of them."""

import asyncio
from collections import deque
from collections.abc import Sized

from api.answers.errors import BusyError

#: As many are computed in one go: the last one waits some hundredths of a second.
_CROWD = 16


class Turns:
    """A queue for what is computed in the event loop itself, some milliseconds each.

    Where hundreds of requests arrive together they would be computed in one go, and a health check behind them would
    wait for all. From the queue some are let in each time that the loop comes round, not one: while batches are scored
    in threads, the loop may have to wait for the interpreter each time.

    Args:
        limit: how many may wait; more are told to come again.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[asyncio.Future[None]] = deque()
        #: What is being answered at the moment; the server that runs the application sets it.
        self.requests: Sized = ()
        #: Those of them whose bodies are still to come: slow clients are no crowd.
        self.arriving: Sized = ()

    @property
    def are_alone(self) -> bool:
        """Whether the request that asks is known to be the only one that can be answered."""
        return len(self.requests) - len(self.arriving) == 1

    @property
    def are_needed(self) -> bool:
        """Whether more is going on than can be computed in one go."""
        return len(self.requests) - len(self.arriving) > _CROWD

    async def take(self) -> None:
        """Wait for a turn.

        Raises:
            BusyError: too many wait already.
        """
        if len(self._waiting) >= self._limit:
            raise BusyError
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._let_in)
        turn = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _let_in(self) -> None:
        for _ in range(min(_CROWD, len(self._waiting))):
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._let_in)
