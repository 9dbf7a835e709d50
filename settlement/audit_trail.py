"""The audit trail: every move of a payment and every piece of evidence that could not move it."""

from datetime import datetime

from holdfast.evidence import CaptureEvidence, PaymentEvidence, Source
from holdfast.payment import AuditEvent, Payment, Review
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event, target


def moved(
    payment: Payment,
    event: Event,
    at: datetime,
    source: Source,
    *,
    code: str | None = None,
    detail: str | None = None,
) -> Payment | None:
    """The payment one edge further; None when the graph has no such edge from here.

    What the buyer has to do is known only for as long as the payment waits for the buyer.
    """
    to = target(payment.status, event)
    if to is None:
        return None
    line = AuditEvent(
        at=at, source=source, event=event, from_=payment.status, to=to, code=code, detail=detail
    )
    next_action = payment.nextAction if to is S.ACTION_REQUIRED else None
    return payment.model_copy(
        update={"status": to, "nextAction": next_action, "events": (*payment.events, line)}
    )


def written(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, detail: str
) -> Payment:
    """The payment with evidence written down that changed something else than the status."""
    return _with_line(payment, _line(payment, evidence, at, detail))


def noted(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, detail: str
) -> Payment:
    """The payment with evidence written down that changed nothing; said once per attempt, however often."""
    line, since = _line(payment, evidence, at, detail), payment.attempt.startedAt
    said = any(_says(e) == _says(line) for e in payment.events if e.at >= since)
    return payment if said else _with_line(payment, line)


def _line(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, detail: str
) -> AuditEvent:
    return AuditEvent(
        at=at,
        source=evidence.source,
        from_=payment.status,
        to=payment.status,
        code=evidence.resultCode,
        detail=detail,
    )


def _with_line(payment: Payment, line: AuditEvent) -> Payment:
    return payment.model_copy(update={"events": (*payment.events, line)})


def _says(line: AuditEvent) -> tuple[object, ...]:
    return (line.event, line.source, line.code, line.detail)


def flagged(payment: Payment, reason: str, at: datetime) -> Payment:
    """The payment with a reason for a person to look; the first reason stays."""
    if payment.review is not None:
        return payment
    return payment.model_copy(update={"review": Review(reason=reason, since=at)})
