"""Reading the body of a request with a limit on its size and on the time it may take."""

import asyncio

from starlette.requests import ClientDisconnect, Request

READ_SECONDS = 15
"""The time in which the whole body must arrive."""


class BodyRejected(Exception):
    """The body is too large, too slow, or incomplete. `status` is the HTTP status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_body(request: Request, limit: int) -> bytes:
    """Reads the raw body, of `limit` bytes at most.

    Raises:
        BodyRejected: The body is above the limit (413), or did not arrive in time or as a whole (408).
    """
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _read_limited(request, limit)
    except (ClientDisconnect, TimeoutError):
        raise BodyRejected(408) from None


async def _read_limited(request: Request, limit: int) -> bytes:
    """Rejects the body as soon as its declared or its received size is above the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > limit:
        raise BodyRejected(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyRejected(413)
    return bytes(body)
