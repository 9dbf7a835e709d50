"""The conversion of payloads to and from JSON.

A workflow whose argument cannot be decoded does not fail: its task is repeated without end. Another client
can send such an argument, for example a text that was cut in the middle of an emoji, which leaves half of a
surrogate pair. Where the argument's type is `object`, the workflow therefore gets it, and refuses it by name.
"""

import contextlib
import json
from typing import Any

from pydantic_core import from_json
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import CompositePayloadConverter, DefaultPayloadConverter, JSONPlainPayloadConverter


class Unreadable:
    """An argument that is not JSON. No model accepts it, so that it is refused as no object."""


class LenientJsonConverter(PydanticJSONPlainPayloadConverter):
    """Decodes JSON with pydantic, and for the type `object` also JSON that pydantic does not accept."""

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Returns the decoded payload.

        Raises:
            ValidationError: The payload is not of the type.
        """
        if type_hint not in (None, object):
            return super().from_payload(payload, type_hint)
        return _decoded(payload.data)


class PayloadConverter(CompositePayloadConverter):
    """Temporal's default converters, with the one above for JSON."""

    def __init__(self) -> None:
        """Creates the converter; Temporal's client does it."""
        standard = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(
            *(LenientJsonConverter() if isinstance(c, JSONPlainPayloadConverter) else c for c in standard)
        )


def _decoded(data: bytes) -> object:
    """Returns the value of JSON, also with text that is not Unicode; `Unreadable` for what is not JSON.

    No error of these functions repeats the data, unlike those of pydantic's models.
    """
    with contextlib.suppress(ValueError):
        return from_json(data)
    try:
        return json.loads(data.decode(errors="surrogateescape"))
    except (ValueError, RecursionError):
        return Unreadable()
