"""The one way evidence changes a payment.

`settle` is pure: no clock, no I/O, no Temporal. Legal moves are the graph's; evidence that fits no edge is
written to the audit trail and never raises. Evidence is compared before it is applied: request id, the
gateway's payment id, amount and currency.
"""

from datetime import datetime
from typing import assert_never

from holdfast.antom.codes import ORDER_NOT_EXIST, Advice, advice
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import CaptureMode, ResultStatus
from holdfast.evidence import CARD_GONE, OPERATOR_SAYS, CaptureEvidence, PaymentEvidence, Source, Verdict
from holdfast.payment import Attempt, Payment
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event, target
from settlement.audit_trail import flagged, noted
from settlement.captures import settle_capture
from settlement.closed_attempt import DEAD, settle_dead
from settlement.mismatch import Settlement, amount_mismatch, names_another_payment, recorded, step, suspect

_CLOSED_UNPAID = frozenset({"ORDER_IS_CLOSED"})
_CERTAINLY_DEAD = frozenset({ORDER_NOT_EXIST, CARD_GONE, OPERATOR_SAYS})
_DECIDED_OTHERWISE = "a success for an attempt that was decided otherwise"
_BUYER_IS_DONE = "the buyer has finished"
_AFTER_SUCCESS = "a failure after a success"
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
    """What the payment is once this evidence is known; the same payment when it says nothing new.

    `adopts`: a capture that this payment never asked for counts; for a record that
    :func:`settlement.external_capture.record_matches` for it.
    """
    if isinstance(evidence, CaptureEvidence):
        return settle_capture(payment, evidence, at, adopts=adopts)
    return _settle_payment(payment, evidence, at, attempt_limit)


