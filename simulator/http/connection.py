"""Below HTTP: the connection under an answer, which a fault can cut, and the shape of a request's target."""

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.http.wire import Reply

CUT = "simulator.cut"


class Connected:
    """Puts what cuts a request's connection into its scope, and understands absolute targets.

    A client may name the whole URL in its request line (RFC 9112, 3.2.2), and Antom's own does.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI event stream."""
        if scope["type"] == "http":
            raw_path = _without_origin(scope["raw_path"])
            scope = {**scope, "raw_path": raw_path, CUT: lambda: _cut(send)}
            scope["path"] = _without_origin(scope["path"].encode()).decode()
        await self._app(scope, receive, send)


def _without_origin(target: bytes) -> bytes:
    for scheme in (b"https://", b"http://"):
        if target.lower().startswith(scheme):
            return b"/" + target[len(scheme) :].partition(b"/")[2]
    return target


def _cut(send: Send) -> None:
    """Abort the TCP connection.

    ASGI has no event for it: `send` is a method of uvicorn's protocol object, which holds the transport.
    """
    protocol = getattr(send, "__self__", None)
    transport = getattr(protocol, "transport", None)
    if transport is None:
        raise RuntimeError("connections can be cut under uvicorn alone")
    transport.abort()


class CutResponse(Response):
    """Sends nothing, or the head and a part of the content, and cuts the connection."""

    def __init__(self, reply: Reply, cut: Callable[[], None]) -> None:
        super().__init__(reply.content, reply.status, dict(reply.headers))
        self._length = reply.cut_after or 0
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in part and wait until the server noticed that the connection is gone."""
        if self._length:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            part = bytes(self.body)[: self._length]
            await send({"type": "http.response.body", "body": part, "more_body": True})
        self._cut()
        while (await receive())["type"] != "http.disconnect":
            continue
