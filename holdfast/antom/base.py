"""The two bases of every model, and the text limits they share.

What we send is strict: an unknown field is an error that names it. What we receive is tolerant: unknown
fields are kept out of the way in `model_extra`, because the gateway adds fields at any time (Antom: pay).
Attribute names are the gateway's own, letter by letter.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Sent(BaseModel):
    """Base of what goes to the gateway: frozen, unknown fields refused, no value in an error's text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Received(BaseModel):
    """Base of what comes from the gateway: frozen, unknown fields kept in `model_extra`."""

    model_config = ConfigDict(
        extra="allow", frozen=True, hide_input_in_errors=True, coerce_numbers_to_str=True
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Without the unknown fields: nobody knows what is in them."""
        extra = self.model_extra or {}
        return ((name, value) for name, value in super().__repr_args__() if name not in extra)


def instant(text: str | None) -> datetime | None:
    """The moment an ISO-8601 text with offset names, in UTC; None when it names none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _with_offset(text: str) -> str:
    if instant(text) is None:
        raise ValueError("must be an ISO-8601 time with an offset, as in 2026-01-31T12:00:00+08:00")
    return text


def none_when_empty(value: object) -> object:
    """An empty text or object, as the gateway writes it where it has nothing to say, is absent."""
    return None if value in ("", {}) else value


def _text_of_number(value: object) -> object:
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
IsoTime = Annotated[str, AfterValidator(_with_offset)]
Quantity = Annotated[str, BeforeValidator(_text_of_number), Field(pattern=r"^0*[1-9][0-9]*$")]
ReceivedBool = Annotated[bool | None, BeforeValidator(none_when_empty)]
"""The gateway's pages write booleans quoted and bare (Antom: general data types); both are read."""
