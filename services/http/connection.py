"""A connection that cannot be held open for nothing: every part of a request has its time and its size.

Uvicorn waits for ever for the head of a first request, reads on for ever what follows an answer, and waits
for ever for a client to take one. Whoever opens connections and says little would keep all others out.
"""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""From the connection, or from the last answer, to the end of the next request's head."""
ANSWER_SECONDS = 30.0
"""From there until the answer is taken: longer than a body may take and Temporal after it."""
HEAD_LIMIT = 16 * 1024
"""Bytes of all header lines, the target with them; the gateway sends less than 2 KiB."""
_BETWEEN = 4
"""Bytes of a header line that are neither name nor value."""
CROWD = 2
"""So many times the requests at once may be connected; who comes then is not let in."""


class GuardedConnection(H11Protocol):
    """One connection of uvicorn, cut when its time is up."""

    _limit: asyncio.TimerHandle | None = None

    # uvicorn takes a Transport where asyncio promises a BaseTransport
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, unless there are too many."""
        super().connection_made(transport)
        if self.limit_concurrency and len(self.connections) > CROWD * self.limit_concurrency:
            transport.abort()
            return
        self._within(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget its limit."""
        if self._limit is not None:
            self._limit.cancel()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Read what has arrived; a request that begins has its time."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._within(ANSWER_SECONDS)

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of this one, which nobody reads."""
        self._within(HEAD_SECONDS)
        super().on_response_complete()

    def _within(self, seconds: float) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self.loop.call_later(seconds, self.transport.abort)


class ShortHeads:
    """Refuses a request with a head that is longer than `HEAD_LIMIT`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI event stream."""
        if scope["type"] == "http" and _size(scope) > HEAD_LIMIT:
            await send({"type": "http.response.start", "status": 431, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body"})
            return
        await self._app(scope, receive, send)


def _size(scope: Scope) -> int:
    named = sum(len(name) + len(value) + _BETWEEN for name, value in scope["headers"])
    return named + len(scope["raw_path"]) + len(scope["query_string"])
