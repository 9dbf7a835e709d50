"""The one way evidence changes a payment.

`settle` is pure: no clock, no I/O, no Temporal. Legal moves are the graph's; evidence that fits no edge is
written to the audit trail and never raises. Evidence is compared before it is applied: request id, the
gateway's payment id, amount and currency. Decisions read typed fields, never the texts of the audit trail.
"""

from datetime import datetime
from typing import assert_never

from holdfast.antom.codes import ORDER_NOT_EXIST, Advice, advice
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import CaptureMode, ResultStatus
from holdfast.attempt_status import AttemptStatus
from holdfast.evidence import CARD_GONE, OPERATOR_SAYS, CaptureEvidence, PaymentEvidence, Source, Verdict
from holdfast.observation import ObservationKind as Kind
from holdfast.payment import Attempt, Payment
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event, target
from settlement import audit_text
from settlement.audit_trail import append_and_flag, append_once, apply_event, flag_for_review
from settlement.captures import settle_capture
from settlement.closed_attempt import DEAD, settle_closed_attempt
from settlement.mismatch import (
    Settlement,
    amount_mismatch,
    names_another_payment,
    observed,
    settle_mismatch,
)

_CLOSED_UNPAID = frozenset({"ORDER_IS_CLOSED"})
_NOTHING_AUTHORIZED = frozenset({ORDER_NOT_EXIST, CARD_GONE, OPERATOR_SAYS})
_DECIDING = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})
_WAITING = frozenset({S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.NEEDS_REVIEW})


def settle(
    payment: Payment,
    evidence: PaymentEvidence | CaptureEvidence,
    at: datetime,
    *,
    attempt_limit: int = 1,
    adopts: bool = False,
) -> Settlement:
    """Returns the payment once this evidence is known; the same payment when it reports nothing new.

    `adopts`: a capture that this payment has not requested counts; for a record that
    :func:`settlement.external_capture.record_matches` accepts.
    """
    if isinstance(evidence, CaptureEvidence):
        return settle_capture(payment, evidence, at, adopts=adopts)
    return _settle_payment(payment, evidence, at, attempt_limit)


