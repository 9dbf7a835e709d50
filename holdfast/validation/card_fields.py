"""The search for the fields for card data in any data."""

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from holdfast.antom.models.card import CARD_FIELDS

_MAX_NAME_LENGTH = 64
NamedValue = tuple[str, str, object]
"""The path, name and value of a field."""


def reject_card_data(data: object) -> object:
    """Returns the data unchanged if it has no field for card data.

    Card data never enters Temporal (PCI DSS 3.3.1, 3.5.1).

    Raises:
        PydanticCustomError: A field is for card data; the message names the field and never its value.
    """
    # no local variable holds a value: error trackers can record the local variables of a failure
    path = next((path for path, name, _ in walk_fields(data) if name in CARD_FIELDS), None)
    if path is not None:
        raise PydanticCustomError(
            "card_data",
            "{path}: card data is not allowed here; put it into the card vault and send its cardReference",
            {"path": path},
        )
    return data


def walk_fields(data: object, path: str = "") -> Iterator[NamedValue]:
    """Yields every field at any depth, each before the fields inside it."""
    if isinstance(data, BaseModel):
        data = {name: getattr(data, name) for name in data.model_fields_set}
    if isinstance(data, dict):
        for name, value in data.items():
            field_path = f"{path}.{on_one_line(name)}" if path else on_one_line(name)
            yield field_path, str(name), value
            yield from walk_fields(value, field_path)
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from walk_fields(value, f"{path}.{index}")


def on_one_line(name: object) -> str:
    """Returns a sender's field name, shortened and printable, for a one-line error message."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(name)[:_MAX_NAME_LENGTH])
