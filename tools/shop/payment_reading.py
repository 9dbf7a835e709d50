"""Readings of a payment for a page, which a person waits for."""

import asyncio

from holdfast import Payment, PaymentClient, PaymentUnavailable

READ_WITHIN = 10.0
"""Seconds after which a page says that there is no answer, long before `PaymentClient` gives up."""


async def read_payment(payments: PaymentClient, reference: str) -> Payment:
    """Returns the payment as it is known now.

    Raises:
        HoldfastError: The payment cannot be read, or not within `READ_WITHIN`.
    """
    try:
        async with asyncio.timeout(READ_WITHIN):
            return await payments.get(reference)
    except TimeoutError:
        raise PaymentUnavailable("no answer in time: make the same call again") from None
