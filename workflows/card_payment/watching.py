"""Waits for a notification or an inquiry, whichever decides first.

A timer comes first, because a notification usually arrives before it ends. It is followed by one activity
that inquires until there is an answer.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

from activities.calls import WatchCall, WatchFor
from settlement.gateway_record import GatewayRecord
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.pace import Pace
from workflows.card_payment.payment_state import PaymentState, until

_EARLY = timedelta(seconds=5)
"""How much earlier the first inquiry may go out: the timer of an `authorize` call that has just been answered
serves this pause too, which saves two events of a payment with a redirect."""


def never() -> None:
    """Returns None: the moment of an interruption that does not come."""


async def watch(
    state: PaymentState,
    watch_for: WatchFor,
    pace: Pace,
    *,
    summary: str,
    deadline: datetime | None = None,
    interrupted_at: Callable[[], datetime | None] = never,
    capture_request_id: str | None = None,
) -> GatewayRecord | None:
    """Waits until a transition of the payment or the deadline. Settles and returns the record of an inquiry.

    Without a deadline it also returns after a record with a decision that changed nothing; with one, after a
    record with a decision that lacks the awaited capture.

    Args:
        state: The payment.
        watch_for: What ends the inquiries.
        pace: The pauses between the inquiries.
        summary: The text that an operator sees.
        deadline: Until when it waits, also after a record that changed nothing.
        interrupted_at: Until when it waits at most, which can move; it also returns when it moves.
        capture_request_id: The capture that the inquiries are about.
    """
    record, unchanged, ends_at = None, state.unchanged_since(), interrupted_at()
    moments = [moment for moment in (deadline, ends_at) if moment is not None]
    end = min(moments, default=None)

    def goes_on() -> bool:
        return interrupted_at() == ends_at

    first = workflow.now() + timedelta(seconds=pace.first)
    pause = min(first, end or first) - workflow.now()
    await state.timer.wait(lambda: not (unchanged() and goes_on()), pause, summary=summary, early=_EARLY)
    within = end - workflow.now() if end else None
    if unchanged() and goes_on() and (within is None or within > timedelta(0)):
        call = WatchCall(
            inquiry=state.inquiry(),
            watchFor=watch_for,
            captureRequestId=capture_request_id,
            **pace._asdict(),
        )
        record = await until(lambda: not (unchanged() and goes_on()), gateway.watch(call, within, summary))
        state.apply_inquiry(record)
    is_missing = record is not None and bool(capture_request_id) and record.lacks_capture(capture_request_id)
    if unchanged() and deadline is not None and not is_missing:
        await state.pause_until(deadline, summary)
    return record
