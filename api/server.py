"""Runs the service in one process, and ends it without losing a request."""

import asyncio
import re
import resource
import signal
import socket
from contextlib import suppress
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.main import create_app
from api.middleware.json_logs import configure_logs
from api.settings import Settings

#: Open files that are no connections: libraries, the bundle while it is read, the prediction log.
_OTHER_FILES = 100
#: So long after a connection is opened, its request may still be on the way.
_OPENING_SECONDS = 1.0
#: Clients that are let in together.
_AT_ONCE = 64
#: Of the files that the process may open, the least share that is for connections, however few they are.
_LEAST_SHARE = 4
_UPGRADE = re.compile(rb"\r\nupgrade: *h2c(?=\r\n|\Z)", re.IGNORECASE)


class CappedProtocol(HttpToolsProtocol):
    """One connection; where the process may open no more, the oldest one makes room on which nothing is asked."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in."""
        super().connection_made(transport)
        self._since = self.loop.time()
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if len(self.connections) > max(files - _AT_ONCE - _OTHER_FILES, files // _LEAST_SHARE):
            own = [one for one in self.connections if isinstance(one, CappedProtocol)]
            # who was told to go stays in the list for a moment
            min((one for one in own if not one.transport.is_closing()), key=CappedProtocol._rank).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Pass by the wish for HTTP/2 of Java's client: httptools would end the request before its body."""
        if self.cycle is None or not self.cycle.more_body:
            head, end, body = data.partition(b"\r\n\r\n")
            data = _UPGRADE.sub(b"", head) + end + body
        super().data_received(data)

    def shutdown(self) -> None:
        """End the connection after what is being answered; one that has just been opened may still ask."""
        if self.cycle is None and self._is_opening():
            self.loop.call_later(_OPENING_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def _is_opening(self) -> bool:
        return self.loop.time() < self._since + _OPENING_SECONDS

    def _rank(self) -> tuple[bool, bool, float]:
        """What is given up first: connections on which nothing is asked, the oldest first, new ones last."""
        is_asked = self.cycle is not None and not self.cycle.response_complete
        return is_asked, self._is_opening(), self._since


class DrainingServer(uvicorn.Server):
    """Uvicorn, which listens itself, and takes SIGTERM as a balancer needs it.

    The loop would let in one client a round: a probe behind hundreds of new clients would wait for as many rounds of
    predictions. After SIGTERM readiness is refused while everything is still answered, for some seconds. Then the
    socket closes, and what is being answered is answered to its end.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds: float = app.state.settings.drain_seconds
        self._joining: set[asyncio.Future[Any]] = set()
        app.state.batcher.requests = self.server_state.tasks

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGTERM as a wish that ends in success; leave Ctrl+C, and a second SIGTERM, to Uvicorn."""
        if sig == signal.SIGTERM and not self.should_exit:
            self.should_exit = True
        else:
            self._drain_seconds = 0
            super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then listen on the one socket that is given."""
        [self._listener] = sockets or []
        await super().startup([])
        self._listener.setblocking(False)
        self._listener.listen(self.config.backlog)
        asyncio.get_running_loop().add_reader(self._listener, self._let_in, _AT_ONCE)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then shut down."""
        self._app.state.is_draining = True
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() < began + self._drain_seconds:
            await asyncio.sleep(0.05)
        loop.remove_reader(self._listener)
        # a socket that closes resets those who wait; were they answered before it does, they would come again
        self._let_in(self.config.backlog)
        self._listener.close()
        await asyncio.gather(*self._joining, return_exceptions=True)
        await super().shutdown(sockets)

    def _let_in(self, at_most: int) -> None:
        state = {"config": self.config, "server_state": self.server_state, "app_state": self.lifespan.state}
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # nobody waits any more, or no file is left
            for _ in range(at_most - len(self._joining)):
                client, _ = self._listener.accept()
                client.setblocking(False)
                joining = loop.create_task(loop.connect_accepted_socket(lambda: CappedProtocol(**state), client))
                self._joining.add(joining)
                joining.add_done_callback(self._joining.discard)


def serve(settings: Settings | None = None) -> None:
    """Serve until SIGTERM or Ctrl+C; one process, to be multiplied by replicas."""
    settings = settings or Settings()
    app = create_app(settings)
    configure_logs(settings.log_level, "uvicorn")
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=CappedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=30,
        ws="none",
    )
    with suppress(KeyboardInterrupt):  # raised again where everything has ended
        DrainingServer(config, app).run([config.bind_socket()])


if __name__ == "__main__":
    serve()
