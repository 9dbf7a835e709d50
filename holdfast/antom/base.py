"""The two base classes of every model, and the text limits that the models share.

Requests are strict: an unknown field is an error that names it. Responses and notifications are tolerant:
unknown fields are kept in `model_extra`, because the gateway adds fields at any time (Antom: pay). Attribute
names are exactly the gateway's own field names.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class RequestModel(BaseModel):
    """Base of what goes to the gateway: frozen, unknown fields refused, no value in an error's text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ResponseModel(BaseModel):
    """Base of what comes from the gateway: frozen, unknown fields kept in `model_extra`."""

    model_config = ConfigDict(
        extra="allow", frozen=True, hide_input_in_errors=True, coerce_numbers_to_str=True
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Leaves out the unknown fields, because they can hold card data."""
        extra = self.model_extra or {}
        return ((name, value) for name, value in super().__repr_args__() if name not in extra)


def parse_time(text: str | None) -> datetime | None:
    """Returns the time in UTC of an ISO-8601 text with an offset; None for any other text."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _require_offset(text: str) -> str:
    if parse_time(text) is None:
        raise ValueError("must be an ISO-8601 time with an offset, as in 2026-01-31T12:00:00+08:00")
    return text


def none_if_empty(value: object) -> object:
    """Returns None for an empty text or object, which the gateway writes for an absent value."""
    return None if value in ("", {}) else value


def empty_list_if_null(value: object) -> object:
    """Returns an empty list for None, which the gateway writes for a list without entries."""
    return [] if value is None else value


def _integer_to_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id64 = Annotated[str, Field(min_length=1, max_length=64)]
Url = Annotated[str, Field(min_length=1, max_length=2048)]
Text8 = Annotated[str, Field(max_length=8)]
Text16 = Annotated[str, Field(max_length=16)]
Text24 = Annotated[str, Field(max_length=24)]
Text32 = Annotated[str, Field(max_length=32)]
Text64 = Annotated[str, Field(max_length=64)]
Text128 = Annotated[str, Field(max_length=128)]
Text256 = Annotated[str, Field(max_length=256)]
Text2048 = Annotated[str, Field(max_length=2048)]
Region = Annotated[str, Field(min_length=2, max_length=2)]
IsoTime = Annotated[str, AfterValidator(_require_offset)]
Quantity = Annotated[str, BeforeValidator(_integer_to_text), Field(pattern=r"^0*[1-9][0-9]*$")]
OptionalBool = Annotated[bool | None, BeforeValidator(none_if_empty)]
"""A boolean in a response. Antom's pages show it quoted and bare (general data types); both are read."""
