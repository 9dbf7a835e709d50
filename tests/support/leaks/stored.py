"""What a Temporal server holds of a message: its payloads, its failures, and how to read them."""

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import PayloadCodec

from holdfast.errors import CodecKeyError
from holdfast.temporal.codec import ENCODING

IN_CLEAR = "search_attributes"
"""The only payloads that a server has to be able to read."""
_SERVERS_OWN = frozenset({b'"ACTIVITY_ID_NOT_STARTED"'})
"""Written by the server itself, about an activity that nobody had begun when it was cancelled."""
_A_PATCH = re.compile(rb'\{"id":"[a-z-]{1,80}","deprecated":(true|false)\}')
"""What the SDK's core writes into a marker, past every codec: the name of a change of the code."""
_CORES_WORDS = (
    "[TMPRL1100] Nondeterminism error: ",
    "Worker is shutting down and this activity did not complete in time",
)
"""So the SDK's core begins, past every codec, where a history does not fit the code or a call was cut off."""


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
    """The ways to what a server could read of a message beyond search attributes and Temporal's own words:
    `sealed` holds nothing.
    """
    for path, payload in payloads(message):
        is_sealed = payload.metadata.get("encoding") == ENCODING or _is_temporals(path, payload)
        if IN_CLEAR not in path and not is_sealed:
            yield path
    for failure in failures(message):
        is_said = failure.message not in ("Encoded failure", "") and not _is_temporals_word(failure)
        if is_said or failure.stack_trace:
            yield "a failure's own words"


def _is_temporals(path: str, payload: Payload) -> bool:
    is_patch = ".marker_recorded_event_attributes." in path and _A_PATCH.fullmatch(payload.data)
    return payload.data in _SERVERS_OWN or bool(is_patch)


def _is_temporals_word(failure: Failure) -> bool:
    """Of the server, with the reason of who has reset a workflow, or of the SDK's core."""
    of_server = (failure.HasField(each) for each in ("server_failure_info", "reset_workflow_failure_info"))
    return any(of_server) or failure.source == "Server" or failure.message.startswith(_CORES_WORDS)


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
