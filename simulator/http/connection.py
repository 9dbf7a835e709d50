"""The connection below HTTP, which a fault can abort, and absolute request targets."""

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.http.wire import RawReply

ABORT = "simulator.abort"


class ConnectionMiddleware:
    """ASGI middleware that adds a function to abort the connection, and accepts absolute targets.

    A client may put the whole URL into its request line (RFC 9112, 3.2.2), and Antom's own does.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one ASGI event stream."""
        if scope["type"] == "http":
            raw_path = _without_origin(scope["raw_path"])
            scope = {**scope, "raw_path": raw_path, ABORT: lambda: _abort(send)}
            scope["path"] = _without_origin(scope["path"].encode()).decode()
        await self._app(scope, receive, send)


def _without_origin(target: bytes) -> bytes:
    for scheme in (b"https://", b"http://"):
        if target.lower().startswith(scheme):
            return b"/" + target[len(scheme) :].partition(b"/")[2]
    return target


def _abort(send: Send) -> None:
    """Aborts the TCP connection.

    ASGI has no event for it: `send` is a method of uvicorn's protocol object, which has the transport.
    """
    protocol = getattr(send, "__self__", None)
    transport = getattr(protocol, "transport", None)
    if transport is None:
        raise RuntimeError("connections can be aborted under uvicorn alone")
    transport.abort()


class AbortedResponse(Response):
    """Sends nothing, or the head and a part of the content, and aborts the connection."""

    def __init__(self, reply: RawReply, abort: Callable[[], None]) -> None:
        super().__init__(reply.content, reply.status, dict(reply.headers))
        self._length = reply.abort_after or 0
        self._abort = abort

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the part, aborts, and waits until the server has noticed the disconnect."""
        if self._length:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            part = bytes(self.body)[: self._length]
            await send({"type": "http.response.body", "body": part, "more_body": True})
        self._abort()
        while (await receive())["type"] != "http.disconnect":
            continue
