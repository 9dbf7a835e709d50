"""Executes the gateway's activities: retry policies, limits and summaries per operation.

Each function returns the signed answer, or None where there is none because the retries were used up or the
wait was cancelled.
"""

from dataclasses import replace
from datetime import timedelta

from temporalio.common import RetryPolicy

from activities import calls
from activities.calls import (
    CancelCall,
    CancelResult,
    CaptureCall,
    CaptureResult,
    InquireCall,
    PayCall,
    PayResult,
    WatchCall,
)
from holdfast.errors import InvalidOrder
from settlement.gateway_record import GatewayRecord
from workflows.execution import Activity, execute_or_none
from workflows.timing import CAPTURE_ANSWER


def _tries(number: int, longest: timedelta | None = None) -> RetryPolicy:
    return RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2,
        maximum_interval=longest,
        maximum_attempts=number,
    )


_PAY = Activity(calls.PAY, PayResult, _tries(5, timedelta(seconds=10)), refusal=InvalidOrder)
_CAPTURE = Activity(calls.CAPTURE, CaptureResult, _tries(4), schedule_to_close=CAPTURE_ANSWER)
_CANCEL = Activity(calls.CANCEL, CancelResult, _tries(3))
_FORGET_CARD = Activity(calls.FORGET_CARD, type(None), _tries(5))
_INQUIRE = Activity(calls.INQUIRE, GatewayRecord, _tries(3))
_WATCH = Activity(
    calls.WATCH,
    GatewayRecord,
    RetryPolicy(
        initial_interval=timedelta(seconds=5), backoff_coefficient=2, maximum_interval=timedelta(minutes=10)
    ),
)


async def pay(call: PayCall) -> PayResult | None:
    """Authorizes one attempt, with the same id and body on every try.

    Raises ActivityRefused where this worker cannot pay the order; nothing was sent.
    """
    return await execute_or_none(_PAY, call, call.paymentRequestId)


async def forget_card(card_reference: str) -> None:
    """Deletes a card after its last pay call; a vault that does not answer deletes it at its expiry."""
    await execute_or_none(_FORGET_CARD, card_reference, "the card of an ended pay call")


async def inquire(call: InquireCall, within: timedelta | None = None) -> GatewayRecord | None:
    """Inquires once, with three tries, for `within` at most."""
    return await execute_or_none(replace(_INQUIRE, schedule_to_close=within), call, call.paymentRequestId)


async def watch(call: WatchCall, within: timedelta | None, summary: str) -> GatewayRecord | None:
    """Inquires until decided, for `within` at most. The duration adds nothing to the history."""
    return await execute_or_none(replace(_WATCH, schedule_to_close=within), call, summary)


async def capture(call: CaptureCall) -> CaptureResult | None:
    """Captures, with the same id on every try, within the time that a merchant waits for the answer."""
    summary = f"{call.captureRequestId} · {call.captureAmount.display}"
    return await execute_or_none(_CAPTURE, call, summary)


async def cancel(call: CancelCall) -> CancelResult | None:
    """Voids the authorization. The gateway accepts the same cancel any number of times."""
    return await execute_or_none(_CANCEL, call, call.paymentRequestId)
