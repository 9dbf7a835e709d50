"""A merchant service: it calls, calls again where it is told to, and every call is timed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from holdfast import HoldfastError, Payment, PaymentClient, PaymentUnavailable

PATIENCE = 120.0
"""Seconds for which a call is made again after PaymentUnavailable."""
_PAUSE = 1.0


@dataclass(frozen=True)
class Call:
    """One call and how it ended: no `error` is an answer; `is_clean` is an end that merchants know."""

    reference: str
    name: str
    seconds: float
    error: str = ""
    is_clean: bool = True
    is_in_time: bool = True


Ask = Callable[[], Awaitable[Payment]]


class Merchant:
    """Calls `PaymentClient` and remembers every call; after `limit` seconds a caller waits for ever."""

    def __init__(self, payments: PaymentClient, limit: float) -> None:
        self.payments = payments
        self.calls: list[Call] = []
        self._limit = limit

    async def ask(self, reference: str, name: str, call: Ask, patience: float = PATIENCE) -> Payment | None:
        """The answer; None where it was refused, or is not to be had."""
        give_up_at = time.monotonic() + patience
        while True:
            payment, error = await self.once(reference, name, call)
            if not isinstance(error, PaymentUnavailable) or time.monotonic() > give_up_at:
                return payment
            await asyncio.sleep(_PAUSE)

    def broke(self, reference: str, error: Exception) -> None:
        """A payment's whole life ended in an error that nobody has caught."""
        self.calls.append(Call(reference, "life", 0.0, error=_in_one_line(error), is_clean=False))

    async def once(self, reference: str, name: str, call: Ask) -> tuple[Payment | None, Exception | None]:
        """One call: the answer, or the error."""
        began, payment, error, is_in_time = time.monotonic(), None, None, True
        try:
            async with asyncio.timeout(self._limit) as limit:
                payment = await call()
        except Exception as raised:  # whatever it is, it is judged later
            error, is_in_time = raised, not (isinstance(raised, TimeoutError) and limit.expired())
        self.calls.append(
            Call(
                reference,
                name,
                time.monotonic() - began,
                error=_in_one_line(error) if error else "",
                is_clean=error is None or isinstance(error, HoldfastError),
                is_in_time=is_in_time,
            )
        )
        return payment, error


def _in_one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
