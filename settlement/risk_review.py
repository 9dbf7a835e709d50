"""The gateway's risk review of an authorization: its status, and what follows from its decision.

While it is not decided, no capture is requested and no capture is reported. A rejection releases the
authorization; where money is captured already, a person decides.
"""

from datetime import datetime

from holdfast.observation import ObservationKind as Kind
from holdfast.payment import CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.auth_review_status import DECIDED, latest
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.audit import text as audit_text
from settlement.audit.trail import append_and_flag, flag_for_review
from settlement.evidence import CAPTURE_WITHDRAWN, CaptureEvidence, PaymentEvidence, Verdict
from settlement.mismatch import Settlement, observed
from settlement.transitions import target


def with_review_status(payment: Payment, evidence: PaymentEvidence) -> Payment:
    """Returns the payment with the review status that matching evidence about its attempt reports."""
    status = latest(payment.authReviewStatus, evidence.authReviewStatus)
    if status == payment.authReviewStatus:
        return payment
    return payment.model_copy(update={"authReviewStatus": status})


def follow_risk_review(
    before: Payment, settled: Settlement, evidence: PaymentEvidence | CaptureEvidence, at: datetime
) -> Settlement:
    """Returns the settlement of evidence with what the risk review's status requires.

    Args:
        before: The payment before the evidence.
        settled: The payment after the evidence, which can have changed the review's status.
        evidence: The evidence.
        at: When the evidence is settled.
    """
    payment, must_inquire = settled
    if _contradicts(before, payment, evidence):
        payment = append_and_flag(payment, observed(payment, evidence, Kind.RISK_REVIEW_CONTRADICTED), at)
        must_inquire = must_inquire or evidence.source is not Source.INQUIRY
    return Settlement(_apply(before, payment, evidence, at), must_inquire)


def _contradicts(before: Payment, after: Payment, evidence: PaymentEvidence | CaptureEvidence) -> bool:
    """Returns whether the evidence reports another decision of the review than the one that is known."""
    reported = evidence.authReviewStatus if isinstance(evidence, PaymentEvidence) else None
    return _is_of_current_attempt(after, evidence) and {before.authReviewStatus, reported} == DECIDED


def _is_of_current_attempt(payment: Payment, evidence: PaymentEvidence | CaptureEvidence) -> bool:
    return (
        isinstance(evidence, PaymentEvidence)
        and evidence.paymentRequestId == payment.attempt.paymentRequestId
    )


def _apply(
    before: Payment, payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime
) -> Payment:
    if _awaits_own_capture(payment):
        return payment
    if payment.is_risk_rejected:
        return _rejected(before, payment, evidence, at)
    is_late = payment.is_under_risk_review and before.has_passed_risk_review
    if is_late and payment.status is S.CAPTURED and before.status is S.CAPTURED:
        return flag_for_review(payment, audit_text.RISK_REVIEW_AFTER_CAPTURE, at)
    is_held = payment.status is S.CAPTURING and payment.open_capture is None
    if is_held and payment.captured_minor_units and payment.has_passed_risk_review:
        return apply_event(
            payment, captured_event(payment), at, evidence.source, code=payment.authReviewStatus
        )
    return payment


def _awaits_own_capture(payment: Payment) -> bool:
    """Returns whether a capture of this payment has no result yet. The result comes before the rejection."""
    return payment.status is S.CAPTURING and payment.open_capture is not None


def _rejected(
    before: Payment, payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime
) -> Payment:
    """Releases a rejected authorization, or flags a rejected capture. An operator has decided already.

    An authorization that stayed AUTHORIZED after its rejection is not released again: the gateway has refused
    that, and a person was asked.
    """
    if evidence.source is Source.OPERATOR:
        return payment
    is_new = before.authReviewStatus != payment.authReviewStatus
    is_captured = bool(payment.captured_minor_units)
    event = Event.RISK_REJECTED_AFTER_CAPTURE if is_captured else Event.RISK_REJECTED
    # an operator has decided about a part that is captured still, or was asked about a hold that the gateway
    # did not release: only a change reopens the question
    is_settled = before.status is payment.status in (S.PARTIALLY_CAPTURED, S.AUTHORIZED) and not is_new
    can_move = target(payment.status, event) is not None and not is_settled
    if can_move:
        payment = apply_event(payment, event, at, evidence.source, code=payment.authReviewStatus)
    if is_captured and (can_move or is_new):
        payment = flag_for_review(payment, audit_text.RISK_REJECTED_AFTER_CAPTURE, at)
    return payment


def withdrawn(capture_request_id: str) -> CaptureEvidence:
    """Returns the evidence that a capture never arrived and is not sent again because of the risk review."""
    return CaptureEvidence(
        source=Source.INQUIRY,
        verdict=Verdict.FAILED,
        captureRequestId=capture_request_id,
        resultCode=CAPTURE_WITHDRAWN,
    )


def captured_event(payment: Payment) -> Event:
    """Returns the event of a payment whose captured money is reported, once no capture is open.

    Money that was captured under a risk review is not reported as captured before the review is decided.
    """
    return decided_event(payment) if payment.has_passed_risk_review else Event.CAPTURE_HELD


def decided_event(payment: Payment) -> Event:
    """Returns the event of a payment whose captured money is reported, whatever its risk review says.

    The remainder of a part is held until the authorization ends; no payment ends before that.
    """
    done = (capture for capture in payment.captures if capture.status is CaptureStatus.SUCCESS)
    is_last = payment.is_all_captured or any(capture.isLastCapture for capture in done)
    return Event.CAPTURED if is_last else Event.PARTIALLY_CAPTURED
