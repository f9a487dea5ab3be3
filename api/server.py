"""Runs the service in one process, and ends it without losing a request."""

import asyncio
import os
import re
import resource
import signal
import socket
from contextlib import suppress
from functools import partial
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
#: Clients that are let in together at the most, and their share of the files that the process may open.
_AT_ONCE, _SHARE_AT_ONCE = 256, 8
#: Clients that the system keeps waiting: Uvicorn's backlog.
_MOST_WAITING = 2048
#: How long the loop takes to close its own listening files.
_CLOSING_SECONDS = 0.05
_UPGRADE = re.compile(rb"\r\nupgrade: *h2c(?=\r\n)", re.IGNORECASE)


class CappedProtocol(HttpToolsProtocol):
    """One connection; where the process may open no more, the oldest one makes room on which nothing is asked."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in."""
        super().connection_made(transport)
        self._since = self.loop.time()
        at_once, most = _count_files()
        if len(self.connections) > most - at_once - _OTHER_FILES:
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
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds: float = app.state.settings.drain_seconds
        self._listeners: list[socket.socket] = []
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
            await self._let_in()
            await asyncio.sleep(0.05)
        for server in self.servers:
            server.close()
        await asyncio.sleep(_CLOSING_SECONDS)
        # a socket that closes would reset those who wait; were they answered before it does, they would come again
        waiting = [client for listener in self._listeners for client in _accept(listener, _MOST_WAITING)]
        for listener in self._listeners:
            listener.close()
        await self._connect(waiting)
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Do what Uvicorn does ten times a second, and let everybody in: uvloop takes in one client a round.

        A probe behind hundreds of new clients would wait for as many rounds of predictions.
        """
        await self._let_in()
        return await super().on_tick(counter)

    async def _let_in(self) -> None:
        """Accept who waits, on copies of the sockets that the loop listens on.

        Not those who come meanwhile: clients that ask again as soon as they are answered would never let this end.
        """
        if not self._listeners:
            listening = [listener for server in self.servers for listener in server.sockets]
            self._listeners = [socket.socket(fileno=os.dup(listener.fileno())) for listener in listening]
        at_once, _ = _count_files()
        for listener in self._listeners:
            listener.setblocking(False)
            for _ in range(_MOST_WAITING // at_once):
                clients = _accept(listener, at_once)
                await self._connect(clients)
                if len(clients) < at_once:
                    break

    async def _connect(self, clients: list[socket.socket]) -> None:
        state = {"config": self.config, "server_state": self.server_state, "app_state": self.lifespan.state}
        connect = partial(asyncio.get_running_loop().connect_accepted_socket, lambda: CappedProtocol(**state))
        await asyncio.gather(*map(connect, clients))


def _count_files() -> tuple[int, int]:
    """How many clients are let in together, and how many files the process may open."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return min(_AT_ONCE, most // _SHARE_AT_ONCE), most


def _accept(listener: socket.socket, at_most: int) -> list[socket.socket]:
    clients: list[socket.socket] = []
    with suppress(OSError):  # nobody waits, the first one has gone again, or no file is left
        while len(clients) < at_most:
            client = listener.accept()[0]
            client.setblocking(False)
            clients.append(client)
    return clients


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
    DrainingServer(config, app).run()


if __name__ == "__main__":
    serve()