def _settle_payment(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    """Compares the evidence with its attempt, and settles it where they match."""
    index = _attempt_of(payment, evidence)
    if index is None:
        return settle_mismatch(payment, evidence, at, Kind.UNKNOWN_REQUEST_ID)
    attempt = payment.attempts[index]
    is_former = index != len(payment.attempts) - 1
    if mismatch := _mismatch(payment, attempt, evidence):
        settle_it = _former_mismatch if is_former else settle_mismatch
        return settle_it(payment, evidence, at, mismatch)
    attempt = attempt.model_copy(update=_learned(attempt, evidence))
    payment = payment.with_attempt(attempt)
    is_authorized_late = attempt.status is AttemptStatus.AUTHORIZED_AFTER_CLOSE
    if is_former or is_authorized_late or _ended_empty(payment, evidence):
        return settle_closed_attempt(payment, attempt, evidence, at)
    return _settle_current(payment, evidence, at, limit)


def _settle_current(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    """Settles evidence that matches the current attempt. A decision resumes a cancellation under review."""
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
    """A mismatch of a former attempt's evidence moves no status: it is not about the current attempt."""
    flagged = append_and_flag(payment, observed(payment, evidence, kind), at)
    return Settlement(flagged, ask=evidence.source is not Source.INQUIRY)


def _ended_empty(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Whether an inquiry is about a payment that has ended without money.

    A failure or cancellation does not count where a late capture has taken money of its authorization.
    """
    is_empty = payment.status.is_final and payment.status is not S.CAPTURED
    was_taken = bool(payment.captured_minor_units) and payment.attempt.status is AttemptStatus.AUTHORIZED
    return is_empty and evidence.source is Source.INQUIRY and not (was_taken and evidence.verdict in DEAD)


def _learned(attempt: Attempt, evidence: PaymentEvidence) -> dict[str, object]:
    """Returns the facts that matching evidence adds to an attempt, whatever its verdict."""
    info = attempt.paymentResultInfo
    if attempt.decidedAt is None or _agrees(attempt, evidence):
        info = evidence.paymentResultInfo or info
    return {"paymentId": attempt.paymentId or evidence.paymentId, "paymentResultInfo": info}


def _agrees(attempt: Attempt, evidence: PaymentEvidence) -> bool:
    """Whether the evidence agrees with what is decided. The facts of a contradiction are not applied."""
    return (evidence.verdict is Verdict.SUCCEEDED) == (attempt.status is AttemptStatus.AUTHORIZED)


def _decided(payment: Payment, evidence: PaymentEvidence, status: AttemptStatus, at: datetime) -> Payment:
    """Returns the payment with its current attempt decided; the same one when it was decided like that."""
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
    if payment.status is S.CANCELLING or _goes_on_after_void(payment):
        return _authorized_while_cancelling(payment, evidence, at)
    if payment.status not in _WAITING and _contradicts_end(payment, evidence):
        return settle_mismatch(payment, evidence, at, Kind.SUCCESS_AFTER_CLOSE)
    held = _with_authorization(payment, evidence)
    if payment.status not in _WAITING or _waits_for_capture(payment):
        return Settlement(held)
    event = Event.PARTIALLY_CAPTURED if payment.captured_minor_units else Event.AUTHORIZED
    decided = _decided(held, evidence, AttemptStatus.AUTHORIZED, at)
    return Settlement(apply_event(decided, event, at, evidence.source, code=evidence.resultCode))


def _authorized_while_cancelling(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles a success during or after a cancellation. Of a closed attempt, only an inquiry is believed."""
    was_closed = payment.attempt.status.is_closed
    if was_closed and evidence.source is not Source.INQUIRY:
        return settle_mismatch(payment, evidence, at, Kind.SUCCESS_AFTER_CLOSE)
    held = _decided(_with_authorization(payment, evidence), evidence, AttemptStatus.AUTHORIZED, at)
    observation = observed(held, evidence, Kind.SUCCESS_AFTER_CLOSE)
    return Settlement(append_and_flag(held, observation, at) if was_closed else held)


def _goes_on_after_void(payment: Payment) -> bool:
    """Whether money was captured after a void: the attempt is closed, and the payment goes on."""
    is_decided = payment.status in _WAITING or payment.status.is_final
    return payment.attempt.status.is_closed and not is_decided


def _contradicts_end(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Whether a success contradicts what is known.

    A notification of an authorization that was voided since does not: the gateway re-sends it for 24 hours.
    """
    attempt = payment.attempt
    if attempt.status.is_closed:
        return True
    ended_empty = payment.status.is_final and payment.status is not S.CAPTURED
    return ended_empty and (
        attempt.status is not AttemptStatus.AUTHORIZED or evidence.source is Source.INQUIRY
    )


def _waits_for_capture(payment: Payment) -> bool:
    """Whether the open question is about a capture, of which the payment's success says nothing."""
    return payment.captureMode is CaptureMode.MANUAL and payment.open_capture is not None


def _reversed_decline(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles a success after a decline: an inquiry is believed, any other source is a reason to inquire."""
    if evidence.source is not Source.INQUIRY:
        return settle_mismatch(payment, evidence, at, Kind.SUCCESS_AFTER_DECLINE)
    held = _decided(_with_authorization(payment, evidence), evidence, AttemptStatus.AUTHORIZED, at)
    after = apply_event(held, Event.DECLINE_REVERSED, at, evidence.source, code=evidence.resultCode)
    return Settlement(flag_for_review(after, audit_text.success_after_decline(), at))


def _with_authorization(payment: Payment, evidence: PaymentEvidence) -> Payment:
    """Returns the payment with the amount, the expiry and the card token of its authorization."""
    facts = {
        "authorizedAmount": payment.paymentAmount,
        "authExpiryTime": evidence.authExpiryTime or payment.authExpiryTime,
        "cardToken": evidence.cardToken or payment.cardToken,
    }
    return payment.model_copy(update=facts)


def _failed(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    """Settles a failure of the current attempt. One that follows a success is written down only."""
    if payment.status not in _WAITING:
        return _failed_out_of_sequence(payment, evidence, at)
    if payment.attempt.decidedAt is not None and payment.authorizedAmount is not None:
        return Settlement(append_once(payment, observed(payment, evidence, Kind.FAILURE_AFTER_SUCCESS), at))
    event = _failure_event(payment, evidence.resultCode, limit)
    expired, declined = AttemptStatus.EXPIRED, AttemptStatus.DECLINED
    attempt_status = expired if event is Event.CLOSED_UNPAID else declined
    decided = _decided(payment, evidence, attempt_status, at)
    return Settlement(apply_event(decided, event, at, evidence.source, code=evidence.resultCode))


def _failed_out_of_sequence(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles a failure that no step waits for. An inquiry may report a cancelled authorization as failed."""
    if payment.attempt.status.is_closed:
        return Settlement(payment)
    is_cancelled = payment.status is S.CANCELLING and evidence.source is Source.INQUIRY
    if payment.attempt.status is AttemptStatus.AUTHORIZED and not is_cancelled:
        return settle_mismatch(payment, evidence, at, Kind.FAILURE_AFTER_SUCCESS)
    return Settlement(_decided(payment, evidence, AttemptStatus.DECLINED, at))


def _failure_event(payment: Payment, code: str | None, limit: int) -> Event:
    """Returns the edge that a failure takes: DECLINED where a further attempt is safe and allowed."""
    if code in _CLOSED_UNPAID:
        return Event.CLOSED_UNPAID
    is_declined = advice(Operation.PAY, code or "", ResultStatus.F) is Advice.NEW_ATTEMPT
    may_retry = is_declined or code in _NOTHING_AUTHORIZED
    return Event.DECLINED if may_retry and len(payment.attempts) < limit else Event.FAILED


def _cancelled(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """Settles a cancellation that the gateway reports. It does not apply to captured money."""
    if payment.status is S.CANCELLING:
        return Settlement(_decided(payment, evidence, AttemptStatus.CANCELLED, at))
    if payment.captured_minor_units:
        observation = observed(payment, evidence, Kind.CANCELLATION_AFTER_CAPTURE)
        return Settlement(append_and_flag(payment, observation, at))
    event = Event.AUTHORIZATION_LAPSED if _has_lapsed(payment, at) else Event.CANCELLED_AT_GATEWAY
    if target(payment.status, event) is None:
        return Settlement(payment)
    closed = _decided(payment, evidence, AttemptStatus.CANCELLED, at)
    return Settlement(apply_event(closed, event, at, evidence.source, code=evidence.resultCode))


def _has_lapsed(payment: Payment, at: datetime) -> bool:
    """Whether an authorization that the gateway reports as ended has expired."""
    return payment.authExpiryTime is not None and at >= payment.authExpiryTime


def _in_process(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Payment:
    """Settles evidence that the attempt is undecided: the buyer, or the gateway, has to act."""
    if _redirects_buyer(payment, evidence):
        payment = payment.model_copy(update={"nextAction": evidence.nextAction})
        return _open(payment, Event.BUYER_NEEDED, evidence, at)
    if payment.status is S.AUTHORIZING or _completes_buyer_action(payment, evidence):
        return _open(payment, Event.IN_PROCESS, evidence, at)
    return payment


def _redirects_buyer(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Whether the buyer has to be redirected to the page that the evidence carries.

    Not where the buyer has finished, where the attempt is decided, or where it is being cancelled.
    """
    waits = payment.status in {S.AUTHORIZING, S.PENDING} or _is_undecided_review(payment)
    has_page = evidence.nextAction is not None and not _reports_buyer_completed(evidence)
    return has_page and waits and payment.attempt.buyerCompletedAt is None


def _completes_buyer_action(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Whether the evidence is the first to report that the buyer has finished."""
    waits = payment.status in {S.ACTION_REQUIRED, S.PENDING} or _is_undecided_review(payment)
    return waits and _reports_buyer_completed(evidence) and payment.attempt.buyerCompletedAt is None


def _reports_buyer_completed(evidence: PaymentEvidence) -> bool:
    return evidence.source is Source.NOTIFICATION or evidence.buyerIsDone


def _is_undecided_review(payment: Payment) -> bool:
    """Whether the payment is under review and its attempt may still be completed by the buyer."""
    is_open = payment.attempt.decidedAt is None and not _was_cancelling(payment)
    return payment.status is S.NEEDS_REVIEW and is_open


def _open(payment: Payment, event: Event, evidence: PaymentEvidence, at: datetime) -> Payment:
    """Returns the payment whose current attempt waits for the buyer, or for the gateway."""
    waits_for_buyer = event is Event.BUYER_NEEDED
    has_completed = not waits_for_buyer and _reports_buyer_completed(evidence)
    facts = {
        "status": AttemptStatus.ACTION_REQUIRED if waits_for_buyer else AttemptStatus.PENDING,
        "resultCode": evidence.resultCode,
        "buyerCompletedAt": at if has_completed else payment.attempt.buyerCompletedAt,
    }
    detail = audit_text.BUYER_HAS_FINISHED if evidence.buyerIsDone else None
    opened = payment.with_attempt(payment.attempt.model_copy(update=facts))
    return apply_event(opened, event, at, evidence.source, code=evidence.resultCode, detail=detail)


def _was_cancelling(payment: Payment) -> bool:
    """Whether the payment was being cancelled when its review began."""
    is_cancelling = payment.progress.reviewEnteredFrom is S.CANCELLING
    return payment.status is S.NEEDS_REVIEW and is_cancelling
