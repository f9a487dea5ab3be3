"""The outermost ASGI middleware: request id, safe headers, a log line and a count for each request."""

import logging
import os
import re
import time

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers.errors import CLIENT_GONE, write_problem
from api.middleware.auth import read_header
from api.middleware.metrics import Metrics

logger = logging.getLogger("api.requests")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)


class RequestRecords:
    """Wraps every request.

    HEAD is answered as GET without the body. An error nobody handled becomes a 500 that tells nothing, and a log line
    that tells where. A service that ends asks with every answer to close the connection.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _choose_id(scope)
        method: str = scope["method"]
        is_head = method == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}
        status = 0

        async def send_recorded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
                present = {name for name, _ in headers}
                headers += [header for header in _SAFE_HEADERS if header[0] not in present]
                if scope["app"].state.is_draining:
                    headers.append((b"connection", b"close"))
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        self._metrics.in_flight.inc()
        try:
            app = self.app if _names_one_host(scope) else write_problem(400, "send one Host header")
            await app(scope, receive, send_recorded)
        except ClientDisconnect:
            status = CLIENT_GONE
        except Exception:
            logger.exception("failed", extra={"facts": {"request_id": request_id.decode()}})
            if status:
                # too late for another answer: the server closes the connection, so that nobody takes it for whole
                raise
            sorry = write_problem(500, "something went wrong; the log tells what under this request id")
            await sorry(scope, receive, send_recorded)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.in_flight.dec()
            self._record(scope, method, status, seconds, request_id)

    def _record(self, scope: Scope, method: str, status: int, seconds: float, request_id: bytes) -> None:
        route = scope.get("route")
        path = getattr(route, "path", "unmatched")
        method = method if method in _METHODS else "OTHER"
        self._metrics.count(method, path, status, seconds)
        level = logging.DEBUG if path.startswith("/health") and status < 400 else logging.INFO
        if logger.isEnabledFor(level):
            facts = {
                "request_id": request_id.decode(),
                "method": method,
                "path": path,
                "status": status,
                "ms": round(1000 * seconds, 3),
                "model_version": scope.get("state", {}).get("model_version"),
            }
            # a record made by hand: `logger.log` would look through the stack for the line that calls it, every time
            record = logging.LogRecord(logger.name, level, __file__, 0, "request", None, None)
            record.facts = facts
            logger.handle(record)


def _names_one_host(scope: Scope) -> bool:
    """Whether a request names one host, as HTTP/1.1 asks: who stands between could take another one."""
    count = len(read_header(scope, b"host"))
    return count == 1 or (count == 0 and scope["http_version"] == "1.0")


def _choose_id(scope: Scope) -> bytes:
    for value in read_header(scope, b"x-request-id"):
        if _REQUEST_ID.fullmatch(value):
            return value
    return os.urandom(8).hex().encode()
