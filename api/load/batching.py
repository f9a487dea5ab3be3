"""Answers single predictions that arrive at the same time in one call (dynamic batching)."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sized
from typing import Any

from gpu_kedro.modelling.learners.arrays import FEW_ROWS
from gpu_kedro.serving.runtime import Runtime

Answer = dict[str, Any]


class DynamicBatcher:
    """Collects the queries that the event loop reads in one round, and answers them with one call.

    A row among sixteen takes a quarter of the time of a row alone: what is fixed in a call is paid for once. Nobody
    waits for others to come, and an answer is the same to its last digit whoever else asks.

    Args:
        use: gives the runtime in service.
    """

    def __init__(self, use: Callable[[], Runtime]) -> None:
        self._use = use
        self._waiting: deque[tuple[Mapping[str, Any], asyncio.Future[Answer]]] = deque()
        #: What is being answered at the moment; the server that runs the application sets it.
        self.requests: Sized = ()
        #: How many queries have come.
        self.asked = 0

    async def predict(self, query: Mapping[str, Any]) -> Answer:
        """Answer one query (`Runtime.predict`).

        Raises:
            NoBundleError: there is no runtime.
        """
        self.asked += 1
        if len(self.requests) == 1:
            return self._use().predict([query])[0]
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._answer_some)
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((query, answer))
        return await answer

    def _answer_some(self) -> None:
        taken = [self._waiting.popleft() for _ in range(min(FEW_ROWS, len(self._waiting)))]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._answer_some)
        try:
            answers = self._use().predict([query for query, _ in taken])
        except Exception as err:  # noqa: BLE001  # goes to who asked
            self._answer_each(taken, err)
            return
        for (_, waiting), answer in zip(taken, answers, strict=True):
            if not waiting.done():
                waiting.set_result(answer)

    def _answer_each(self, taken: list[tuple[Mapping[str, Any], asyncio.Future[Answer]]], error: Exception) -> None:
        """Answer one by one where all together failed, so that only who is at fault is told so."""
        for query, waiting in taken:
            if waiting.done():
                continue
            if len(taken) == 1:
                waiting.set_exception(error)
                continue
            try:
                waiting.set_result(self._use().predict([query])[0])
            except Exception as err:  # noqa: BLE001  # goes to who asked
                waiting.set_exception(err)
