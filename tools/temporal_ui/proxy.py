"""Passes requests on to another server on this machine, and its answers back, unchanged."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from simulator.web.local_host import is_rebound

_OF_ONE_CONNECTION = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
    }
)
"""Header fields that are about one connection and not passed on (RFC 9110, 7.6.1)."""


class Proxy:
    """Reaches the server at `base_url` with `http`, which must not follow redirects."""

    def __init__(self, base_url: str, http: httpx.AsyncClient) -> None:
        self._base_url = base_url
        self._http = http

    async def forward(self, request: Request) -> Response:
        """Answers with the server's answer, with 502 where it does not answer, and with 403 to another site.

        A path that only begins with a slash when it is decoded would name another host behind the base URL.
        """
        query = f"?{request.url.query}" if request.url.query else ""
        path = request.scope["raw_path"].decode("ascii", "replace")
        if not path.startswith("/") or is_rebound(request.scope):
            return PlainTextResponse("this is not the address of the Temporal UI\n", HTTPStatus.FORBIDDEN)
        sent = self._http.build_request(
            request.method,
            f"{self._base_url}{path}{query}",
            headers=_passed_on(request.headers.raw),
            content=await request.body(),
        )
        try:
            answer = await self._http.send(sent, stream=True)
        except httpx.HTTPError:
            return PlainTextResponse("the Temporal UI does not answer\n", HTTPStatus.BAD_GATEWAY)
        response = StreamingResponse(_content(answer), answer.status_code)
        response.raw_headers = _passed_on(answer.headers.raw)
        return response


async def _content(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _passed_on(fields: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [
        (name, value) for name, value in fields if name.decode("latin-1").lower() not in _OF_ONE_CONNECTION
    ]
