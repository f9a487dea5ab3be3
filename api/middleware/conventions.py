"""What clients of HTTP expect of every address: a validator on answers to GET, OPTIONS, a slash at the end."""

import hashlib
from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gpu_kedro.serving.errors import NoBundleError

_ASK_AGAIN = "no-cache"


class Conventions:
    """Wraps the routes.

    An answer to GET depends on the bundle and the address alone: its `ETag` is made of both, and a client that has it
    is told so (304) before anything is computed (RFC 9110, section 13).
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self.app = app
        self._methods = [(route.path_regex, route.methods or set()) for route in routes if isinstance(route, Route)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path.endswith("/") and path != "/":
            scope = {**scope, "path": path.rstrip("/") or "/"}
        if scope["method"] == "OPTIONS" and (methods := self._list_methods(scope["path"])):
            allowed = Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": methods})
            await allowed(scope, receive, send)
            return
        tag = _make_tag(scope) if scope["method"] == "GET" and scope["path"].startswith("/v1/") else None
        validators = {} if tag is None else {"ETag": tag, "Cache-Control": _ASK_AGAIN}
        if tag is not None and tag in Headers(scope=scope).get("if-none-match", ""):
            await Response(status_code=HTTPStatus.NOT_MODIFIED, headers=validators)(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == HTTPStatus.OK:
                    MutableHeaders(scope=message).update(validators)
                elif message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
                    MutableHeaders(scope=message)["Allow"] = self._list_methods(scope["path"])
            await send(message)

        await self.app(scope, receive, send_on)

    def _list_methods(self, path: str) -> str:
        """The methods that an address takes; empty where there is no such address."""
        methods = {method for pattern, each in self._methods if pattern.match(path) for method in each}
        if "GET" in methods:
            methods.add("HEAD")
        return ", ".join(sorted({*methods, "OPTIONS"})) if methods else ""


def _make_tag(scope: Scope) -> str | None:
    """A weak validator: the same content may come compressed or not. None while no bundle is loaded."""
    try:
        version = scope["app"].state.store.current().version
    except NoBundleError:
        return None
    asked = b"?".join((version.encode(), scope["path"].encode(), scope["query_string"]))
    return f'W/"{hashlib.blake2b(asked, digest_size=12).hexdigest()}"'
