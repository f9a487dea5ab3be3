"""Routes that answer questions: each request takes a slot and bytes of its lane, and none while its client is slow."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from api.bodies.json_body import check_type, read_body, read_query
from api.deps import run_bulk
from api.load.lanes import Lane

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
#: Of a large answer, so that no more of it is given to the connection than the client takes.
_PART_BYTES = 65_536


class PredictionRoute(APIRoute):
    """A route that reads JSON strictly, then takes one of the slots for as long as it computes."""

    #: Of its requests, among `Lanes`.
    lane = "question"

    def find_lane(self, scope: Scope) -> Lane:
        """What its requests share."""
        lane: Lane = getattr(scope["app"].state.lanes, self.lane)
        return lane

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and give back what the request took."""
        with self.find_lane(scope).bytes.open(scope):
            await super().handle(scope, receive, send)

    def get_route_handler(self) -> Handler:
        """A handler that is strict about the body, and FastAPI's own where the route takes none.

        FastAPI's would read a body leniently, and resolve dependencies that these routes do not have, which takes
        longer than reading, checking and writing. A body that is slow to arrive takes no slot from others.
        """
        if self.body_field is None:
            return self._hold_slot(super().get_route_handler())
        (parameter,) = self.dependant.body_params
        flags = [flag.name for flag in self.dependant.query_params]
        check = TypeAdapter[Any](parameter.field_info.annotation or Any).validator.validate_python
        answer = self.endpoint

        async def answer_body(request: Request) -> Response:
            slots = self.find_lane(request.scope).slots
            slots.check()
            check_type(request)
            given = _read_flags(request, flags) if request.scope["query_string"] else {}
            body = await read_body(request, request.app.state.settings.max_json_bytes)
            with slots.take():
                query = await self._read(request, body, check)
                response: Response = await answer(**{parameter.name: query, "request": request}, **given)
                return response

        return answer_body

    def _hold_slot(self, handle: Handler) -> Handler:
        async def handle_one(request: Request) -> Response:
            with self.find_lane(request.scope).slots.take():
                return await handle(request)

        return handle_one

    async def _read(self, _: Request, body: bytes, check: Callable[[Any], Any]) -> Any:
        return read_query(body, check)


class SingleRoute(PredictionRoute):
    """A route of single predictions."""

    lane = "single"


class BulkRoute(PredictionRoute):
    """A route of many rows: even its bodies are read in threads, and its answers are sent as fast as clients take them.

    An upload has no JSON; its endpoint takes the slot itself, once the file is there.
    """

    lane = "bulk"

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in parts; a client that takes none for too long is given up."""
        seconds = scope["app"].state.settings.body_seconds

        async def send_parts(message: Message) -> None:
            body = memoryview(message.get("body", b""))
            while len(body) > _PART_BYTES:
                await _send_within(seconds, send, {**message, "body": bytes(body[:_PART_BYTES]), "more_body": True})
                body = body[_PART_BYTES:]
            await _send_within(seconds, send, {**message, "body": bytes(body)} if body else message)

        await super().handle(scope, receive, send_parts)

    def _hold_slot(self, handle: Handler) -> Handler:
        return handle

    async def _read(self, request: Request, body: bytes, check: Callable[[Any], Any]) -> Any:
        return await run_bulk(request, read_query, body, check)


async def _send_within(seconds: float, send: Send, message: Message) -> None:
    try:
        async with asyncio.timeout(seconds):
            await send(message)
    except TimeoutError as err:
        raise ClientDisconnect from err


def _read_flags(request: Request, names: Sequence[str]) -> dict[str, bool]:
    """The flags in the address: each at most once, `true` or `false`; other parameters are left alone."""
    flags = {}
    for name in names:
        values = request.query_params.getlist(name)
        if values not in ([], ["true"], ["false"]):
            told = {"type": "bool_parsing", "loc": ("query", name), "msg": "give it once, as true or false"}
            raise RequestValidationError([told])
        if values:
            flags[name] = values == ["true"]
    return flags
