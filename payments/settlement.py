"""The one way evidence changes a payment.

`settle` is pure: no clock, no I/O, no Temporal. Legal moves are the graph's; evidence that fits no edge is
written to the audit trail and never raises. Evidence is compared before it is applied: request id, the
gateway's payment id, amount and currency.
"""

from datetime import datetime
from typing import NamedTuple, assert_never

from antom.amounts import Amount
from antom.codes import ORDER_NOT_EXIST, Advice, advice
from antom.endpoints import Operation
from antom.models import CaptureMode, ResultStatus
from payments.audit import flagged, moved, noted
from payments.evidence import CARD_GONE, CaptureEvidence, PaymentEvidence, Source, Verdict
from payments.graph import Event, target
from payments.payment import Attempt, Capture, CaptureStatus, Payment
from payments.status import PaymentStatus as S

_LAPSED = frozenset({"AUTH_EXPIRED"})
_VOIDED = frozenset({"AUTH_CANCELLED", "ORDER_IS_CANCELED"})
_CLOSED_UNPAID = frozenset({"ORDER_IS_CLOSED"})
_DEAD = {Verdict.CANCELLED: S.CANCELLED, Verdict.FAILED: S.DECLINED}
_NEVER_ARRIVED = frozenset({ORDER_NOT_EXIST, CARD_GONE})
_WAITING = frozenset({S.AUTHORIZING, S.ACTION_REQUIRED, S.PENDING, S.NEEDS_REVIEW})


class Settlement(NamedTuple):
    """The payment after the evidence, and whether the gateway has to be asked what is true."""

    payment: Payment
    ask: bool = False


def settle(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, *, attempt_limit: int = 1
) -> Settlement:
    """What the payment is once this evidence is known; the same payment when it says nothing new."""
    if isinstance(evidence, CaptureEvidence):
        return _settle_capture(payment, evidence, at)
    return _settle_payment(payment, evidence, at, attempt_limit)


