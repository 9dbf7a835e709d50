"""Comparing evidence before it is applied, and what happens to evidence that does not fit."""

from datetime import datetime
from typing import NamedTuple

from holdfast.antom.amounts import Amount
from holdfast.evidence import CaptureEvidence, PaymentEvidence, Source
from holdfast.payment import Attempt, Payment
from holdfast.transitions import Event
from settlement.audit_trail import flagged, moved, noted, written


class Settlement(NamedTuple):
    """The payment after the evidence, and whether the gateway has to be asked what is true."""

    payment: Payment
    ask: bool = False


def names_another_payment(payment: Payment, attempt: Attempt, payment_id: str | None) -> bool:
    """Whether the gateway's id is not this attempt's: another one, or that of another attempt."""
    if not payment_id:
        return False
    if attempt.paymentId:
        return attempt.paymentId != payment_id
    return any(other.paymentId == payment_id for other in payment.attempts)


def amount_mismatch(amount: Amount, evidence: PaymentEvidence | CaptureEvidence) -> str | None:
    """What is wrong with the amount that the evidence carries, if it carries one."""
    if evidence.currency is not None and evidence.currency != amount.currency:
        return "evidence carries another currency"
    if evidence.value is not None and evidence.value.lstrip("0") != amount.value:
        return "evidence carries another amount"
    return None


def recorded(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, why: str
) -> Payment:
    """The payment with evidence written down and a person told; nothing of it applied."""
    return flagged(noted(payment, evidence, at, why), why, at)


def suspect(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, why: str
) -> Settlement:
    """Recorded, flagged, asked about; never applied. An inquiry that does not fit leaves nobody to ask."""
    payment = recorded(payment, evidence, at, why)
    if evidence.source is not Source.INQUIRY:
        return Settlement(payment, ask=True)
    return Settlement(moved(payment, Event.TRUTH_UNKNOWN, at, evidence.source, detail=why) or payment)


def step(
    payment: Payment,
    event: Event,
    evidence: PaymentEvidence | CaptureEvidence,
    at: datetime,
    detail: str | None = None,
) -> Payment:
    """The payment one edge further; evidence that fits no edge is written down."""
    after = moved(payment, event, at, evidence.source, code=evidence.resultCode, detail=detail)
    return after or written(payment, evidence, at, f"{event} is not possible from {payment.status}")
