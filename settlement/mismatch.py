"""Comparing evidence before it is applied, and what happens to evidence that does not match."""

from datetime import datetime
from typing import NamedTuple

from holdfast.antom.amounts import Amount
from holdfast.evidence import CaptureEvidence, PaymentEvidence, Source
from holdfast.observation import Observation, ObservationKind
from holdfast.payment import Attempt, Payment
from holdfast.reconciliation.difference import Difference
from holdfast.transitions import Event, target
from settlement import audit_text
from settlement.audit_trail import append_and_flag, append_event, apply_event
from settlement.gateway_record import GatewayRecord


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


def amount_mismatch(amount: Amount, evidence: PaymentEvidence | CaptureEvidence) -> ObservationKind | None:
    """Returns what is wrong with the amount that the evidence carries; None where it carries none."""
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
        source=evidence.source,
        resultCode=evidence.resultCode,
        attempt=payment.attempt.paymentRequestId,
        subject=evidence.captureRequestId if isinstance(evidence, CaptureEvidence) else None,
    )


def settle_mismatch(
    payment: Payment,
    evidence: PaymentEvidence | CaptureEvidence,
    at: datetime,
    kind: ObservationKind,
) -> Settlement:
    """Writes the evidence down, flags the payment and asks the gateway. Nothing of the evidence is applied.

    Where the evidence is the answer to an inquiry, there is no one left to ask: the payment becomes
    NEEDS_REVIEW where the state graph allows it.
    """
    observation = observed(payment, evidence, kind)
    payment = append_and_flag(payment, observation, at)
    if evidence.source is not Source.INQUIRY:
        return Settlement(payment, ask=True)
    if target(payment.status, Event.TRUTH_UNKNOWN) is None:
        return Settlement(payment)
    detail = audit_text.of_observation(observation)
    return Settlement(apply_event(payment, Event.TRUTH_UNKNOWN, at, evidence.source, detail=detail))


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
    if observation in payment.progress.observations:
        return payment
    return append_and_flag(payment, observation, at)


def append_evidence(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, detail: str
) -> Payment:
    """Returns the payment with a line about evidence that changed something else than the status."""
    return append_event(payment, at, evidence.source, code=evidence.resultCode, detail=detail)
