"""The wait for a status of a payment: it is read again and again, with growing pauses."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

from holdfast.payment import Payment
from holdfast.statuses.payment_status import PaymentStatus

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two readings."""


async def wait_for_status(
    read: Callable[[], Awaitable[Payment]],
    until: Collection[PaymentStatus],
    timeout: timedelta | None,  # noqa: ASYNC109 - a limit of the wait, which is no cancellation
) -> Payment:
    """Returns the payment once it has one of the statuses, or a final one.

    Args:
        read: Reads the payment.
        until: The statuses to wait for.
        timeout: The longest time of the wait; None for no limit. The payment is read once where it is zero
            or negative.

    Raises:
        TimeoutError: The payment did not reach one of the statuses in time.
    """
    reads_once = timeout is not None and timeout <= timedelta(0)
    seconds = None if timeout is None or reads_once else timeout.total_seconds()
    async with asyncio.timeout(seconds):
        pause = _FIRST_PAUSE
        while True:
            payment = await read()
            if payment.status in until or payment.status.is_final:
                return payment
            if reads_once:
                raise TimeoutError
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
