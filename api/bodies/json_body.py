"""Reads JSON bodies strictly, and counts the requests that predict."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.types import Receive, Scope, Send

from api.answers.errors import BusyError, MalformedBodyError, MediaTypeError, SlowBodyError

#: More digits than any figure has; Python refuses to read far longer ones only.
_MAX_DIGITS = 400
_HELD = "gpu_kedro.held"


def read_json(body: bytes) -> Any:
    """Read a JSON document as RFC 8259 has it, in UTF-8.

    Raises:
        MalformedBodyError: not JSON, not UTF-8, NaN or Infinity, a key twice, nested too deeply, a number too long.
    """
    try:
        return _DECODER.decode(body.decode())
    except UnicodeDecodeError as err:
        raise MalformedBodyError("the body is not UTF-8") from err
    except json.JSONDecodeError as err:
        raise MalformedBodyError(f"the body is not JSON: {err.msg} at character {err.pos}") from err
    except RecursionError as err:
        raise MalformedBodyError("the body is nested too deeply") from err


def _refuse_constant(_: str) -> NoReturn:
    raise MalformedBodyError("the body is not JSON: NaN and Infinity are not numbers of JSON")


def _read_integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise MalformedBodyError("the body holds a number of too many digits")
    return int(digits)


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise MalformedBodyError("the body has a key twice in one object")
    return read


_DECODER = json.JSONDecoder(object_pairs_hook=_refuse_twice, parse_constant=_refuse_constant, parse_int=_read_integer)


def check_encoding(request: Request) -> None:
    """Refuse compressed bodies: their size could not be limited by what arrives."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeError("compressed bodies are not taken; leave Content-Encoding out")


async def read_body(request: Request) -> bytes:
    """The whole body.

    Raises:
        SlowBodyError: it did not arrive in time.
        BusyError: too much is arriving at the same time.
    """
    with request.app.state.arriving.count() as counted:
        try:
            async with asyncio.timeout(request.app.state.settings.body_seconds):
                parts = [counted(part) async for part in request.stream()]
        except TimeoutError as err:
            raise SlowBodyError from err
    return b"".join(parts)


def has_body(request: Request) -> bool:
    """Whether the head announces a body."""
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _check_type(request: Request) -> None:
    declared = request.headers.getlist("content-type")
    if declared == ["application/json"]:
        return
    if not declared and not has_body(request):
        return
    media_type, _, parameters = (declared[0] if len(declared) == 1 else "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media_type.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise MediaTypeError("send application/json in UTF-8")


class PredictionRoute(APIRoute):
    """A route that predicts: reads JSON strictly, then takes one of the slots for as long as it answers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
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
            request.app.state.slots.check()
            _check_type(request)
            check_encoding(request)
            given = _read_flags(request, flags) if request.scope["query_string"] else {}
            body = await read_body(request)
            if request.app.state.turns.are_needed:
                await request.app.state.turns.take()
            with request.app.state.slots.take():
                query = _read_query(body, check)
                response: Response = await answer(**{parameter.name: query, "request": request}, **given)
                return response

        return answer_body

    @staticmethod
    def _hold_slot(
        handle: Callable[[Request], Coroutine[Any, Any, Response]],
    ) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle_one(request: Request) -> Response:
            with request.app.state.slots.take():
                return await handle(request)

        return handle_one


def _read_query(body: bytes, check: Callable[[Any], Any]) -> Any:
    if not body:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    try:
        return check(read_json(body))
    except ValidationError as err:
        found = err.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**error, "loc": ("body", *error["loc"])} for error in found]) from None


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


class FileRoute(APIRoute):
    """A route that takes and gives back files.

    Once the file is there (`hold_slot`), it holds a slot to the last byte of the answer; one that is slow to arrive
    takes none from others.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and give the slot back."""
        with ExitStack() as held:
            scope[_HELD] = held
            await super().handle(scope, receive, send)


def hold_slot(request: Request) -> None:
    """Take a slot until the answer of a `FileRoute` is sent.

    Raises:
        BusyError: none is free.
    """
    request.scope[_HELD].enter_context(request.app.state.slots.take())


class ArrivingBytes:
    """Counts what has arrived of bodies that are not complete, so that many together cannot fill the memory.

    Args:
        limit: how many bytes there may be.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._bodies = 0

    def __len__(self) -> int:
        """How many bodies are not complete."""
        return self._bodies

    @contextmanager
    def count(self) -> Iterator[Callable[[bytes], bytes]]:
        """A function that counts a part and gives it back; all are forgotten at the end.

        Raises:
            BusyError: there are too many.
        """
        taken = 0

        def counted(part: bytes) -> bytes:
            nonlocal taken
            taken += len(part)
            self._free -= len(part)
            if self._free < 0:
                raise BusyError
            return part

        self._bodies += 1
        try:
            yield counted
        finally:
            self._bodies -= 1
            self._free += taken


class Slots:
    """Counts requests that are being answered; all in one event loop, so no lock is needed.

    Args:
        limit: how many there may be.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit

    def check(self) -> None:
        """Say at once, before a body is read, that there is none.

        Raises:
            BusyError: all are taken.
        """
        if self._free <= 0:
            raise BusyError

    def take(self) -> "Slots":
        """A slot as a context manager.

        Raises:
            BusyError: all are taken.
        """
        self.check()
        self._free -= 1
        return self

    def __enter__(self) -> None:
        """Nothing is left to do: `take` took the slot."""

    def __exit__(self, *_: object) -> None:
        """Give the slot back."""
        self._free += 1
