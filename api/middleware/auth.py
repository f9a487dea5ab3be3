"""ASGI middleware that turns away requests without the key."""

import hashlib
import hmac

from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers.errors import write_problem

#: Addresses that need no key: health, and the description of the service.
_OPEN = ("/health/", "/docs", "/openapi.json")


def read_header(scope: Scope, name: bytes) -> list[bytes]:
    """Every value of a header; `name` in lower case."""
    return [value for key, value in scope["headers"] if key == name]


class ApiKey:
    """Answers 401 to requests without the key, in a time that does not depend on how much of it is right."""

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
