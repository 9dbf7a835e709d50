"""The rate limiter of a reconciliation, which slows down when the gateway limits its traffic."""

import asyncio

from activities.errors import TRAFFIC_LIMIT
from holdfast.antom.outcome import Outcome, Unknown

_FIRST_SLOW_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
"""Seconds between two calls."""


class RateLimiter:
    """Spaces calls evenly.

    Args:
        per_second: The highest number of calls per second.
    """

    def __init__(self, per_second: float) -> None:
        self._pause = 1 / per_second
        self._last = asyncio.get_running_loop().time()
        self.slowdowns = 0
        """The number of times that `slow_down` was called."""

    async def wait(self) -> None:
        """Waits until the next call is allowed."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self._last + self._pause - now)
        self._last = asyncio.get_running_loop().time()

    async def prepare_repeat(self, outcome: Outcome[object]) -> None:
        """Lets a call that was not answered be made again: later, or more slowly, as its outcome requires."""
        if not isinstance(outcome, Unknown):
            return
        if outcome.claimed_code == TRAFFIC_LIMIT:
            self.slow_down()
        elif outcome.retry_after is not None:
            await asyncio.sleep(outcome.retry_after.total_seconds())

    def slow_down(self) -> None:
        """Halves the rate from now on, to one call per second at most and one per minute at least."""
        self.slowdowns += 1
        self._pause = min(max(self._pause * 2, _FIRST_SLOW_PAUSE), _LONGEST_PAUSE)
