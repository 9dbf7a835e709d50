"""Refuses texts that cannot be sent: those with a lone surrogate, and values that are no text.

A lone surrogate is half of a character beyond U+FFFF. A Python string can contain one, for example from JSON
with half of an escaped pair, or from a shortened UTF-16 text. UTF-8 cannot encode it (RFC 3629, 3), and
neither Temporal nor the gateway can receive it.
"""

from collections.abc import Iterator

from pydantic import BaseModel

from holdfast.errors import HoldfastError
from holdfast.validation.card_fields import on_one_line


def require_text(name: str, value: object, refusal: type[HoldfastError]) -> str:
    """Returns the value if it is a text with at least one character that UTF-8 can encode.

    Raises:
        HoldfastError: As `refusal`; its message names the argument and the rule, and repeats no value.
    """
    if not isinstance(value, str) or not value:
        raise refusal(f"{name}: must be a string that is not empty")
    if not is_encodable(value):
        raise refusal(f"{name}: contains half of a character, which UTF-8 cannot encode")
    return value


def reject_surrogates(request: BaseModel, refusal: type[HoldfastError]) -> None:
    """Checks all texts of a request.

    Raises:
        HoldfastError: As `refusal`; its message names the field and the rule, and repeats no value.
    """
    path = next(_unencodable(request, ""), None)
    if path is not None:
        raise refusal(f"{path}: contains half of a character, which UTF-8 cannot encode")


def is_encodable(text: str) -> bool:
    """Returns whether UTF-8 can encode the text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unencodable(data: object, path: str) -> Iterator[str]:
    """Yields the path of every text, or name of a field, with a lone surrogate."""
    if isinstance(data, BaseModel):
        data = dict(data)
    if isinstance(data, dict):
        for name, value in data.items():
            field = f"{path}.{on_one_line(name)}" if path else on_one_line(name)
            if not is_encodable(str(name)):
                yield field
            yield from _unencodable(value, field)
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from _unencodable(value, f"{path}.{index}")
    elif isinstance(data, str) and not is_encodable(data):
        yield path
