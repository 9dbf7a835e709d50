"""Evidence that matches the current attempt: its success, failure or cancellation, and its redirect."""

from datetime import datetime
from typing import assert_never

from holdfast.antom.codes import ORDER_NOT_EXIST, Advice, advice, is_documented, is_explained
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import CaptureMode, ResultStatus
from holdfast.observation import ObservationKind as Kind
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.audit import text as audit_text
from settlement.audit.trail import append_and_flag, append_once, flag_for_review
from settlement.authorization_expiry import learn_current_expiry
from settlement.evidence import (
    CARD_NOT_FOUND,
    OPERATOR_DECISION,
    OWN_CODES,
    PAY_CALL_NOT_SENT,
    PaymentEvidence,
    Verdict,
)
from settlement.mismatch import (
    Settlement,
    observed,
    settle_mismatch,
)
from settlement.risk_review import captured_event, decided_event
from settlement.transitions import target

_CLOSED_UNPAID_CODES = frozenset({"ORDER_IS_CLOSED", PAY_CALL_NOT_SENT})
_NOTHING_AUTHORIZED_CODES = frozenset({ORDER_NOT_EXIST, CARD_NOT_FOUND, OPERATOR_DECISION})
_DECIDING = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})
_WAITING = frozenset({S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.NEEDS_REVIEW})


def settle_current_attempt(
    payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int
) -> Settlement:
    """Settles evidence that matches the current attempt.

    Where a review interrupted a cancellation, a decision first returns the payment to CANCELLING.
    """
    if evidence.verdict in _DECIDING and _was_cancelling(payment) and evidence.source is not Source.OPERATOR:
        payment = apply_event(payment, Event.CANCEL_RESUMED, at, evidence.source, code=evidence.resultCode)
    match evidence.verdict:
        case Verdict.SUCCEEDED:
            return _authorized(payment, evidence, at)
        case Verdict.FAILED:
            return _failed(payment, evidence, at, limit)
        case Verdict.CANCELLED:
            return _cancelled(payment, evidence, at)
        case Verdict.IN_PROCESS:
            return Settlement(_in_process(payment, evidence, at))
        case Verdict.ABSENT | Verdict.UNCLEAR:
            return Settlement(payment)
        case _:
            assert_never(evidence.verdict)


def _decided(payment: Payment, evidence: PaymentEvidence, status: AttemptStatus, at: datetime) -> Payment:
    """Returns the payment with its current attempt decided; the same one where it has that decision."""
    if payment.attempt.status is status and payment.attempt.decidedAt is not None:
        return payment
    decision = {
        "status": status,
        "paymentResultInfo": evidence.paymentResultInfo or payment.attempt.paymentResultInfo,
        "resultCode": evidence.resultCode,
        "resultMessage": evidence.resultMessage,
        "decidedAt": at,
        "decidedBy": evidence.source,
    }
    return payment.with_attempt(payment.attempt.model_copy(update=decision))