def _settle_payment(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    index = _attempt_of(payment, evidence)
    if index is None:
        return suspect(payment, evidence, at, "evidence for a request id this payment never used")
    attempt = payment.attempts[index]
    is_former = index != len(payment.attempts) - 1
    if why := _mismatch(payment, attempt, evidence):
        doubt = suspect(payment, evidence, at, why)
        # what a former attempt's evidence lacks says nothing about the truth of the current one
        return Settlement(recorded(payment, evidence, at, why), doubt.ask) if is_former else doubt
    attempt = attempt.model_copy(update=_learned(attempt, evidence))
    payment = payment.with_attempt(attempt)
    if is_former or attempt.status is S.NEEDS_REVIEW or _ended_empty(payment, evidence):
        return settle_dead(payment, attempt, evidence, at)
    if evidence.verdict in _DECIDING and _was_cancelling(payment) and evidence.source is not Source.OPERATOR:
        payment = step(payment, Event.CANCEL_RESUMED, evidence, at)
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


def _mismatch(payment: Payment, attempt: Attempt, evidence: PaymentEvidence) -> str | None:
    if names_another_payment(payment, attempt, evidence.paymentId):
        return "evidence carries another paymentId"
    return amount_mismatch(payment.paymentAmount, evidence)


def _ended_empty(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Whether the gateway's own record is about a payment that has ended with nothing held.

    That nothing is there contradicts a hold of which money was taken late.
    """
    is_empty = payment.status.is_final and payment.status is not S.CAPTURED
    was_taken = bool(payment.captured_minor_units) and payment.attempt.status is S.AUTHORIZED
    return is_empty and evidence.source is Source.INQUIRY and not (was_taken and evidence.verdict in DEAD)


def _learned(attempt: Attempt, evidence: PaymentEvidence) -> dict[str, object]:
    info = attempt.paymentResultInfo
    if attempt.decidedAt is None or _agrees(attempt, evidence):
        info = evidence.paymentResultInfo or info
    return {"paymentId": attempt.paymentId or evidence.paymentId, "paymentResultInfo": info}


def _agrees(attempt: Attempt, evidence: PaymentEvidence) -> bool:
    """Whether it says what is known already; the facts of a contradiction are not applied."""
    return (evidence.verdict is Verdict.SUCCEEDED) == (attempt.status is S.AUTHORIZED)


def _decided(payment: Payment, evidence: PaymentEvidence, status: S, at: datetime) -> Payment:
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
    if payment.status is S.DECLINED:
        return _reversed_decline(payment, evidence, at)
    if payment.status is S.CANCELLING or _goes_on_dead(payment):
        return _still_held(payment, evidence, at)
    if payment.status not in _WAITING and _was_let_go(payment, evidence):
        return suspect(payment, evidence, at, _DECIDED_OTHERWISE)
    held = _hold(payment, evidence)
    if payment.status not in _WAITING or _waits_for_capture(payment):
        return Settlement(held)
    event = Event.PARTIALLY_CAPTURED if payment.captured_minor_units else Event.AUTHORIZED
    return Settlement(step(_decided(held, evidence, S.AUTHORIZED, at), event, evidence, at))


def _still_held(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """A success during a cancellation, or after it: what the gateway's own record says is held is held."""
    was_dead = payment.attempt.status.is_closed_attempt
    if was_dead and evidence.source is not Source.INQUIRY:
        return suspect(payment, evidence, at, _DECIDED_OTHERWISE)
    held = _decided(_hold(payment, evidence), evidence, S.AUTHORIZED, at)
    return Settlement(recorded(held, evidence, at, _DECIDED_OTHERWISE) if was_dead else held)


def _goes_on_dead(payment: Payment) -> bool:
    """Whether money was taken of an attempt that was let go: the payment goes on, and somebody looks."""
    is_decided = payment.status in _WAITING or payment.status.is_final
    return payment.attempt.status.is_closed_attempt and not is_decided


def _was_let_go(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Whether a success contradicts what is known. A notification of a hold that was voided since does not:

    the gateway sends it again for 24 hours.
    """
    attempt = payment.attempt
    if attempt.status.is_closed_attempt:
        return True
    ended_empty = payment.status.is_final and payment.status is not S.CAPTURED
    return ended_empty and (attempt.status is not S.AUTHORIZED or evidence.source is Source.INQUIRY)


def _waits_for_capture(payment: Payment) -> bool:
    """Whether a capture is what nobody knows the truth of: a payment's success says nothing about it."""
    return payment.captureMode is CaptureMode.MANUAL and payment.open_capture is not None


def _reversed_decline(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    why = "the gateway reports success for a declined attempt"
    if evidence.source is not Source.INQUIRY:
        return suspect(payment, evidence, at, why)
    held = _decided(_hold(payment, evidence), evidence, S.AUTHORIZED, at)
    return Settlement(flagged(step(held, Event.DECLINE_REVERSED, evidence, at), why, at))


def _hold(payment: Payment, evidence: PaymentEvidence) -> Payment:
    facts = {
        "authorizedAmount": payment.paymentAmount,
        "authExpiryTime": evidence.authExpiryTime or payment.authExpiryTime,
        "cardToken": evidence.cardToken or payment.cardToken,
    }
    return payment.model_copy(update=facts)


def _failed(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    if payment.status not in _WAITING:
        return _failed_beside(payment, evidence, at)
    if payment.attempt.decidedAt is not None and payment.authorizedAmount is not None:
        return Settlement(noted(payment, evidence, at, _AFTER_SUCCESS))
    event = _failure_event(payment, evidence.resultCode, limit)
    attempt_status = S.EXPIRED if event is Event.CLOSED_UNPAID else S.DECLINED
    return Settlement(step(_decided(payment, evidence, attempt_status, at), event, evidence, at))


def _failed_beside(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """A failure that nobody waits for. In the gateway's record, a cancelled hold may end as one."""
    if payment.attempt.status.is_closed_attempt:
        return Settlement(payment)
    is_cancelled = payment.status is S.CANCELLING and evidence.source is Source.INQUIRY
    if payment.attempt.status is S.AUTHORIZED and not is_cancelled:
        return suspect(payment, evidence, at, _AFTER_SUCCESS)
    return Settlement(_decided(payment, evidence, S.DECLINED, at))


def _failure_event(payment: Payment, code: str | None, limit: int) -> Event:
    if code in _CLOSED_UNPAID:
        return Event.CLOSED_UNPAID
    dead_for_this_card = advice(Operation.PAY, code or "", ResultStatus.F) is Advice.NEW_ATTEMPT
    may_retry = dead_for_this_card or code in _CERTAINLY_DEAD
    return Event.DECLINED if may_retry and len(payment.attempts) < limit else Event.FAILED


def _cancelled(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    if payment.status is S.CANCELLING:
        return Settlement(_decided(payment, evidence, S.CANCELLED, at))
    if payment.captured_minor_units:
        return Settlement(recorded(payment, evidence, at, "a cancellation of a captured payment"))
    event = Event.AUTHORIZATION_LAPSED if _has_lapsed(payment, at) else Event.CANCELLED_AT_GATEWAY
    if target(payment.status, event) is None:
        return Settlement(payment)
    closed = _decided(payment, evidence, S.CANCELLED, at)
    return Settlement(step(closed, event, evidence, at))


def _has_lapsed(payment: Payment, at: datetime) -> bool:
    """Whether a hold that the gateway let go ran out by itself."""
    return payment.authExpiryTime is not None and at >= payment.authExpiryTime


def _in_process(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Payment:
    if _sends_the_buyer(payment, evidence):
        payment = payment.model_copy(update={"nextAction": evidence.nextAction})
        return _open(payment, Event.BUYER_NEEDED, S.ACTION_REQUIRED, evidence, at)
    if payment.status is S.AUTHORIZING or _ends_the_buyers_part(payment, evidence):
        return _open(payment, Event.IN_PROCESS, S.PENDING, evidence, at)
    return payment


def _sends_the_buyer(payment: Payment, evidence: PaymentEvidence) -> bool:
    """Not where the buyer has finished, where the attempt is decided, or where it is being cancelled."""
    waits = payment.status in {S.AUTHORIZING, S.PENDING} or _is_undecided_review(payment)
    has_page = evidence.nextAction is not None and not _says_buyer_is_done(evidence)
    return has_page and waits and not buyer_is_done(payment)


def _ends_the_buyers_part(payment: Payment, evidence: PaymentEvidence) -> bool:
    waits = payment.status in {S.ACTION_REQUIRED, S.PENDING} or _is_undecided_review(payment)
    return waits and _says_buyer_is_done(evidence) and not buyer_is_done(payment)


def _says_buyer_is_done(evidence: PaymentEvidence) -> bool:
    return evidence.source is Source.NOTIFICATION or evidence.buyerIsDone


def _is_undecided_review(payment: Payment) -> bool:
    is_open = payment.attempt.decidedAt is None and not _was_cancelling(payment)
    return payment.status is S.NEEDS_REVIEW and is_open


def buyer_is_done(payment: Payment) -> bool:
    """Whether a PAYMENT_PENDING notification, or an inquiry, said so of the current attempt."""
    said = (e for e in payment.events if e.source is Source.NOTIFICATION or e.detail == _BUYER_IS_DONE)
    pending = (event for event in said if event.event is Event.IN_PROCESS)
    return any(event.at >= payment.attempt.startedAt for event in pending)


def _open(payment: Payment, event: Event, status: S, evidence: PaymentEvidence, at: datetime) -> Payment:
    attempt = payment.attempt.model_copy(update={"status": status, "resultCode": evidence.resultCode})
    detail = _BUYER_IS_DONE if evidence.buyerIsDone else None
    return step(payment.with_attempt(attempt), event, evidence, at, detail)


def _was_cancelling(payment: Payment) -> bool:
    """Whether the payment was on its way to be cancelled before its truth was lost."""
    entries = (e for e in reversed(payment.events) if e.to is S.NEEDS_REVIEW and e.from_ is not e.to)
    return payment.status is S.NEEDS_REVIEW and next((e.from_ for e in entries), None) is S.CANCELLING
