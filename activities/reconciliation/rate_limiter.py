"""How fast a reconciliation asks: evenly, and slower once the gateway says that it is asked too much."""

import asyncio

_FIRST_SLOW_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
"""Seconds."""


class RateLimiter:
    """CallLimiter, so many per second at most."""

    def __init__(self, per_second: float) -> None:
        self._pause = 1 / per_second
        self._last = asyncio.get_running_loop().time()
        self.limits = 0
        """How often it was slowed down."""

    async def turn(self) -> None:
        """Wait until it is time for the next question."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self._last + self._pause - now)
        self._last = asyncio.get_running_loop().time()

    def slow_down(self) -> None:
        """Half as fast from now on."""
        self.limits += 1
        self._pause = min(max(self._pause * 2, _FIRST_SLOW_PAUSE), _LONGEST_PAUSE)
