"""Limits the calls of one client: how many run concurrently, and how many start per second."""

import asyncio

from holdfast.antom.account import MAX_CONCURRENT_CALLS, CallLimits

MAX_WAITING_CALLS = 10
"""Calls of one client that may wait at the same time.

Each waiting call occupies one of the worker's 100 activity slots, which all accounts share.
"""


class LimitExceeded(Exception):
    """The limits did not allow the call in time, or too many calls are waiting already; nothing was sent."""


class CallLimiter:
    """Admits calls in the order in which they were requested, within an account's limits.

    Every successful `acquire` must be followed by one `release`.
    """

    def __init__(self, limits: CallLimits) -> None:
        self._slots = asyncio.Semaphore(limits.max_concurrent or MAX_CONCURRENT_CALLS)
        self._interval = 1 / limits.max_per_second if limits.max_per_second else 0.0
        self._rate_lock = asyncio.Lock()
        self._next_start = 0.0
        self._waiting = 0

    async def acquire(self, within: float) -> None:
        """Waits until the limits allow a call.

        Raises:
            LimitExceeded: `within` seconds have passed, or `MAX_WAITING_CALLS` calls are waiting already.
        """
        if self._waiting >= MAX_WAITING_CALLS:
            raise LimitExceeded(
                f"not sent: {MAX_WAITING_CALLS} calls are waiting already, by this account's limits"
            )
        self._waiting += 1
        try:
            await self._acquire_in_time(within)
        finally:
            self._waiting -= 1

    async def _acquire_in_time(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._slots.acquire()
                try:
                    await self._wait_for_rate()
                except BaseException:
                    self.release()
                    raise
        except TimeoutError:
            raise LimitExceeded(
                f"not sent: no call was allowed within {seconds:g} s, by this account's limits"
            ) from None

    def release(self) -> None:
        """Ends a call, so that the next one is admitted."""
        self._slots.release()

    async def _wait_for_rate(self) -> None:
        """Waits until the next call may start; a wait that is cancelled does not delay other calls."""
        if not self._interval:
            return
        clock = asyncio.get_running_loop()
        async with self._rate_lock:
            await asyncio.sleep(self._next_start - clock.time())
            self._next_start = clock.time() + self._interval
