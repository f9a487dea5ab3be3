"""Uvicorn's HTTP protocol with an end to patience: clients that keep a connection waiting lose it."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.answers.errors import HEAD_TOO_LARGE, HEAD_TOO_SLOW

#: Far more than any client's headers; nothing else bounds them.
_MAX_HEAD_BYTES = 65_536


class PatientProtocol(HttpToolsProtocol):
    """One connection, which knows since when its client owes it something.

    Uvicorn itself waits for ever for a head, for a body that nobody reads, and for a client to take its answer.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a request."""
        super().connection_made(transport)
        self._owes_since: float | None = self.loop.time()
        self._has_head = self._is_new = False
        self._head_bytes = 0
        self._stuck_since: float | None = None

    def data_received(self, data: bytes) -> None:
        """Take what arrives, even an empty line, as the begin of a request that has to end."""
        if self._owes_since is None:
            self._owes_since = self.loop.time()
        self._is_new = False
        super().data_received(data)
        # what a head begins with is not counted: a body may stand before it
        if self._owes_since is not None and not self._has_head and not self._is_new:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES:
                self._refuse(HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins, perhaps right behind another."""
        if self._owes_since is None:
            self._owes_since = self.loop.time()
        self._is_new, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._has_head = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is there; now the service owes."""
        self._has_head, self._owes_since = False, None
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client takes no more of its answer."""
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client has taken some of it."""
        self._stuck_since = None
        super().resume_writing()

    def cut_off(self, head_seconds: float, body_seconds: float) -> None:
        """Close the connection if its client has taken too long.

        Args:
            head_seconds: for the head of a request.
            body_seconds: for its body, and for 64 kB of an answer; a route that reads a body refuses it itself before.
        """
        now = self.loop.time()
        if self._stuck_since is not None and now - self._stuck_since > body_seconds:
            self.transport.abort()
        elif self._owes_since is not None:
            late = now - self._owes_since - head_seconds - (body_seconds if self._has_head else 0)
            is_answering = self.cycle is not None and not self.cycle.response_complete
            if late > 0 and not (is_answering and not self.cycle.more_body):
                self._refuse(b"" if self._has_head else HEAD_TOO_SLOW)

    def _refuse(self, answer: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(answer)
        self.transport.close()
