"""Runs the service in one process, and ends it without losing a request."""

import asyncio
import ctypes
import selectors
import signal
import socket
import struct
import sys
from contextlib import ExitStack
from types import FrameType

import uvicorn

from api.lifecycle import Lifecycle
from api.main import create_app
from api.middleware.json_logs import configure_logs
from api.patience import PatientProtocol
from api.settings import Settings

#: How long clients of kept-alive connections have to be told that these close.
_LEAVING_SECONDS = 2.0
#: How often in a row nobody may wait to be accepted before the socket closes.
_ACCEPT_CHECKS = 4
_ACCEPT_SECONDS = 5.0
#: New connections that are taken in each time that the loop comes round. uvloop takes one for each listening file, and
#: a health check at the end of a queue of hundreds would wait for as many rounds of predictions.
_DOORS = 64
#: Linux's number; Python has no name for it.
_SO_ATTACH_FILTER = 26


class DrainingServer(uvicorn.Server):
    """Uvicorn, with the steps of an end that a load balancer needs.

    On SIGTERM readiness is refused while everything is still answered, for `drain_seconds`. Then the socket closes,
    and each open connection is closed with an answer rather than between two requests.

    Args:
        config: Uvicorn's configuration.
        lifecycle: what the routes read.
        settings: how long balancers take to notice its end, and how long clients may take.
    """

    def __init__(self, config: uvicorn.Config, lifecycle: Lifecycle, settings: Settings) -> None:
        super().__init__(config)
        self._lifecycle = lifecycle
        self._settings = settings
        self._drain_seconds = settings.drain_seconds

    async def on_tick(self, counter: int) -> bool:
        """Do what Uvicorn does ten times a second, and cut off slow clients once a second."""
        if counter % 10 == 0:
            for connection in list(self.server_state.connections):
                if isinstance(connection, PatientProtocol):
                    connection.cut_off(self._settings.head_seconds, self._settings.body_seconds)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGTERM as a wish that ends in success; leave Ctrl+C, and a second SIGTERM, to Uvicorn."""
        if sig == signal.SIGTERM and not self._lifecycle.is_draining:
            self._lifecycle.is_draining = True
            self.should_exit = True
        else:
            self._drain_seconds = 0
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, take leave, and shut down."""
        self._lifecycle.is_draining = True
        await self._serve_for(self._drain_seconds)
        await self._stop_listening()
        self._lifecycle.is_leaving = True
        await self._serve_for(_LEAVING_SECONDS, until_idle=True)
        await super().shutdown(sockets)

    async def _serve_for(self, seconds: float, *, until_idle: bool = False) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end and self._drain_seconds > 0:
            if until_idle and not self.server_state.connections:
                return
            await self.on_tick(0)
            await asyncio.sleep(0.05)

    async def _stop_listening(self) -> None:
        # a listening socket that closes resets the connections it has not accepted yet: let in no more, take those in
        with selectors.DefaultSelector() as waiting, ExitStack() as copies:
            for server in self.servers:
                for listener in server.sockets:
                    copy = copies.enter_context(socket.socket(fileno=socket.dup(listener.fileno())))
                    _ignore_callers(copy)
                    waiting.register(copy, selectors.EVENT_READ)
            loop = asyncio.get_running_loop()
            checks, end = _ACCEPT_CHECKS, loop.time() + _ACCEPT_SECONDS
            while checks and self._drain_seconds > 0 and loop.time() < end:
                await asyncio.sleep(0.05)
                # a busy loop may not have come to accept: count from the last time that somebody waited
                checks = _ACCEPT_CHECKS if waiting.select(0) else checks - 1
            for server in self.servers:
                server.close()


def _ignore_callers(listener: socket.socket) -> None:
    """Let a listening socket overlook new connections (TCP's SYN), so that its queue runs empty.

    They try again after a second, when nobody listens any more: refused before they have sent anything. Elsewhere than
    on Linux, and where a host refuses filters to those who are not root, the queue can only be made short.
    """
    if sys.platform != "linux":
        listener.listen(0)
        return
    # load the flags; SYN without ACK?; then drop, else take the whole packet
    filters = [(0x30, 0, 0, 13), (0x54, 0, 0, 0x12), (0x15, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in filters))
    attached = struct.pack("HP", len(filters), ctypes.addressof(program))
    try:
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, attached)
    except OSError:
        listener.listen(0)


def open_doors(config: uvicorn.Config) -> list[socket.socket]:
    """The listening socket as many files, each of which the loop accepts a connection from when it comes round."""
    listener = config.bind_socket()
    return [listener, *(listener.dup() for _ in range(_DOORS - 1))]


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
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=30,
        ws="none",
    )
    server = DrainingServer(config, app.state.lifecycle, settings)
    app.state.turns.requests = server.server_state.tasks
    server.run(open_doors(config))


if __name__ == "__main__":
    serve()
