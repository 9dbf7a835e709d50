"""What a Temporal server holds of a message: its payloads, its failures, and how to read them."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import PayloadCodec

from payments.codec import ENCODING
from payments.errors import CodecKeyError

IN_CLEAR = "search_attributes"
"""The only payloads that a server has to be able to read."""
_SERVERS_OWN = frozenset({b'"ACTIVITY_ID_NOT_STARTED"'})
"""Written by the server itself, about an activity that nobody had begun when it was cancelled."""


def payloads(message: Message, path: str = "") -> Iterator[tuple[str, Payload]]:
    """Every payload anywhere in a message, with the way to it."""
    if isinstance(message, Payload):
        yield path, message
        return
    for way, inner in _inside(message, path):
        yield from payloads(inner, way)


def failures(message: Message, path: str = "") -> Iterator[Failure]:
    """Every failure anywhere in a message."""
    if isinstance(message, Failure):
        yield message
    for way, inner in _inside(message, path):
        yield from failures(inner, way)


def _inside(message: Message, path: str) -> Iterator[tuple[str, Message]]:
    for field, value in message.ListFields():
        items: list[Any] = [value]
        if field.is_repeated:
            items = list(value.values() if hasattr(value, "values") else value)
        yield from ((f"{path}.{field.name}", item) for item in items if isinstance(item, Message))


def in_clear(message: Message) -> Iterator[str]:
    """The ways to what a server could read of a message beyond search attributes: `sealed` holds nothing."""
    for path, payload in payloads(message):
        is_sealed = payload.metadata.get("encoding") == ENCODING or payload.data in _SERVERS_OWN
        if IN_CLEAR not in path and not is_sealed:
            yield path
    for failure in failures(message):
        is_servers = failure.source == "Server" or failure.HasField("server_failure_info")
        if (failure.message not in ("Encoded failure", "") and not is_servers) or failure.stack_trace:
            yield "a failure's own words"


async def opened(message: Message, codec: PayloadCodec | None) -> bytes:
    """Everything a message holds, payloads decrypted where the codec has the key."""
    held = [await _clear(payload, codec) for _, payload in payloads(message)]
    return b"\n".join([message.SerializeToString(), *held])


async def _clear(payload: Payload, codec: PayloadCodec | None) -> bytes:
    if codec is None:
        return payload.data
    try:
        [clear] = await codec.decode([payload])
    except CodecKeyError:
        return payload.data
    return clear.data
