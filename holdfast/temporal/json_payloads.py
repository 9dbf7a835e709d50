"""The conversion of payloads to and from JSON.

A workflow whose argument cannot be decoded does not fail: its task is repeated without end. Another client
can send such an argument, for example a text that was cut in the middle of an emoji, which leaves half of a
surrogate pair. Where the argument's type is `object`, the workflow therefore gets it, and refuses it by name.
"""

import json
from typing import Any

from pydantic import ValidationError
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
        try:
            return super().from_payload(payload, type_hint)
        except ValidationError:
            if type_hint not in (None, object):
                raise
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
    """Returns the value of JSON with lone surrogates; `Unreadable` for anything that is not JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return Unreadable()
