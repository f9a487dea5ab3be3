"""Reads bodies into memory within their bounds, and JSON strictly."""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any, NoReturn

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.answers.errors import BodyTooLargeError, MalformedBodyError, MediaTypeError, SlowBodyError
from api.load.lanes import hold

#: More digits than any figure has; Python refuses to read far longer ones only.
_MAX_DIGITS = 400


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


def read_query(body: bytes, check: Callable[[Any], Any]) -> Any:
    """What a JSON body asks.

    Raises:
        MalformedBodyError: it is not JSON.
        RequestValidationError: it asks nothing that can be answered; without what was sent.
    """
    if not body:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    try:
        return check(read_json(body))
    except ValidationError as err:
        found = err.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**error, "loc": ("body", *error["loc"])} for error in found]) from None


def check_type(request: Request) -> None:
    """Refuse bodies that are not announced as JSON in UTF-8.

    Raises:
        MediaTypeError: it is something else, or compressed.
    """
    check_encoding(request)
    declared = request.headers.getlist("content-type")
    if declared == ["application/json"] or (not declared and not _has_body(request)):
        return
    media_type, _, parameters = (declared[0] if len(declared) == 1 else "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media_type.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise MediaTypeError("send application/json in UTF-8")


def check_encoding(request: Request) -> None:
    """Refuse compressed bodies: their size could not be limited by what arrives."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeError("compressed bodies are not taken; leave Content-Encoding out")


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


async def read_body(request: Request, limit: int, copies: int = 1) -> bytes:
    """The whole body, which counts among the bytes of its lane.

    Args:
        limit: in bytes.
        copies: how often its content is in memory while it is answered.

    Raises:
        BodyTooLargeError: it is larger, by what is announced or by what arrives.
        SlowBodyError: it did not arrive in time.
        BusyError: the bodies of all requests together take too much.
    """
    announced = request.headers.get("content-length", "0")
    # nineteen digits are more than any limit
    if len(announced) > 18 or int(announced) > limit:
        raise BodyTooLargeError(limit)
    body = io.BytesIO()
    try:
        async with asyncio.timeout(request.app.state.settings.body_seconds):
            async for part in request.stream():
                hold(request, copies * len(part))
                if body.write(part) and body.tell() > limit:
                    raise BodyTooLargeError(limit)
    except TimeoutError as err:
        raise SlowBodyError from err
    return body.getvalue()
