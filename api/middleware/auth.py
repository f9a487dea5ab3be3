"""ASGI middleware that turns requests away before a route sees them: no key, too large a body."""

import hashlib
import hmac

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers.errors import BodyTooLargeError, write_problem

FILE_PATH = "/v1/predict/file"
#: Addresses that need no key: health, and the description of the service.
_OPEN = ("/health/", "/docs", "/openapi.json")


def read_header(scope: Scope, name: bytes) -> list[bytes]:
    """Every value of a header; `name` in lower case."""
    return [value for key, value in scope["headers"] if key == name]


class ApiKey:
    """Answers 401 to requests without the key, in a time that does not depend on how much of it is right.

    Args:
        app: what is protected.
        key: the key.
    """

    def __init__(self, app: ASGIApp, key: str) -> None:
        self.app = app
        self._digest = hashlib.sha256(key.encode()).digest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan" or scope["path"].startswith(_OPEN) or self._fits(scope):
            await self.app(scope, receive, send)
        else:
            refusal = write_problem(
                401,
                "send the key of this service as header X-API-Key",
                {"WWW-Authenticate": 'ApiKey realm="gpu_kedro"'},
            )
            await refusal(scope, receive, send)

    def _fits(self, scope: Scope) -> bool:
        keys = read_header(scope, b"x-api-key")
        given = keys[0] if len(keys) == 1 else b""
        return hmac.compare_digest(hashlib.sha256(given).digest(), self._digest)


class BodyLimit:
    """Answers 413 to bodies over the limit, by what is announced and, without that, by what arrives.

    Args:
        app: what is protected.
        max_json_bytes: limit of every address but the file upload's.
        max_file_bytes: limit of the file upload.
    """

    def __init__(self, app: ASGIApp, max_json_bytes: int, max_file_bytes: int) -> None:
        self.app = app
        self._max_json_bytes = max_json_bytes
        self._max_file_bytes = max_file_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._max_file_bytes if scope["path"] == FILE_PATH else self._max_json_bytes
        announced = read_header(scope, b"content-length")
        if announced:
            # the server takes no more than was announced; nineteen digits are more than any limit
            if len(announced[0]) > 18 or not announced[0].isdigit() or int(announced[0]) > limit:
                refusal = BodyTooLargeError(limit)
                await write_problem(413, refusal.detail)(scope, receive, send)
                return
            await self.app(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLargeError(limit)
            return message

        await self.app(scope, receive_counted, send)
