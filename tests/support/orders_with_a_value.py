"""Changes one value deep inside an order."""

import copy
from typing import Any


def with_value(order: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    """Returns the order with this value at the path, whose parts are names and positions in lists."""
    changed = copy.deepcopy(order)
    at: Any = changed
    for part in path[:-1]:
        at = at[int(part)] if isinstance(at, list) else at[part]
    at[int(path[-1]) if isinstance(at, list) else path[-1]] = value
    return changed
