"""The fields that hold card data, and a walk through whatever somebody has sent."""

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

CARD_FIELDS = frozenset({"cardNo", "cvv", "expiryMonth", "expiryYear", "cardPasswordDigest"})
"""Card data never enters Temporal (PCI DSS 3.3.1, 3.5.1): an order that holds one of these is refused."""

_LONGEST_NAME = 64
NamedValue = tuple[str, str, object]
"""Path, name, and value of a field."""


def refuse_card_data(data: object) -> object:
    """The data unchanged, when no field of it is card data.

    Raises:
        PydanticCustomError: naming the field, never its value.
    """
    # no local holds a value: some tools write the locals of a failure down
    path = next((path for path, name, _ in named_values(data) if name in CARD_FIELDS), None)
    if path is not None:
        raise PydanticCustomError(
            "card_data",
            "{path}: card data is not allowed here; put it into the card vault and send its cardReference",
            {"path": path},
        )
    return data


def named_values(data: object, path: str = "") -> Iterator[NamedValue]:
    """Every field at any depth, before the fields inside it."""
    if isinstance(data, BaseModel):
        data = {name: getattr(data, name) for name in data.model_fields_set}
    if isinstance(data, dict):
        for name, value in data.items():
            here = f"{path}.{_on_one_line(name)}" if path else _on_one_line(name)
            yield here, str(name), value
            yield from named_values(value, here)
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from named_values(value, f"{path}.{index}")


def _on_one_line(name: object) -> str:
    """A field's name as others wrote it, fit for an error's only line."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(name)[:_LONGEST_NAME])
