"""One HTTP/1.1 message as bytes, parsed as far as a proxy needs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

_END_OF_HEAD = b"\r\n\r\n"
_MAX_BODY_BYTES = 1024 * 1024


class NotHttp(ValueError):
    """The bytes received are not a message with a known length."""


@dataclass(frozen=True)
class Message:
    """A complete request or response."""

    head: bytes = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def raw(self) -> bytes:
        """The bytes on the wire."""
        return self.head + self.body

    @property
    def first_half(self) -> bytes:
        """The head and half of the body; half of the head where there is no body."""
        return self.head + self.body[: len(self.body) // 2] if self.body else self.head[: len(self.head) // 2]

    @property
    def target(self) -> str:
        """The path of a request."""
        return self.head.split(b"\r\n", 1)[0].split(b" ")[1].decode("latin-1")

    @property
    def headers(self) -> Mapping[str, str]:
        """The header values by lower-case name."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """Reads the next message; returns None when the peer has closed the connection between two.

    Raises NotHttp, OSError, and asyncio.IncompleteReadError when the connection closes within a message.
    """
    try:
        head = await reader.readuntil(_END_OF_HEAD)
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    except asyncio.LimitOverrunError:
        raise NotHttp("the head is too long") from None
    length = _length(Message(head, b"").headers)
    return Message(head, await reader.readexactly(length))


def _length(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal() or int(length) > _MAX_BODY_BYTES:
        raise NotHttp("no usable content-length")
    return int(length)
