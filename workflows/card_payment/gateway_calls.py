"""The gateway's activities as a workflow calls them: timeouts, retry policies and summaries per operation.

Each returns the signed answer, or None when there is none: retries are used up, or the wait was cut off.
"""

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
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
    InquiryResult,
    PayCall,
    PayResult,
    WatchCall,
)
from workflows.timing import CALL, CAPTURE_ANSWER, HEARTBEAT

T = TypeVar("T")

_SOON = timedelta(seconds=1)
_PAY = RetryPolicy(
    initial_interval=_SOON,
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=10),
    maximum_attempts=5,
)
_CAPTURE = RetryPolicy(initial_interval=_SOON, backoff_coefficient=2, maximum_attempts=4)
_CANCEL = RetryPolicy(initial_interval=_SOON, backoff_coefficient=2, maximum_attempts=3)
_FORGET = RetryPolicy(initial_interval=_SOON, backoff_coefficient=2, maximum_attempts=5)
_INQUIRE = RetryPolicy(initial_interval=_SOON, backoff_coefficient=2, maximum_attempts=3)
_WATCH = RetryPolicy(
    initial_interval=timedelta(seconds=5), backoff_coefficient=2, maximum_interval=timedelta(minutes=10)
)


class OrderRefused(ApplicationError):
    """This worker cannot pay the order as it is; nothing was sent."""

    def __init__(self, message: str) -> None:
        super().__init__(message, type=Failure.INVALID_ORDER, non_retryable=True)


async def pay(call: PayCall) -> PayResult | None:
    """Authorize one attempt: the same id and body on every try. Raises OrderRefused."""
    try:
        return await _run(calls.PAY, call, PayResult, _PAY, call.paymentRequestId)
    except ActivityError as error:
        if isinstance(error.cause, ApplicationError) and error.cause.type == Failure.INVALID_ORDER:
            raise OrderRefused(error.cause.message) from None
        return None


async def forget_card(card_reference: str) -> None:
    """Delete a card that no pay call needs any more; a vault that does not answer drops it by itself."""
    try:
        await _run(
            calls.FORGET_CARD, card_reference, type(None), _FORGET, "the card of a pay call that is over"
        )
    except ActivityError:
        return


async def inquire(call: InquireCall) -> InquiryResult | None:
    """Ask once, with a few quick tries."""
    try:
        return await _run(calls.INQUIRE, call, InquiryResult, _INQUIRE, call.paymentRequestId)
    except ActivityError:
        return None


async def watch(call: WatchCall, within: timedelta | None, summary: str) -> InquiryResult | None:
    """Ask until decided, for `within` at most; the history stays the same however long it takes."""
    try:
        return await _run(calls.WATCH, call, InquiryResult, _WATCH, summary, within)
    except ActivityError:
        return None


async def capture(call: CaptureCall) -> CaptureResult | None:
    """Take the money: the same id on every try, within the time a merchant waits for the answer."""
    summary = f"{call.captureRequestId} · {call.captureAmount.display}"
    try:
        return await _run(calls.CAPTURE, call, CaptureResult, _CAPTURE, summary, CAPTURE_ANSWER)
    except ActivityError:
        return None


async def cancel(call: CancelCall) -> CancelResult | None:
    """Let the money go; the gateway takes the same cancel any number of times."""
    try:
        return await _run(calls.CANCEL, call, CancelResult, _CANCEL, call.paymentRequestId)
    except ActivityError:
        return None


async def _run(
    name: str,
    call: object,
    answer: type[T],
    policy: RetryPolicy,
    summary: str,
    within: timedelta | None = None,
) -> T:
    finding: T = await workflow.execute_activity(
        name,
        call,
        result_type=answer,
        start_to_close_timeout=CALL,
        schedule_to_close_timeout=within,
        heartbeat_timeout=HEARTBEAT,
        retry_policy=policy,
        summary=summary,
    )
    return finding
