"""Whether a late notification only repeats what the result of its payment says.

An ordinary capture is answered before its notification arrives, so that the payment has ended by then. Such a
notification needs no person. Only typed fields are compared, and whatever is in doubt does not agree.
"""

from holdfast.payment import Capture, CaptureStatus, Payment
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.auth_review_status import DECIDED
from holdfast.statuses.payment_status import PaymentStatus
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.mismatch import amount_mismatch, names_another_payment
from settlement.notification.verified_notification import VerifiedNotification

_SUCCESSFUL = frozenset({Verdict.SUCCEEDED, Verdict.IN_PROCESS})
"""The verdicts of a payment or a capture that succeeded. IN_PROCESS is older, and has arrived later."""
_UNSUCCESSFUL = frozenset({Verdict.FAILED, Verdict.CANCELLED})
_RISK_REVIEW = "RISK_POST_REVIEW"
"""The one type of notification that reports a risk review and no outcome of the payment."""


def agrees(payment: Payment, note: VerifiedNotification) -> bool:
    """Returns whether an ended payment says everything that the notification reports about money.

    That is the account, the request id, the gateway's ids, the amount, the outcome, and the decision of the
    risk review. A success agrees only with a payment that is CAPTURED.

    Args:
        payment: The result of a payment's workflow. A payment that has not ended agrees with nothing.
        note: The notification, whose signature is verified.
    """
    if not payment.status.is_final or note.merchantAccount != payment.merchantAccount:
        return False
    evidence = note.evidence
    if isinstance(evidence, CaptureEvidence):
        return _capture_agrees(payment, evidence)
    return _payment_agrees(payment, evidence, is_risk_review=note.notifyType == _RISK_REVIEW)


def _payment_agrees(payment: Payment, evidence: PaymentEvidence, *, is_risk_review: bool) -> bool:
    named = (a for a in payment.attempts if a.paymentRequestId == evidence.paymentRequestId)
    attempt = next(named, None)
    if attempt is None or names_another_payment(payment, attempt, evidence.paymentId):
        return False
    is_current = attempt is payment.attempt
    if amount_mismatch(payment.paymentAmount, evidence) or not _review_agrees(payment, evidence, is_current):
        return False
    if evidence.verdict in _UNSUCCESSFUL:
        return attempt.status.is_closed and not (is_current and payment.captured_minor_units)
    is_captured = payment.status is PaymentStatus.CAPTURED and attempt.status is AttemptStatus.AUTHORIZED
    if evidence.verdict is Verdict.UNCLEAR:
        return is_captured and is_risk_review and evidence.authReviewStatus is not None
    return is_captured and evidence.verdict in _SUCCESSFUL and _is_complete(evidence)


def _review_agrees(payment: Payment, evidence: PaymentEvidence, is_current: bool) -> bool:
    """Returns whether the payment knows what is reported of the risk review, or its later decision."""
    reported, known = evidence.authReviewStatus, payment.authReviewStatus
    if reported is None:
        return True
    was_decided_later = known in DECIDED and reported not in DECIDED
    return is_current and (reported == known or was_decided_later)


def _capture_agrees(payment: Payment, evidence: CaptureEvidence) -> bool:
    named = (c for c in payment.captures if c.captureRequestId == evidence.captureRequestId)
    capture = next(named, None)
    if capture is None or names_another_payment(payment, payment.attempt, evidence.paymentId):
        return False
    if amount_mismatch(capture.captureAmount, evidence) or _has_another_id(capture, evidence):
        return False
    if evidence.verdict in _UNSUCCESSFUL:
        return capture.status is CaptureStatus.FAIL
    is_captured = payment.status is PaymentStatus.CAPTURED and capture.status is CaptureStatus.SUCCESS
    return is_captured and evidence.verdict in _SUCCESSFUL and _is_complete(evidence)


def _has_another_id(capture: Capture, evidence: CaptureEvidence) -> bool:
    return bool(evidence.captureId and capture.captureId) and evidence.captureId != capture.captureId


def _is_complete(evidence: PaymentEvidence | CaptureEvidence) -> bool:
    """Returns whether there is an id and an amount to compare, as in every notification of a success."""
    return bool(evidence.paymentId) and evidence.value is not None and evidence.currency is not None
