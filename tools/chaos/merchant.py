"""A merchant service: it repeats a call after PaymentUnavailable, and records every call with its time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from holdfast import HoldfastError, Payment, PaymentClient, PaymentUnavailable

RETRY_FOR = 120.0
"""Seconds for which a call is repeated after PaymentUnavailable."""
_PAUSE = 1.0


@dataclass(frozen=True)
class Call:
    """One call and its end.

    `error` is empty for a response. `is_documented`: a response or an error of Holdfast's own.
    """

    reference: str
    name: str
    seconds: float
    error: str = ""
    is_documented: bool = True
    is_in_time: bool = True


Request = Callable[[], Awaitable[Payment]]


class Merchant:
    """Calls `PaymentClient` and records every call; a call that takes more than `limit` seconds hangs."""

    def __init__(self, payments: PaymentClient, limit: float) -> None:
        self.payments = payments
        self.calls: list[Call] = []
        self._limit = limit

    async def call(
        self, reference: str, name: str, request: Request, retry_for: float = RETRY_FOR
    ) -> Payment | None:
        """Returns the response; None for an error that is not PaymentUnavailable, or for one that stays."""
        give_up_at = time.monotonic() + retry_for
        while True:
            payment, error = await self._once(reference, name, request)
            if not isinstance(error, PaymentUnavailable) or time.monotonic() > give_up_at:
                return payment
            await asyncio.sleep(_PAUSE)

    def record_failure(self, reference: str, error: Exception) -> None:
        """Records an unexpected error that ended a payment's whole flow."""
        self.calls.append(Call(reference, "flow", 0.0, error=_in_one_line(error), is_documented=False))

    async def _once(
        self, reference: str, name: str, request: Request
    ) -> tuple[Payment | None, Exception | None]:
        """Makes one call; returns the response or the error."""
        started_at, payment, error, is_in_time = time.monotonic(), None, None, True
        try:
            async with asyncio.timeout(self._limit) as limit:
                payment = await request()
        except Exception as raised:  # any error is checked at the end of the run
            error, is_in_time = raised, not (isinstance(raised, TimeoutError) and limit.expired())
        self.calls.append(
            Call(
                reference,
                name,
                time.monotonic() - started_at,
                error=_in_one_line(error) if error else "",
                is_documented=error is None or isinstance(error, HoldfastError),
                is_in_time=is_in_time,
            )
        )
        return payment, error


def _in_one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
