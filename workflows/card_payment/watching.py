"""Waits for a notification or an inquiry, whichever decides first.

A timer comes first, because a notification usually arrives before it ends. It is followed by one activity
that inquires until there is an answer.
"""

from datetime import datetime, timedelta

from temporalio import workflow

from activities.calls import WatchCall, WatchFor
from settlement.gateway_record import GatewayRecord
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.pace import Pace
from workflows.card_payment.payment_state import PaymentState

_EARLY = timedelta(seconds=5)
"""How much earlier the first inquiry may go out: the timer of an `authorize` call that has just been answered
serves this pause too, which saves two events of a payment with a redirect."""


async def watch(
    state: PaymentState,
    watch_for: WatchFor,
    pace: Pace,
    *,
    summary: str,
    deadline: datetime | None = None,
    capture_request_id: str | None = None,
) -> GatewayRecord | None:
    """Waits until a transition of the payment or the deadline. Settles and returns the record of an inquiry.

    Without a deadline it also returns after a record with a decision that changed nothing.
    """
    record = None
    unchanged = state.unchanged_since()
    first = workflow.now() + timedelta(seconds=pace.first)
    pause = min(first, deadline or first) - workflow.now()
    await state.timer.wait(lambda: not unchanged(), pause, early=_EARLY)
    within = deadline - workflow.now() if deadline else None
    if unchanged() and (within is None or within > timedelta(0)):
        call = WatchCall(
            inquiry=state.inquiry(),
            watchFor=watch_for,
            captureRequestId=capture_request_id,
            **pace._asdict(),
        )
        record = await state.while_unchanged(gateway.watch(call, within, summary))
        state.apply_inquiry(record)
    if unchanged() and deadline is not None:
        await state.pause_until(deadline, summary)
    return record
