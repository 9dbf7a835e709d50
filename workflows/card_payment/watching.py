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
from workflows.card_payment.payment_state import PaymentState, until


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
    await state.pause_until(min(first, deadline or first), summary)
    within = deadline - workflow.now() if deadline else None
    if unchanged() and (within is None or within > timedelta(0)):
        call = WatchCall(
            inquiry=state.inquiry(),
            watchFor=watch_for,
            captureRequestId=capture_request_id,
            **pace._asdict(),
        )
        record = await until(lambda: not unchanged(), gateway.watch(call, within, summary))
        state.apply_inquiry(record)
    if unchanged() and deadline is not None:
        await state.pause_until(deadline, summary)
    return record
