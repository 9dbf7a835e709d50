"""The wait for a status of a payment: it is read again and again, with growing pauses."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

from holdfast.errors import WaitTimedOut
from holdfast.payment import Payment
from holdfast.statuses.payment_status import PaymentStatus

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two readings."""


async def wait_for_status(
    payment_reference: str,
    read: Callable[[], Awaitable[Payment]],
    until: Collection[PaymentStatus],
    timeout: timedelta | None,  # noqa: ASYNC109 - a limit of the wait, which is no cancellation
) -> Payment:
    """Returns the payment once it has one of the statuses, or a final one.

    Args:
        payment_reference: The payment, for the error.
        read: Reads the payment.
        until: The statuses to wait for.
        timeout: The longest time of the wait; None for no limit. The payment is read once where it is zero
            or negative.

    Raises:
        WaitTimedOut: The payment did not reach one of the statuses in time.
    """
    reads_once = timeout is not None and timeout <= timedelta(0)
    seconds = None if timeout is None or reads_once else timeout.total_seconds()
    payment, pause = None, _FIRST_PAUSE
    try:
        async with asyncio.timeout(seconds):
            while True:
                payment = await read()
                if payment.status in until or payment.status.is_final:
                    return payment
                if reads_once:
                    break
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)
    except TimeoutError:
        pass
    raise _timed_out(payment_reference, payment)


def _timed_out(payment_reference: str, payment: Payment | None) -> WaitTimedOut:
    known = f"is {payment.status}" if payment else "could not be read"
    error = WaitTimedOut(
        f"payment {payment_reference} {known} after the time of wait(), and goes on: wait again, or read it "
        "with get()",
        payment,
    )
    error.payment_reference = payment_reference
    return error
