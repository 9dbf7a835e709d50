"""The one function by which evidence changes a payment.

`settle` is pure: no clock, no I/O, no Temporal. The state graph defines the legal transitions; evidence
without such a transition is written to the audit trail and never raises. Evidence is compared before it is
applied: request id, the gateway's payment id, amount and currency. Decisions read typed fields, never the
texts of the audit trail.
"""

from datetime import datetime

from holdfast.observation import ObservationKind as Kind
from holdfast.payment import Attempt, Payment
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.audit.trail import append_and_flag
from settlement.captures import settle_capture
from settlement.closed_attempt import CLOSED_STATUSES, settle_closed_attempt
from settlement.current_attempt import settle_current_attempt
from settlement.evidence import (
    CaptureEvidence,
    PaymentEvidence,
    Verdict,
)
from settlement.mismatch import (
    Settlement,
    amount_mismatch,
    names_another_payment,
    observed,
    settle_mismatch,
)
from settlement.risk_review import follow_risk_review, with_review_status


def settle(
    payment: Payment,
    evidence: PaymentEvidence | CaptureEvidence,
    at: datetime,
    *,
    attempt_limit: int = 1,
    accepts_external: bool = False,
) -> Settlement:
    """Returns the payment with this evidence applied; the same payment where it reports nothing new.

    Args:
        payment: The payment that the evidence is about.
        evidence: The evidence to settle.
        at: When the evidence is settled.
        attempt_limit: How many attempts the order allows.
        accepts_external: Whether a capture that this payment did not request counts; only for the captures of
            a record that :func:`settlement.external_capture.record_matches` accepts.
    """
    if isinstance(evidence, CaptureEvidence):
        settled = settle_capture(payment, evidence, at, accepts_external=accepts_external)
    else:
        evidence = _with_request_id(payment, evidence)
        settled = _settle_payment(payment, evidence, at, attempt_limit)
    return follow_risk_review(payment, settled, evidence, at)


def _with_request_id(payment: Payment, evidence: PaymentEvidence) -> PaymentEvidence:
    """Returns a risk review's evidence with the request id of its attempt.

    Antom documents no body for RISK_POST_REVIEW, which may carry the gateway's paymentId alone.
    """
    if evidence.paymentRequestId or not evidence.paymentId or evidence.verdict is not Verdict.UNCLEAR:
        return evidence
    named = (a.paymentRequestId for a in payment.attempts if a.paymentId == evidence.paymentId)
    request_id = next(named, None)
    return evidence.model_copy(update={"paymentRequestId": request_id}) if request_id else evidence


def _settle_payment(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    """Compares the evidence with its attempt, and settles it where they match."""
    index = _attempt_of(payment, evidence)
    if index is None:
        return settle_mismatch(payment, evidence, at, Kind.UNKNOWN_REQUEST_ID)
    attempt = payment.attempts[index]
    is_former = index != len(payment.attempts) - 1
    if mismatch := _mismatch(payment, attempt, evidence):
        settle_with = _former_mismatch if is_former else settle_mismatch
        return settle_with(payment, evidence, at, mismatch)
    attempt = attempt.model_copy(update=_added_facts(attempt, evidence))
    payment = payment.with_attempt(attempt)
    if not is_former:
        payment = with_review_status(payment, evidence)
    is_authorized_late = attempt.status is AttemptStatus.AUTHORIZED_AFTER_CLOSE
    if is_former or is_authorized_late or _ended_without_money(payment, evidence):
        return settle_closed_attempt(payment, attempt, evidence, at)
    return settle_current_attempt(payment, evidence, at, limit)


def _attempt_of(payment: Payment, evidence: PaymentEvidence) -> int | None:
    for index, attempt in enumerate(payment.attempts):
        if evidence.paymentRequestId == attempt.paymentRequestId:
            return index
    return None


def _mismatch(payment: Payment, attempt: Attempt, evidence: PaymentEvidence) -> Kind | None:
    if names_another_payment(payment, attempt, evidence.paymentId):
        return Kind.OTHER_PAYMENT_ID
    return amount_mismatch(payment.paymentAmount, evidence)


def _former_mismatch(payment: Payment, evidence: PaymentEvidence, at: datetime, kind: Kind) -> Settlement:
    """Settles a mismatch of a former attempt's evidence, which never changes the payment's status."""
    flagged = append_and_flag(payment, observed(payment, evidence, kind), at)
    return Settlement(flagged, must_inquire=evidence.source is not Source.INQUIRY)


def _ended_without_money(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Returns whether the evidence is an inquiry's about a payment that has ended without money.

    A failure or cancellation does not count where a late capture has taken money of its authorization.
    """
    has_ended = payment.status.is_final and payment.status is not S.CAPTURED
    was_taken = bool(payment.captured_minor_units) and payment.attempt.status is AttemptStatus.AUTHORIZED
    is_contradicted = was_taken and evidence.verdict in CLOSED_STATUSES
    return has_ended and evidence.source is Source.INQUIRY and not is_contradicted


def _added_facts(attempt: Attempt, evidence: PaymentEvidence) -> dict[str, object]:
    """Returns the facts that matching evidence adds to an attempt, whatever its verdict."""
    info = attempt.paymentResultInfo
    if attempt.decidedAt is None or _agrees(attempt, evidence):
        info = evidence.paymentResultInfo or info
    return {"paymentId": attempt.paymentId or evidence.paymentId, "paymentResultInfo": info}


def _agrees(attempt: Attempt, evidence: PaymentEvidence) -> bool:
    """Returns whether the evidence agrees with the decision. Facts of a contradiction are not applied."""
    return (evidence.verdict is Verdict.SUCCEEDED) == (attempt.status is AttemptStatus.AUTHORIZED)
