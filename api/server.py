"""Runs the service in one process, and ends it without losing a request."""

import asyncio
import os
import re
import resource
import signal
import socket
from contextlib import ExitStack, suppress
from types import FrameType

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
#: How long the loop takes to close its own listening files.
_CLOSING_SECONDS = 0.05
_UPGRADE = re.compile(rb"\r\nupgrade: *h2c(?=\r\n)", re.IGNORECASE)


class CappedProtocol(HttpToolsProtocol):
    """One connection; where the process may open no more, the oldest one makes room on which nothing is asked."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in."""
        super().connection_made(transport)
        self._since = self.loop.time()
        if len(self.connections) > resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _OTHER_FILES:
            own = [one for one in self.connections if isinstance(one, CappedProtocol)]
            min(own, key=CappedProtocol._rank).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Pass by the wish for HTTP/2 of Java's client: httptools would end the request before its body."""
        if self.cycle is None or self.cycle.response_complete:
            head, end, body = data.partition(b"\r\n\r\n")
            data = _UPGRADE.sub(b"", head) + end + body
        super().data_received(data)

    def shutdown(self) -> None:
        """End the connection after what is being answered; one that has just been opened may still ask."""
        if self.cycle is None and self.loop.time() < self._since + _OPENING_SECONDS:
            self.loop.call_later(_OPENING_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def _rank(self) -> tuple[int, float]:
        """What is given up first: connections without a request, then those between two, the oldest of each."""
        return 0 if self.cycle is None else 1 if self.cycle.response_complete else 2, self._since


class DrainingServer(uvicorn.Server):
    """Uvicorn, which takes SIGTERM as a balancer needs it.

    Readiness is refused while everything is still answered, for some seconds. Then the socket closes, and what is
    being answered is answered to its end.

    Args:
        config: Uvicorn's configuration.
        app: the application that it runs.
        drain_seconds: how long balancers take to notice.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI, drain_seconds: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = drain_seconds
        app.state.batcher.requests = self.server_state.tasks

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGTERM as a wish that ends in success; leave Ctrl+C, and a second SIGTERM, to Uvicorn."""
        if sig == signal.SIGTERM and not self.should_exit:
            self.should_exit = True
        else:
            self._drain_seconds = 0
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then shut down."""
        self._app.state.is_draining = True
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() < began + self._drain_seconds:
            await asyncio.sleep(0.05)
        await self._take_in_the_last()
        await super().shutdown(sockets)

    async def _take_in_the_last(self) -> None:
        """Stop listening; a socket that closes would reset those who wait to be accepted, so they are let in first."""
        with ExitStack() as copies:
            listeners = [
                copies.enter_context(socket.socket(fileno=os.dup(listener.fileno())))
                for server in self.servers
                for listener in server.sockets
            ]
            for server in self.servers:
                server.close()
            await asyncio.sleep(_CLOSING_SECONDS)
            waiting = []
            for listener in listeners:
                listener.setblocking(False)
                with suppress(BlockingIOError):
                    while True:
                        waiting.append(listener.accept()[0])
        state = {"config": self.config, "server_state": self.server_state, "app_state": self.lifespan.state}
        for client in waiting:
            client.setblocking(False)
            await asyncio.get_running_loop().connect_accepted_socket(lambda: CappedProtocol(**state), client)


def serve(settings: Settings | None = None) -> None:
    """Serve until SIGTERM or Ctrl+C; one process, to be multiplied by replicas.

    Args:
        settings: taken from the environment when left out.
    """
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
    DrainingServer(config, app, settings.drain_seconds).run()


if __name__ == "__main__":
    serve()
