"""The limit for the size of a request, which Temporal keeps in the history of its payment."""

from typing import TypeVar

from pydantic import BaseModel
from pydantic_core import to_json

from holdfast.errors import HoldfastError

_Request = TypeVar("_Request", bound=BaseModel)

MAX_BYTES = 256 * 1024
"""The size as compact JSON in UTF-8, without the fields that are absent."""


def reject_oversized(request: _Request, refusal: type[HoldfastError]) -> _Request:
    """Returns the request unchanged if its JSON has at most `MAX_BYTES` bytes.

    Raises:
        HoldfastError: As `refusal`; the message names the largest field.
    """
    if _size(request) > MAX_BYTES:
        largest = max(type(request).model_fields, key=lambda name: _size(getattr(request, name)))
        raise refusal(f"{largest}: is too large, a request has at most {MAX_BYTES} bytes of JSON")
    return request


def _size(value: object) -> int:
    return len(to_json(value, exclude_none=True))
