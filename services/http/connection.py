"""HTTP connections with limits on the time and the size of each part of a request.

Uvicorn has no time limit for the head of the first request, for what follows a response, and for a client
that does not read its response. Without these limits a client that keeps idle connections open could block
all other clients.
"""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""The time from the connection, or from the last response, to the end of the next request's head."""
RESPONSE_SECONDS = 30.0
"""The time from there until the client has read the response. It exceeds the time limits of the body and of
Temporal together."""
HEAD_LIMIT = 16 * 1024
"""The highest size in bytes of the target and all header lines. The gateway sends less than 2 KiB."""
_SEPARATOR_BYTES = 4
"""The bytes of a header line that are neither its name nor its value."""
CONNECTION_FACTOR = 2
"""The number of open connections for each request that may run at once. Further connections are closed."""


class LimitedConnection(H11Protocol):
    """A connection of uvicorn that is closed when a time limit has passed."""

    _timer: asyncio.TimerHandle | None = None

    # uvicorn takes a Transport where asyncio promises a BaseTransport
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accepts the connection, or closes it when there are too many."""
        super().connection_made(transport)
        if self.limit_concurrency and len(self.connections) > CONNECTION_FACTOR * self.limit_concurrency:
            transport.abort()
            return
        self._close_after(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancels the time limit."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Handles received data, and starts the time limit of a new request."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._close_after(RESPONSE_SECONDS)

    def on_response_complete(self) -> None:
        """Starts the time limit of the next request's head."""
        self._close_after(HEAD_SECONDS)
        super().on_response_complete()

    def _close_after(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self.transport.abort)


class HeaderSizeLimit:
    """ASGI middleware that answers 431 to a request whose head is longer than `HEAD_LIMIT`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one ASGI event stream."""
        if scope["type"] == "http" and _head_bytes(scope) > HEAD_LIMIT:
            await send({"type": "http.response.start", "status": 431, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body"})
            return
        await self._app(scope, receive, send)


def _head_bytes(scope: Scope) -> int:
    headers = sum(len(name) + len(value) + _SEPARATOR_BYTES for name, value in scope["headers"])
    return headers + len(scope["raw_path"]) + len(scope["query_string"])
