"""The bodies of the newest gateway calls as they were received, without the values of card data."""

from collections import deque
from collections.abc import Mapping

from holdfast.antom.models import CARD_FIELDS

REMOVED = "removed"
"""The value of a field for card data in a recorded body: the field was there, and its value is not kept."""
_NEWEST = 1000


class RequestBodies:
    """The bodies of the newest authenticated calls, oldest first."""

    def __init__(self) -> None:
        self._received: deque[tuple[str, object]] = deque(maxlen=_NEWEST)

    def append(self, operation: str, data: Mapping[str, object]) -> None:
        """Records the body of one call."""
        self._received.append((operation, _without_card_data(data)))

    def of(self, operation: str) -> list[object]:
        """Returns the bodies of an operation, such as `pay`."""
        return [data for received, data in self._received if received == operation]


def _without_card_data(data: object) -> object:
    if isinstance(data, Mapping):
        return {
            name: REMOVED if name in CARD_FIELDS else _without_card_data(value)
            for name, value in data.items()
        }
    if isinstance(data, list):
        return [_without_card_data(value) for value in data]
    return data
