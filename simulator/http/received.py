"""The body of a request, up to a limit."""

from starlette.requests import Request

MAX_BODY_BYTES = 1024 * 1024


async def read_content(request: Request, limit: int = MAX_BODY_BYTES) -> bytes | None:
    """Returns the body; None where it is larger than `limit`, which is 1 MiB by default."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
