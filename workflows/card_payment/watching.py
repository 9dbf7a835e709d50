"""The race of notification and inquiry: whichever decides first wins, the other is dropped.

First a plain timer, because a notification comes sooner in the normal case; then one activity that asks
until there is an answer, however long that takes.
"""

from datetime import datetime, timedelta

from temporalio import workflow

from activities.calls import InquiryResult, WatchCall, WatchFor
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.pace import Pace
from workflows.card_payment.payment_state import Case


async def watch(
    case: Case,
    what: WatchFor,
    pace: Pace,
    *,
    summary: str,
    deadline: datetime | None = None,
    capture_request_id: str | None = None,
) -> InquiryResult | None:
    """Wait until the payment's status changes, or for the deadline; settles and returns what is found out.

    Without a deadline it also returns when an inquiry found a decision that changed nothing.
    """
    findings = None
    here = case.here()
    first = workflow.now() + timedelta(seconds=pace.first)
    await case.pause_until(min(first, deadline or first), summary)
    within = deadline - workflow.now() if deadline else None
    if here() and (within is None or within > timedelta(0)):
        call = WatchCall(
            inquiry=case.inquiry(),
            watchFor=what,
            captureRequestId=capture_request_id,
            **pace._asdict(),
        )
        findings = await case.while_here(gateway.watch(call, within, summary))
        case.hear(findings)
    if here() and deadline is not None:
        await case.pause_until(deadline, summary)
    return findings
