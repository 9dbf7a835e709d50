"""The body of a request: up to a limit, within a time."""

import asyncio

from starlette.requests import ClientDisconnect, Request

READ_SECONDS = 15


class BodyRefused(Exception):
    """The body is too large, too slow, or was never sent; `status` is the answer to it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def body_of(request: Request, limit: int) -> bytes:
    """The raw body, of `limit` bytes at most. Raises BodyRefused."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _capped(request, limit)
    except (ClientDisconnect, TimeoutError):
        raise BodyRefused(408) from None


async def _capped(request: Request, limit: int) -> bytes:
    """Refused as soon as it is, or says it is, above the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > limit:
        raise BodyRefused(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyRefused(413)
    return bytes(body)
