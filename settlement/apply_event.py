"""The one function that changes the status of a payment."""

from datetime import datetime

from holdfast.payment import AuditEvent, Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.audit import text as audit_text
from settlement.audit.trail import append_event, with_line
from settlement.transitions import target


def apply_event(
    payment: Payment,
    event: Event,
    at: datetime,
    source: Source,
    *,
    code: str | None = None,
    detail: str | None = None,
) -> Payment:
    """Returns the payment after the transition of an event. Only this function changes a status.

    Where the state graph has no such edge from the payment's status, the status stays, and a line of the
    audit trail records the event. The buyer's next action is kept only where the payment waits for the buyer.
    """
    to = target(payment.status, event)
    if to is None:
        return append_event(
            payment, at, source, code=code, detail=audit_text.not_possible(event, payment.status)
        )
    line = AuditEvent(
        at=at, source=source, event=event, from_=payment.status, to=to, code=code, detail=detail
    )
    after = with_line(payment, line)
    return after.model_copy(
        update={
            "status": to,
            "nextAction": payment.nextAction if to is S.ACTION_REQUIRED else None,
            "progress": after.progress.after_transition(event, source, at, from_=payment.status, to=to),
        }
    )