def _authorized(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles a success of the current attempt."""
    if payment.status is S.DECLINED:
        return _reversed_decline(payment, evidence, at)
    if payment.status is S.CANCELLING or _is_captured_after_void(payment):
        return _authorized_while_cancelling(payment, evidence, at)
    if payment.status not in _WAITING and _contradicts_end(payment, evidence):
        return settle_mismatch(payment, evidence, at, Kind.SUCCESS_AFTER_CLOSE)
    authorized = _with_authorization(payment, evidence, at)
    if payment.status not in _WAITING or _waits_for_capture(payment):
        return Settlement(authorized)
    event = _success_event(payment, evidence)
    if event is None:
        return Settlement(authorized)
    decided = _decided(authorized, evidence, AttemptStatus.AUTHORIZED, at)
    return Settlement(apply_event(decided, event, at, evidence.source, code=evidence.resultCode))


def _success_event(payment: Payment, evidence: PaymentEvidence) -> Event | None:
    """Returns the event of a success that decides the payment.

    None where a person decides about captured money that the risk review has rejected.
    """
    if not payment.captured_minor_units:
        return Event.AUTHORIZED
    if payment.is_risk_rejected:
        return decided_event(payment) if evidence.source is Source.OPERATOR else None
    if payment.is_under_risk_review or payment.is_all_captured:
        return captured_event(payment)
    return Event.PARTIALLY_CAPTURED


def _authorized_while_cancelling(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles a success during or after a cancellation. Of a closed attempt, only an inquiry's counts."""
    was_closed = payment.attempt.status.is_closed
    if was_closed and evidence.source is not Source.INQUIRY:
        return settle_mismatch(payment, evidence, at, Kind.SUCCESS_AFTER_CLOSE)
    decided = _decided(_with_authorization(payment, evidence, at), evidence, AttemptStatus.AUTHORIZED, at)
    observation = observed(decided, evidence, Kind.SUCCESS_AFTER_CLOSE)
    return Settlement(append_and_flag(decided, observation, at) if was_closed else decided)


def _is_captured_after_void(payment: Payment) -> bool:
    """Returns whether the attempt is closed, and the payment has a status that follows an authorization."""
    is_decided = payment.status in _WAITING or payment.status.is_final
    return payment.attempt.status.is_closed and not is_decided


def _contradicts_end(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Returns whether a success contradicts the known end of the attempt or the payment.

    A notification of an authorization that was voided later does not: the gateway re-sends it for 24 hours.
    """
    attempt = payment.attempt
    if attempt.status.is_closed:
        return True
    ended_without_money = payment.status.is_final and payment.status is not S.CAPTURED
    return ended_without_money and (
        attempt.status is not AttemptStatus.AUTHORIZED or evidence.source is Source.INQUIRY
    )


def _waits_for_capture(payment: Payment) -> bool:
    """Returns whether a MANUAL payment has a capture without a result.

    Evidence about the payment says nothing about that capture.
    """
    return payment.captureMode is CaptureMode.MANUAL and payment.open_capture is not None


def _reversed_decline(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles a success after a decline: an inquiry's is accepted, any other makes an inquiry necessary."""
    if evidence.source is not Source.INQUIRY:
        return settle_mismatch(payment, evidence, at, Kind.SUCCESS_AFTER_DECLINE)
    decided = _decided(_with_authorization(payment, evidence, at), evidence, AttemptStatus.AUTHORIZED, at)
    after = apply_event(decided, Event.DECLINE_REVERSED, at, evidence.source, code=evidence.resultCode)
    return Settlement(flag_for_review(after, audit_text.success_after_decline(), at))


def _with_authorization(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Payment:
    """Returns the payment with the amount, the expiry and the card token of its authorization."""
    payment = learn_current_expiry(payment, evidence, at)
    facts = {
        "authorizedAmount": payment.paymentAmount,
        "authExpiryTime": payment.attempt.authExpiryTime,
        "cardToken": evidence.cardToken or payment.cardToken,
    }
    return payment.model_copy(update=facts)


def _failed(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    """Settles a failure of the current attempt. A failure after a success is only recorded."""
    if payment.status not in _WAITING:
        return _failed_out_of_sequence(payment, evidence, at)
    if payment.attempt.decidedAt is not None and payment.authorizedAmount is not None:
        return Settlement(append_once(payment, observed(payment, evidence, Kind.FAILURE_AFTER_SUCCESS), at))
    if _needs_confirmation(evidence):
        observation = observed(payment, evidence, Kind.FAILURE_NOT_CONFIRMED)
        return Settlement(append_once(payment, observation, at), must_inquire=True)
    event = _failure_event(payment, evidence.resultCode, limit)
    expired, declined = AttemptStatus.EXPIRED, AttemptStatus.DECLINED
    attempt_status = expired if event is Event.CLOSED_UNPAID else declined
    decided = _decided(payment, evidence, attempt_status, at)
    after = apply_event(decided, event, at, evidence.source, code=evidence.resultCode)
    if _needs_person(evidence.resultCode or ""):
        after = flag_for_review(after, audit_text.attempt_failed(payment.attempt, evidence.resultCode), at)
    return Settlement(after)


def _needs_confirmation(evidence: PaymentEvidence) -> bool:
    """Returns whether a notified failure is confirmed by an inquiry first, as its code explains nothing.

    The workflow confirms the answer to a pay call before it is settled.
    """
    is_notified = evidence.source is Source.NOTIFICATION
    return is_notified and not is_explained(Operation.PAY, evidence.resultCode or "")


def _needs_person(code: str) -> bool:
    """Returns whether a person must look at a failure: no retry helps, or its code is not documented."""
    if code in OWN_CODES or code == ORDER_NOT_EXIST:
        return False
    return advice(Operation.PAY, code, ResultStatus.F) is Advice.STOP


def _failed_out_of_sequence(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles an out-of-sequence failure. An inquiry can report a cancelled authorization as failed."""
    if payment.attempt.status.is_closed:
        return Settlement(payment)
    is_cancelled = payment.status is S.CANCELLING and evidence.source is Source.INQUIRY
    if payment.attempt.status is AttemptStatus.AUTHORIZED and not is_cancelled:
        return settle_mismatch(payment, evidence, at, Kind.FAILURE_AFTER_SUCCESS)
    return Settlement(_decided(payment, evidence, AttemptStatus.DECLINED, at))


def _failure_event(payment: Payment, code: str | None, limit: int) -> Event:
    """Returns the event of a failure: DECLINED where a further attempt is allowed and may help.

    It may help after a code that is not documented, such as an issuer's reason that the gateway has added.
    """
    if code in _CLOSED_UNPAID_CODES:
        return Event.CLOSED_UNPAID
    is_declined = advice(Operation.PAY, code or "", ResultStatus.F) is Advice.NEW_ATTEMPT
    is_unknown = not is_documented(Operation.PAY, code or "")
    may_retry = is_declined or is_unknown or code in _NOTHING_AUTHORIZED_CODES
    return Event.DECLINED if may_retry and len(payment.attempts) < limit else Event.FAILED


def _cancelled(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles a cancellation that the gateway reports. It does not apply to captured money.

    While a capture of this payment has no result, that result decides: a record can lag behind the capture.
    """
    if payment.status is S.CANCELLING:
        return Settlement(_decided(payment, evidence, AttemptStatus.CANCELLED, at))
    if payment.captured_minor_units:
        observation = observed(payment, evidence, Kind.CANCELLATION_AFTER_CAPTURE)
        return Settlement(append_and_flag(payment, observation, at))
    event = Event.AUTHORIZATION_LAPSED if _has_lapsed(payment, at) else Event.CANCELLED_AT_GATEWAY
    if target(payment.status, event) is None:
        return Settlement(payment)
    if _waits_for_capture(payment):
        return Settlement(
            append_once(payment, observed(payment, evidence, Kind.CANCELLATION_DURING_CAPTURE), at)
        )
    closed = _decided(payment, evidence, AttemptStatus.CANCELLED, at)
    return Settlement(apply_event(closed, event, at, evidence.source, code=evidence.resultCode))


def _has_lapsed(payment: Payment, at: datetime) -> bool:
    """Returns whether an authorization that the gateway reports as ended has expired."""
    return payment.authExpiryTime is not None and at >= payment.authExpiryTime


def _in_process(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Payment:
    """Returns the payment with evidence of an undecided attempt: the buyer or the gateway has to act."""
    if _redirects_buyer(payment, evidence):
        payment = payment.model_copy(update={"nextAction": evidence.nextAction})
        return _open(payment, Event.BUYER_NEEDED, evidence, at)
    if payment.status is S.AUTHORIZING or _completes_buyer_action(payment, evidence):
        return _open(payment, Event.IN_PROCESS, evidence, at)
    return payment


def _redirects_buyer(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Returns whether the buyer has to be redirected to the page that the evidence carries.

    This is not so where the buyer has finished, or where the attempt is decided or being cancelled.
    """
    waits = payment.status in {S.AUTHORIZING, S.PENDING} or _is_undecided_review(payment)
    has_page = evidence.nextAction is not None and not _reports_buyer_completed(evidence)
    return has_page and waits and payment.attempt.buyerCompletedAt is None


def _completes_buyer_action(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Returns whether the evidence is the first to report that the buyer has finished."""
    waits = payment.status in {S.ACTION_REQUIRED, S.PENDING} or _is_undecided_review(payment)
    return waits and _reports_buyer_completed(evidence) and payment.attempt.buyerCompletedAt is None


def _reports_buyer_completed(evidence: PaymentEvidence) -> bool:
    return evidence.source is Source.NOTIFICATION or evidence.buyerIsDone


def _is_undecided_review(payment: Payment) -> bool:
    """Returns whether the payment is under review and the buyer can still complete its attempt."""
    is_open = payment.attempt.decidedAt is None and not _was_cancelling(payment)
    return payment.status is S.NEEDS_REVIEW and is_open


def _open(payment: Payment, event: Event, evidence: PaymentEvidence, at: datetime) -> Payment:
    """Returns the payment with its current attempt waiting for the buyer or for the gateway."""
    waits_for_buyer = event is Event.BUYER_NEEDED
    has_completed = not waits_for_buyer and _reports_buyer_completed(evidence)
    facts = {
        "status": AttemptStatus.ACTION_REQUIRED if waits_for_buyer else AttemptStatus.PENDING,
        "resultCode": evidence.resultCode,
        "buyerCompletedAt": at if has_completed else payment.attempt.buyerCompletedAt,
    }
    detail = audit_text.BUYER_HAS_FINISHED if evidence.buyerIsDone else None
    waiting = payment.with_attempt(payment.attempt.model_copy(update=facts))
    return apply_event(waiting, event, at, evidence.source, code=evidence.resultCode, detail=detail)


def _was_cancelling(payment: Payment) -> bool:
    """Returns whether the payment was being cancelled when its review began."""
    is_cancelling = payment.progress.reviewEnteredFrom is S.CANCELLING
    return payment.status is S.NEEDS_REVIEW and is_cancelling
