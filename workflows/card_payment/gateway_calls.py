"""Executes the gateway's activities: retry policies, limits and summaries per operation.

Each function returns the signed answer, or None where there is none because the retries were used up or the
wait was cancelled.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from activities import calls
from activities.calls import (
    CancelCall,
    CancelResult,
    CaptureCall,
    CaptureResult,
    Failure,
    InquireCall,
    PayCall,
    PayResult,
    WatchCall,
)
from settlement.gateway_record import GatewayRecord
from workflows.execution import Activity, execute, execute_or_none
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


@dataclass(frozen=True)
class NeverSent:
    """No pay call of the attempt was ever sent, for this reason.

    `isTooLate`: its deadline has passed. `retryAfter`: the shortest useful pause before another call.
    """

    reason: str
    isTooLate: bool
    retryAfter: timedelta = timedelta(0)


async def pay(call: PayCall) -> PayResult | NeverSent | None:
    """Authorizes one attempt, with the same id and body on every try.

    Returns NeverSent only where the activity has established it, so that it is recorded in the history.
    """
    try:
        return await execute(_PAY, call, call.paymentRequestId)
    except ActivityError as error:
        return _never_sent(error.cause)


def _never_sent(cause: BaseException | None) -> NeverSent | None:
    if not isinstance(cause, ApplicationError) or cause.type not in (Failure.NEVER_SENT, Failure.TOO_LATE):
        return None
    pause, is_too_late = cause.next_retry_delay or timedelta(0), cause.type == Failure.TOO_LATE
    return NeverSent(cause.message, isTooLate=is_too_late, retryAfter=pause)


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
