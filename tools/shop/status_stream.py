"""The status of a payment as server-sent events, for a page that follows it without a reload.

The events are `status` (the payment's status), `problem` (a sentence: there is no answer at present) and
`end` (nothing more will come: the payment is final, the time limit has passed, or the shop ends).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from holdfast import HoldfastError, Payment, PaymentClient, PaymentStatus
from tools.shop.payment_reading import read_payment
from tools.shop.texts.refusals import refusal_of

MOST_STREAMS = 64
LONGEST = timedelta(minutes=10)
RETRY_AFTER = 3000
"""Milliseconds after which a browser connects again when the connection is lost."""


class StatusStreams:
    """Follows payments, `most` of them at one time, each for `longest` at most."""

    def __init__(
        self, payments: PaymentClient, *, most: int = MOST_STREAMS, longest: timedelta = LONGEST
    ) -> None:
        self._payments = payments
        self._most = most
        self._longest = longest
        self._open = 0
        self._is_closed = asyncio.Event()

    def close(self) -> None:
        """Ends every stream, so that the server of the shop can end."""
        self._is_closed.set()

    async def follow(self, reference: str) -> EventSourceResponse:
        """Returns the events of one payment, which begin with its present status.

        Raises:
            HTTPException: Too many pages follow a payment (503); the page remains usable without.
            HoldfastError: The payment cannot be read.
        """
        if self._open >= self._most:
            raise HTTPException(503, "Too many pages follow a payment.")
        return EventSourceResponse(self._events(reference, await read_payment(self._payments, reference)))

    async def _events(self, reference: str, payment: Payment) -> AsyncIterator[ServerSentEvent]:
        if self._open >= self._most:
            # others have begun while the payment was read
            yield _event("end", "limit")
            return
        self._open += 1
        try:
            yield _event("status", payment.status)
            async for changed in self._changes(reference, payment):
                payment = changed
                yield _event("status", payment.status)
            yield _event("end", "final" if payment.status.is_final else "limit")
        except HoldfastError as error:
            yield _event("problem", refusal_of(error).title)
        finally:
            self._open -= 1

    async def _changes(self, reference: str, payment: Payment) -> AsyncIterator[Payment]:
        ends_at = time.monotonic() + self._longest.total_seconds()
        while not payment.status.is_final:
            others = set(PaymentStatus) - {payment.status}
            rest = timedelta(seconds=ends_at - time.monotonic())
            try:
                payment = await self._unless_closed(
                    self._payments.wait(reference, until=others, timeout=rest)
                )
            except TimeoutError:
                return
            yield payment

    async def _unless_closed(self, change: Awaitable[Payment]) -> Payment:
        """Returns the changed payment. Raises TimeoutError when the streams are closed before."""
        waiting, closing = asyncio.ensure_future(change), asyncio.ensure_future(self._is_closed.wait())
        try:
            await asyncio.wait({waiting, closing}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise TimeoutError
            return waiting.result()
        finally:
            waiting.cancel()
            closing.cancel()


def _event(name: str, data: str) -> ServerSentEvent:
    return ServerSentEvent(data=data, event=name, retry=RETRY_AFTER)