def _settle_payment(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    index = _attempt_of(payment, evidence)
    if index is None:
        return _suspect(payment, evidence, at, "evidence for a request id this payment never used")
    attempt = payment.attempts[index]
    if why := _mismatch(attempt, payment.paymentAmount, evidence):
        return _suspect(payment, evidence, at, why)
    if index != len(payment.attempts) - 1:
        return _settle_former(payment, attempt, evidence, at)
    payment = _with_attempt(payment, attempt.model_copy(update=_learned(attempt, evidence)))
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


def _mismatch(attempt: Attempt, amount: Amount, evidence: PaymentEvidence | CaptureEvidence) -> str | None:
    if attempt.paymentId and evidence.paymentId and attempt.paymentId != evidence.paymentId:
        return "evidence carries another paymentId"
    return _amount_mismatch(amount, evidence)


def _amount_mismatch(amount: Amount, evidence: PaymentEvidence | CaptureEvidence) -> str | None:
    if evidence.currency is not None and evidence.currency != amount.currency:
        return "evidence carries another currency"
    if evidence.value is not None and not _same_number(evidence.value, amount):
        return "evidence carries another amount"
    return None


def _same_number(value: str, amount: Amount) -> bool:
    return value.isascii() and value.isdigit() and int(value) == amount.minor_units


def _suspect(
    payment: Payment, evidence: PaymentEvidence | CaptureEvidence, at: datetime, why: str
) -> Settlement:
    """Recorded, flagged, asked about; never applied. An inquiry that does not fit leaves nobody to ask."""
    payment = flagged(noted(payment, evidence, at, why), why, at)
    if evidence.source is not Source.INQUIRY:
        return Settlement(payment, ask=True)
    return Settlement(moved(payment, Event.TRUTH_UNKNOWN, at, evidence.source, detail=why) or payment)


def _settle_former(payment: Payment, attempt: Attempt, evidence: PaymentEvidence, at: datetime) -> Settlement:
    """A former attempt is dead; only a success may still say otherwise, and then a hold has to be let go."""
    if attempt.status is S.NEEDS_REVIEW and evidence.verdict in _DEAD:
        return Settlement(
            _with_attempt(payment, attempt.model_copy(update={"status": _DEAD[evidence.verdict]}))
        )
    if evidence.verdict is not Verdict.SUCCEEDED or attempt.status is S.NEEDS_REVIEW:
        return Settlement(payment)
    why = f"attempt {attempt.paymentRequestId} succeeded after it was declared dead"
    payment = _with_attempt(payment, attempt.model_copy(update={"status": S.NEEDS_REVIEW}))
    return Settlement(flagged(noted(payment, evidence, at, why), why, at))


def _with_attempt(payment: Payment, attempt: Attempt) -> Payment:
    same = attempt.paymentRequestId
    attempts = tuple(attempt if a.paymentRequestId == same else a for a in payment.attempts)
    return payment if attempts == payment.attempts else payment.model_copy(update={"attempts": attempts})


def _learned(attempt: Attempt, evidence: PaymentEvidence) -> dict[str, object]:
    return {
        "paymentId": attempt.paymentId or evidence.paymentId,
        "paymentResultInfo": evidence.paymentResultInfo or attempt.paymentResultInfo,
    }


def _decided(payment: Payment, evidence: PaymentEvidence, status: S, at: datetime) -> Payment:
    decision = {
        "status": status,
        "resultCode": evidence.resultCode,
        "resultMessage": evidence.resultMessage,
        "decidedAt": at,
        "decidedBy": evidence.source,
    }
    payment = payment.model_copy(update={"nextAction": None})
    return _with_attempt(payment, payment.attempt.model_copy(update=decision))


def _authorized(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    if payment.status is S.NEEDS_REVIEW and _interrupted(payment) is S.CANCELLING:
        return Settlement(_move(payment, Event.CANCEL_RESUMED, evidence, at))
    if payment.status in _WAITING:
        held = _decided(_hold(payment, evidence), evidence, S.AUTHORIZED, at)
        return Settlement(_move(held, Event.AUTHORIZED, evidence, at))
    if payment.status is S.DECLINED:
        return _reversed_decline(payment, evidence, at)
    if payment.attempt.status.is_closed_attempt:
        return _suspect(payment, evidence, at, "a success for an attempt that was decided otherwise")
    return Settlement(_hold(payment, evidence))


def _reversed_decline(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    why = "the gateway reports success for a declined attempt"
    if evidence.source is not Source.INQUIRY:
        return _suspect(payment, evidence, at, why)
    held = _decided(_hold(payment, evidence), evidence, S.AUTHORIZED, at)
    return Settlement(flagged(_move(held, Event.DECLINE_REVERSED, evidence, at), why, at))


def _hold(payment: Payment, evidence: PaymentEvidence) -> Payment:
    facts = {
        "authorizedAmount": payment.paymentAmount,
        "authExpiryTime": evidence.authExpiryTime or payment.authExpiryTime,
        "cardToken": evidence.cardToken or payment.cardToken,
    }
    return payment.model_copy(update=facts)


def _failed(payment: Payment, evidence: PaymentEvidence, at: datetime, limit: int) -> Settlement:
    if payment.status is S.CANCELLING:
        return Settlement(_decided(payment, evidence, S.DECLINED, at))
    if payment.status not in _WAITING:
        dead = payment.attempt.status.is_closed_attempt
        return Settlement(payment) if dead else _suspect(payment, evidence, at, "a failure after a success")
    if payment.attempt.decidedAt is not None and payment.authorizedAmount is not None:
        return Settlement(noted(payment, evidence, at, "a failure after a success"))
    event = _failure_event(payment, evidence.resultCode, limit)
    attempt_status = S.EXPIRED if event is Event.CLOSED_UNPAID else S.DECLINED
    return Settlement(_move(_decided(payment, evidence, attempt_status, at), event, evidence, at))


def _failure_event(payment: Payment, code: str | None, limit: int) -> Event:
    if code in _CLOSED_UNPAID:
        return Event.CLOSED_UNPAID
    dead_for_this_card = advice(Operation.PAY, code or "", ResultStatus.F) is Advice.NEW_ATTEMPT
    may_retry = dead_for_this_card or code in _NEVER_ARRIVED
    return Event.DECLINED if may_retry and len(payment.attempts) < limit else Event.FAILED


def _cancelled(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Settlement:
    if payment.status is S.CANCELLING:
        return Settlement(_decided(payment, evidence, S.CANCELLED, at))
    event = Event.AUTHORIZATION_LAPSED if _has_lapsed(payment, at) else Event.CANCELLED_AT_GATEWAY
    if target(payment.status, event) is None:
        return Settlement(payment)
    closed = _decided(payment, evidence, S.CANCELLED, at)
    return Settlement(_move(closed, event, evidence, at))


def _has_lapsed(payment: Payment, at: datetime) -> bool:
    """Whether a hold that the gateway let go ran out by itself."""
    return payment.authExpiryTime is not None and at >= payment.authExpiryTime


def _in_process(payment: Payment, evidence: PaymentEvidence, at: datetime) -> Payment:
    if evidence.nextAction is not None and payment.status in {S.AUTHORIZING, S.PENDING, S.NEEDS_REVIEW}:
        payment = payment.model_copy(update={"nextAction": evidence.nextAction})
        return _open(payment, Event.BUYER_NEEDED, S.ACTION_REQUIRED, evidence, at)
    buyer_done = payment.status is S.ACTION_REQUIRED and evidence.source is Source.NOTIFICATION
    if buyer_done or payment.status is S.AUTHORIZING:
        payment = payment.model_copy(update={"nextAction": None})
        return _open(payment, Event.IN_PROCESS, S.PENDING, evidence, at)
    return payment


def _open(payment: Payment, event: Event, status: S, evidence: PaymentEvidence, at: datetime) -> Payment:
    attempt = payment.attempt.model_copy(update={"status": status, "resultCode": evidence.resultCode})
    return _move(_with_attempt(payment, attempt), event, evidence, at)


def _interrupted(payment: Payment) -> S | None:
    """What the payment was doing before its truth was lost."""
    entries = (e for e in reversed(payment.events) if e.to is S.NEEDS_REVIEW and e.from_ is not e.to)
    return next((e.from_ for e in entries), None)


def _move(
    payment: Payment, event: Event, evidence: PaymentEvidence | CaptureEvidence, at: datetime
) -> Payment:
    after = moved(payment, event, at, evidence.source, code=evidence.resultCode)
    return after or noted(payment, evidence, at, f"{event} is not possible from {payment.status}")


def _settle_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    attempt = payment.attempt
    if attempt.paymentId and evidence.paymentId and attempt.paymentId != evidence.paymentId:
        return _suspect(payment, evidence, at, "a capture of another paymentId")
    for capture in payment.captures:
        if capture.captureRequestId == evidence.captureRequestId:
            return _settle_known_capture(payment, capture, evidence, at)
    return _settle_unknown_capture(payment, evidence, at)


def _settle_unknown_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """AUTOMATIC captures carry an id the gateway made; in MANUAL mode nobody else may capture."""
    if payment.captureMode is CaptureMode.MANUAL:
        return _foreign_capture(payment, evidence, at)
    if payment.authorizedAmount is None:
        early = noted(payment, evidence, at, "a capture result before the authorization's")
        return Settlement(early, ask=evidence.source is not Source.INQUIRY)
    if why := _amount_mismatch(payment.paymentAmount, evidence):
        return _suspect(payment, evidence, at, why)
    if evidence.captureRequestId is None or payment.captures:
        return Settlement(noted(payment, evidence, at, "a second capture of an AUTOMATIC payment"))
    capture = Capture(captureRequestId=evidence.captureRequestId, captureAmount=payment.paymentAmount)
    opened = payment.model_copy(update={"captures": (*payment.captures, capture)})
    return _settle_known_capture(opened, capture, evidence, at)


def _foreign_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    why = "a capture that this payment never asked for"
    if any(e.detail == why and e.source is evidence.source for e in payment.events):
        return Settlement(payment)
    return _suspect(payment, evidence, at, why)


def _settle_known_capture(
    payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime
) -> Settlement:
    if why := _amount_mismatch(capture.captureAmount, evidence):
        return _suspect(payment, evidence, at, why)
    match evidence.verdict:
        case Verdict.SUCCEEDED:
            return Settlement(_captured(payment, capture, evidence, at))
        case Verdict.FAILED | Verdict.CANCELLED:
            return Settlement(_capture_failed(payment, capture, evidence, at))
        case Verdict.IN_PROCESS | Verdict.ABSENT | Verdict.UNCLEAR:
            return Settlement(payment)
        case _:
            assert_never(evidence.verdict)


def _with_capture(payment: Payment, capture: Capture) -> Payment:
    same = capture.captureRequestId
    captures = tuple(capture if c.captureRequestId == same else c for c in payment.captures)
    after = payment.model_copy(update={"captures": captures})
    total = after.captured_minor_units
    taken = Amount(currency=payment.paymentAmount.currency, value=str(total)) if total else None
    return after.model_copy(update={"capturedAmount": taken})


def _captured(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Payment:
    if capture.status is CaptureStatus.SUCCESS:
        return payment
    known_dead = capture.status is CaptureStatus.FAIL
    success = {"status": CaptureStatus.SUCCESS, "captureId": evidence.captureId or capture.captureId}
    done = capture.model_copy(update={**success, "resultCode": evidence.resultCode})
    after = _with_capture(payment, done)
    whole = after.captured_minor_units >= payment.paymentAmount.minor_units
    event = Event.CAPTURED if whole or capture.isLastCapture else Event.PARTIALLY_CAPTURED
    after = _move(after, event, evidence, at)
    why = f"capture {capture.captureRequestId} succeeded after it was reported failed"
    return flagged(after, why, at) if known_dead else after


def _capture_failed(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Payment:
    if capture.status is CaptureStatus.FAIL:
        return payment
    was_taken = capture.status is CaptureStatus.SUCCESS
    failure = {"status": CaptureStatus.FAIL, "resultCode": evidence.resultCode}
    after = _with_capture(payment, capture.model_copy(update=failure))
    after = _move(after, _capture_failure_event(after, evidence.resultCode, was_taken), evidence, at)
    why = f"capture {capture.captureRequestId}: {evidence.resultCode or 'failed'}"
    must_look = advice(Operation.CAPTURE, evidence.resultCode or "", ResultStatus.F) is not Advice.NEW_ATTEMPT
    return flagged(after, why, at) if was_taken or must_look else after


def _capture_failure_event(payment: Payment, code: str | None, was_taken: bool) -> Event:
    if was_taken:
        return Event.CAPTURE_REVERSED
    if payment.captured_minor_units:
        return Event.CAPTURE_FAILED_AFTER_PART
    if code in _LAPSED:
        return Event.AUTHORIZATION_LAPSED
    if code in _VOIDED:
        return Event.CANCELLED_AT_GATEWAY
    return Event.CAPTURE_FAILED
