"""The buyer's cart. Its code travels in a cookie and in the checkout form, and holds no price."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from tools.shop.catalogue import PRODUCTS, Product

MOST_OF_ONE = 20
_LINE = re.compile(r"([a-z]{1,20})-(\d{1,2})", re.ASCII)


class InvalidQuantity(ValueError):
    """A quantity is no whole number within the limits; the message is a sentence for the buyer."""


@dataclass(frozen=True)
class CartLine:
    """A number of pieces of one product."""

    product: Product
    quantity: int

    @property
    def total(self) -> int:
        """The price of all pieces, in minor units."""
        return self.product.price * self.quantity


@dataclass(frozen=True)
class Cart:
    """The quantities by product id, each from 1 to `MOST_OF_ONE`."""

    quantities: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, code: str) -> Self:
        """Parses a code such as "mug-2.teapot-1"; drops what is no line of a known product."""
        found = (_LINE.fullmatch(part) for part in code[:400].split("."))
        lines = {match[1]: int(match[2]) for match in found if match}
        valid = {name: n for name, n in lines.items() if name in PRODUCTS and 1 <= n <= MOST_OF_ONE}
        return cls(valid)

    @property
    def code(self) -> str:
        """The text that `parse` reads."""
        return ".".join(f"{name}-{quantity}" for name, quantity in self.quantities.items())

    def __iter__(self) -> Iterator[CartLine]:
        return (CartLine(PRODUCTS[name], quantity) for name, quantity in self.quantities.items())

    def __bool__(self) -> bool:
        return bool(self.quantities)

    @property
    def pieces(self) -> int:
        """How many pieces are in the cart."""
        return sum(self.quantities.values())

    @property
    def total(self) -> int:
        """The price of everything, in minor units."""
        return sum(line.total for line in self)

    @property
    def description(self) -> str:
        """One line for the order, such as "2 × Morning mug, 1 × Teapot"."""
        return ", ".join(f"{line.quantity} × {line.product.name}" for line in self)

    def with_quantity(self, product: str, quantity: int) -> "Cart":
        """Returns the cart with so many pieces of a product; zero removes it.

        Raises:
            InvalidQuantity: There are more than `MOST_OF_ONE` pieces, or fewer than zero.
        """
        if not 0 <= quantity <= MOST_OF_ONE:
            raise InvalidQuantity(f"You can order at most {MOST_OF_ONE} of one product.")
        changed = {**self.quantities, product: quantity}
        return Cart({name: number for name, number in changed.items() if number})


def parse_quantity(text: str) -> int:
    """Parses a typed quantity.

    Raises:
        InvalidQuantity: The text is no whole number.
    """
    if not re.fullmatch(r"\d{1,3}", text.strip(), re.ASCII):
        raise InvalidQuantity("Enter a whole number.")
    return int(text)
