"""The payloads and failures of a message in a Temporal server."""

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import PayloadCodec

from holdfast.errors import CodecKeyError
from holdfast.temporal.codec import ENCODING

PLAIN_TEXT_FIELD = "search_attributes"
"""The only payloads that a server has to read."""
_SERVER_PAYLOADS = frozenset({b'"ACTIVITY_ID_NOT_STARTED"'})
"""The server writes this about an activity that was cancelled before its start."""
_PATCH = re.compile(rb'\{"id":"[a-z-]{1,80}","deprecated":(true|false)\}')
"""The SDK's core writes the name of a code change into a marker, without a codec."""
_CORE_MESSAGES = (
    "[TMPRL1100] Nondeterminism error: ",
    "Worker is shutting down and this activity did not complete in time",
)
"""The SDK's core begins its messages with these texts, without a codec."""


def payloads(message: Message, path: str = "") -> Iterator[tuple[str, Payload]]:
    """Yields every payload in a message, with its path."""
    if isinstance(message, Payload):
        yield path, message
        return
    for inner_path, inner in _inside(message, path):
        yield from payloads(inner, inner_path)


def failures(message: Message, path: str = "") -> Iterator[Failure]:
    """Yields every failure in a message."""
    if isinstance(message, Failure):
        yield message
    for inner_path, inner in _inside(message, path):
        yield from failures(inner, inner_path)


def _inside(message: Message, path: str) -> Iterator[tuple[str, Message]]:
    for field, value in message.ListFields():
        items: list[Any] = [value]
        if field.is_repeated:
            items = list(value.values() if hasattr(value, "values") else value)
        yield from ((f"{path}.{field.name}", item) for item in items if isinstance(item, Message))


def plain_text(message: Message) -> Iterator[str]:
    """Yields the paths of what a server can read, without search attributes and Temporal's own texts."""
    for path, payload in payloads(message):
        is_encrypted = payload.metadata.get("encoding") == ENCODING or _is_temporal_payload(path, payload)
        if PLAIN_TEXT_FIELD not in path and not is_encrypted:
            yield path
    for failure in failures(message):
        is_readable = failure.message not in ("Encoded failure", "") and not _is_temporal_failure(failure)
        if is_readable or failure.stack_trace:
            yield "text of a failure"


def _is_temporal_payload(path: str, payload: Payload) -> bool:
    is_patch = ".marker_recorded_event_attributes." in path and _PATCH.fullmatch(payload.data)
    return payload.data in _SERVER_PAYLOADS or bool(is_patch)


def _is_temporal_failure(failure: Failure) -> bool:
    """Whether the failure is the server's, has the reason of a reset, or is of the SDK's core."""
    of_server = (failure.HasField(each) for each in ("server_failure_info", "reset_workflow_failure_info"))
    return any(of_server) or failure.source == "Server" or failure.message.startswith(_CORE_MESSAGES)


async def decoded(message: Message, codec: PayloadCodec | None) -> bytes:
    """Returns the bytes of a message, with payloads decrypted when the codec has the key."""
    contents = [await _decrypted(payload, codec) for _, payload in payloads(message)]
    return b"\n".join([message.SerializeToString(), *contents])


async def _decrypted(payload: Payload, codec: PayloadCodec | None) -> bytes:
    if codec is None:
        return payload.data
    try:
        [decrypted] = await codec.decode([payload])
    except CodecKeyError:
        return payload.data
    return decrypted.data
