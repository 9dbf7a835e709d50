"""Serializes requests."""

from tests.system.hostile.target import Request


def wire(request: Request, more: bytes = b"") -> bytes:
    """Returns the bytes of a request, with further header lines."""
    headers = b"".join(b"%s: %s\r\n" % header for header in request.headers)
    body = b"".join(request.chunks)
    start = b"%s %s HTTP/1.1\r\n" % (request.method.encode(), request.target)
    length = b"Host: a\r\ncontent-length: %d\r\n" % len(body)
    return start + length + headers + more + b"\r\n" + body
