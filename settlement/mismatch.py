"""Compares evidence with a payment, and settles evidence that does not match."""

from datetime import datetime
from typing import NamedTuple

from holdfast.antom.amounts import Amount
from holdfast.observation import Observation, ObservationKind
from holdfast.payment import Attempt, Payment
from holdfast.payment_event import Event
from holdfast.reconciliation.difference import Difference
from holdfast.source import Source
from settlement.apply_event import apply_event
from settlement.audit import text as audit_text
from settlement.audit.trail import append_and_flag, append_event, is_observed
from settlement.bounded_text import bounded
from settlement.evidence import CaptureEvidence, PaymentEvidence
from settlement.gateway_record import GatewayRecord
from settlement.transitions import target


class Settlement(NamedTuple):
    """The payment after the evidence, and whether the evidence makes an inquiry necessary."""

    payment: Payment
    must_inquire: bool = False


def names_another_payment(payment: Payment, attempt: Attempt, payment_id: str | None) -> bool:
    """Returns whether `payment_id` is not this attempt's.

    An attempt without an id accepts any id that no other attempt has.
    """
    if not payment_id:
        return False
    if attempt.paymentId:
        return attempt.paymentId != payment_id
    return any(other.paymentId == payment_id for other in payment.attempts)


def amount_mismatch(amount: Amount, evidence: PaymentEvidence | CaptureEvidence) -> ObservationKind | None:
    """Returns how the amount of the evidence differs; None where it matches or the evidence carries none."""
    if evidence.currency is not None and evidence.currency != amount.currency:
        return ObservationKind.OTHER_CURRENCY
    if evidence.value is not None and evidence.value.lstrip("0") != amount.value:
        return ObservationKind.OTHER_AMOUNT
    return None


def observed(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, kind: ObservationKind
) -> Observation:
    """Returns the evidence as an observation that is not applied."""
    return Observation(
        kind=kind,
        evidenceKind=evidence.kind,
        source=evidence.source,
        resultCode=evidence.resultCode,
        attempt=payment.attempt.paymentRequestId,
        subject=bounded(evidence.captureRequestId) if isinstance(evidence, CaptureEvidence) else None,
    )


def settle_mismatch(
    payment: Payment,
    evidence: PaymentEvidence | CaptureEvidence,
    at: datetime,
    kind: ObservationKind,
) -> Settlement:
    """Records the evidence and flags the payment without applying the evidence; an inquiry becomes necessary.

    Where the evidence is itself the answer to an inquiry, the payment becomes NEEDS_REVIEW instead, if the
    state graph allows it.
    """
    observation = observed(payment, evidence, kind)
    payment = append_and_flag(payment, observation, at)
    if evidence.source is not Source.INQUIRY:
        return Settlement(payment, must_inquire=True)
    if target(payment.status, Event.OUTCOME_UNKNOWN) is None:
        return Settlement(payment)
    detail = audit_text.of_observation(observation)
    return Settlement(apply_event(payment, Event.OUTCOME_UNKNOWN, at, evidence.source, detail=detail))


def flag_difference(payment: Payment, record: GatewayRecord, difference: Difference, at: datetime) -> Payment:
    """Returns the payment flagged for a difference from the gateway's record.

    A difference that was observed before does not flag it again: a person may have resolved it.
    """
    observation = observed(payment, record.payment, ObservationKind.RECORD_DIFFERS).model_copy(
        update={
            "subject": difference.captureRequestId or difference.paymentRequestId,
            "difference": difference.kind,
            "gatewayState": difference.gatewayState,
        }
    )
    if is_observed(payment, observation):
        return payment
    return append_and_flag(payment, observation, at)


def append_evidence(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, detail: str
) -> Payment:
    """Returns the payment with a line about evidence that did not change the status."""
    return append_event(payment, at, evidence.source, code=evidence.resultCode, detail=detail)
