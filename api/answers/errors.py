"""Errors as `application/problem+json` (RFC 9457), none of which repeats what was sent. The only place of statuses."""

import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gpu_kedro.contracts.refusals import list_errors
from gpu_kedro.serving.errors import NoBundleError, NotExplainedError, UnknownGpuError

MEDIA_TYPE = "application/problem+json"
NOT_EXPLAINED = "not-explained"
_KINDS = {
    400: "malformed-request",
    401: "key-required",
    404: "not-found",
    405: "method-not-allowed",
    408: "request-too-slow",
    413: "body-too-large",
    415: "unsupported-media-type",
    422: "invalid-request",
    500: "internal-error",
    503: "unavailable",
}
#: When a request that was put off may come again: at different times, and while its connection is kept open.
_RETRY_SECONDS = (3, 6)
#: What a request counts as whose client went away before it was complete; nobody is sent it.
CLIENT_GONE = 499


class MalformedBodyError(HTTPException):
    """A body that is not what its content type says."""

    def __init__(self, detail: str) -> None:
        super().__init__(400, detail)


class SlowBodyError(HTTPException):
    """A body that took too long to arrive."""

    def __init__(self) -> None:
        super().__init__(408, "the body took too long to arrive", {"Connection": "close"})


class BodyTooLargeError(HTTPException):
    """A body over its limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"the body is larger than {limit:,} bytes")


class MediaTypeError(HTTPException):
    """A body of a type, charset or encoding that this address does not take."""

    def __init__(self, detail: str) -> None:
        super().__init__(415, detail)


class BusyError(HTTPException):
    """As many requests as allowed are being answered."""

    def __init__(self) -> None:
        super().__init__(503, "too many requests at the same time; try again")


class UnusableTableError(HTTPException):
    """A file that can be read but not scored."""

    def __init__(self, detail: str) -> None:
        super().__init__(422, detail)


def write_problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    kind: str | None = None,
    **members: Sequence[Any],
) -> Response:
    """Write an error; `members` are added to the standard ones where they hold something.

    Args:
        detail: what happened and what to do.
        headers: beside the content type.
        kind: for programs; that of the status when left out.
        members: lists.
    """
    content = {
        "type": f"urn:gpu_kedro:problem:{kind or _KINDS.get(status, 'error')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **{name: value for name, value in members.items() if value},
    }
    return Response(orjson.dumps(content), status, dict(headers or {}), MEDIA_TYPE)


def hide_store(request: Request, err: Exception) -> str:
    """What is wrong with the bundles, without telling where they are on this machine; the log does."""
    return str(err).replace(str(request.app.state.store.bundles), "the store")


async def _refuse_fields(_: Request, err: RequestValidationError) -> Response:
    count = len(err.errors())
    what = "one field" if count == 1 else f"{count} fields"
    return write_problem(422, f"{what} cannot be taken; see `errors`", errors=list_errors(err.errors()))


async def _refuse(_: Request, err: HTTPException) -> Response:
    detail = err.detail
    if err.status_code == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "there is nothing at this address; /docs lists what there is"
    if err.status_code == 405:
        allowed = (err.headers or {}).get("Allow", "another method")
        detail = f"this address takes {allowed}"
    return write_problem(err.status_code, detail, err.headers)


async def _put_off(_: Request, err: BusyError) -> Response:
    return write_problem(503, err.detail, {"Retry-After": str(random.randint(*_RETRY_SECONDS))})  # noqa: S311 (no secret)


async def _report_unknown(_: Request, err: UnknownGpuError) -> Response:
    return write_problem(404, str(err), did_you_mean=err.did_you_mean)


async def _report_no_bundle(request: Request, err: Exception) -> Response:
    return write_problem(503, hide_store(request, err), {"Retry-After": "5"})


async def _report_not_explained(_: Request, err: Exception) -> Response:
    return write_problem(503, str(err), kind=NOT_EXPLAINED)


#: Gives every error its status and its text.
HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    RequestValidationError: _refuse_fields,
    HTTPException: _refuse,
    BusyError: _put_off,
    UnknownGpuError: _report_unknown,
    NoBundleError: _report_no_bundle,
    NotExplainedError: _report_not_explained,
}
