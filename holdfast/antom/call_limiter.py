"""The turns of one client's calls: so many at one time, so many begun per second."""

import asyncio

from holdfast.antom.account import MOST_AT_ONCE, CallLimits

MOST_WAITING = 10
"""Who waits for a turn keeps one of the worker's hundred places from every other account."""


class LimitExceeded(Exception):
    """It was not this call's turn in time, or too many wait already; nothing was sent."""


class CallLimiter:
    """CallLimiter in the order in which they were asked for. Each one taken has to be given back."""

    def __init__(self, limits: CallLimits) -> None:
        self._places = asyncio.Semaphore(limits.at_once or MOST_AT_ONCE)
        self._pause = 1 / limits.per_second if limits.per_second else 0.0
        self._line = asyncio.Lock()
        self._next_at = 0.0
        self._waiting = 0

    async def take(self, within: float) -> None:
        """Wait for a place. Raises LimitExceeded after so many seconds, or at once if `MOST_WAITING` wait."""
        if self._waiting >= MOST_WAITING:
            raise LimitExceeded(
                f"not sent: {MOST_WAITING} calls wait for a turn already, by this account's limits"
            )
        self._waiting += 1
        try:
            await self._awaited(within)
        finally:
            self._waiting -= 1

    async def _awaited(self, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                await self._places.acquire()
                try:
                    await self._begin()
                except BaseException:
                    self.give_back()
                    raise
        except TimeoutError:
            raise LimitExceeded(f"not sent: no turn within {within:g} s, by this account's limits") from None

    def give_back(self) -> None:
        """Let the next one in."""
        self._places.release()

    async def _begin(self) -> None:
        """One after the other: a wait that is broken off costs nobody else's time."""
        if not self._pause:
            return
        clock = asyncio.get_running_loop()
        async with self._line:
            await asyncio.sleep(self._next_at - clock.time())
            self._next_at = clock.time() + self._pause
