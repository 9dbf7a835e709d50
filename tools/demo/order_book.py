"""The orders of a shop, in memory: what a merchant's own database has of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from holdfast import Amount

MOST_ORDERS = 500
"""The oldest order is forgotten when there are more."""


@dataclass(frozen=True)
class PlacedOrder:
    """One order. `cart` is the code of its cart, empty where it was not placed with one."""

    reference: str
    description: str
    amount: Amount
    placed_at: datetime
    cart: str = ""


class OrderBook:
    """The orders by their references. A reference that is added again keeps its first order."""

    def __init__(self) -> None:
        self._orders: dict[str, PlacedOrder] = {}

    def add(self, reference: str, description: str, amount: Amount, cart: str) -> None:
        """Adds an order that is placed now."""
        placed = PlacedOrder(reference, description, amount, datetime.now(UTC), cart)
        self._orders.setdefault(reference, placed)
        if len(self._orders) > MOST_ORDERS:
            del self._orders[next(iter(self._orders))]

    def find(self, reference: str) -> PlacedOrder | None:
        """Returns the order with the reference, or None."""
        return self._orders.get(reference)

    def newest(self, number: int) -> Sequence[PlacedOrder]:
        """Returns at most `number` orders, the newest first."""
        return list(reversed(self._orders.values()))[:number]
