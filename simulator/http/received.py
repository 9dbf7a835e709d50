"""The body of a request, up to a limit."""

from starlette.requests import Request

MAX_BODY_BYTES = 1024 * 1024


async def read_content(request: Request) -> bytes | None:
    """Returns the body; None where it is larger than 1 MiB."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)
