"""The gateway's activities as a workflow calls them: retry policies, limits and summaries per operation.

Each returns the signed answer, or None when there is none: retries are used up, or the wait was cut off.
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


_PAY = Activity(calls.PAY, PayResult, _tries(5, timedelta(seconds=10)))
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
    """Authorize one attempt: the same id and body on every try.

    Raises ActivityRefused where this worker cannot pay the order as it is; nothing was sent.
    """
    return await execute_or_none(_PAY, call, call.paymentRequestId)


async def forget_card(card_reference: str) -> None:
    """Delete a card that no pay call needs any more; the vault deletes it later where it does not answer."""
    await execute_or_none(_FORGET_CARD, card_reference, "the card of a pay call that is over")


async def inquire(call: InquireCall) -> GatewayRecord | None:
    """Inquire once, with a few quick tries."""
    return await execute_or_none(_INQUIRE, call, call.paymentRequestId)


async def watch(call: WatchCall, within: timedelta | None, summary: str) -> GatewayRecord | None:
    """Inquire until decided, for `within` at most; the history stays the same however long it takes."""
    return await execute_or_none(replace(_WATCH, schedule_to_close=within), call, summary)


async def capture(call: CaptureCall) -> CaptureResult | None:
    """Capture: the same id on every try, within the time that a merchant waits for the answer."""
    summary = f"{call.captureRequestId} · {call.captureAmount.display}"
    return await execute_or_none(_CAPTURE, call, summary)


async def cancel(call: CancelCall) -> CancelResult | None:
    """Void the authorization; the gateway takes the same cancel any number of times."""
    return await execute_or_none(_CANCEL, call, call.paymentRequestId)
