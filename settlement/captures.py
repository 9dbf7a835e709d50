"""How evidence of a capture changes a payment: the other half of `settlement.settle`, as pure as that.

Captures are matched by `captureRequestId`, never by the payment's latest status.
"""

from datetime import datetime
from typing import assert_never

from holdfast.antom.amounts import Amount
from holdfast.antom.codes import Advice, advice
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import CaptureMode, ResultStatus
from holdfast.evidence import CaptureEvidence, Source, Verdict
from holdfast.payment import Capture, CaptureStatus, Payment
from holdfast.transitions import Event, target
from settlement.audit_trail import flagged, noted, written
from settlement.external_capture import FOREIGN, adopted, foreign_capture
from settlement.mismatch import Settlement, amount_mismatch, names_another_payment, recorded, step, suspect

_TOO_MUCH = "captures add up to more than is authorized"
_ANOTHER = "a capture of another paymentId"
_SECOND = "a second capture of an AUTOMATIC payment"
_LAPSED = frozenset({"AUTH_EXPIRED"})
_VOIDED = frozenset({"AUTH_CANCELLED", "ORDER_IS_CANCELED"})
HOLD_IS_GONE = _LAPSED | _VOIDED
"""Codes of a failed capture: nothing is held any more, whoever took it or let it go."""


def settle_capture(
    payment: Payment, evidence: CaptureEvidence, at: datetime, *, adopts: bool = False
) -> Settlement:
    """`adopts`: a capture that this payment never asked for counts, where an inquiry shows it."""
    if _is_of_a_former_attempt(payment, evidence):
        return _not_counted(payment, evidence, at, _ANOTHER)
    if names_another_payment(payment, payment.attempt, evidence.paymentId):
        return _suspect(payment, evidence, at, _ANOTHER)
    if adopts and (foreign := foreign_capture(payment, evidence)) is not None:
        payment = adopted(payment, foreign, at)
    for capture in payment.captures:
        if capture.captureRequestId == evidence.captureRequestId:
            return _settle_known_capture(payment, capture, evidence, at)
    return _settle_unknown_capture(payment, evidence, at)


def hold_is_gone(payment: Payment) -> bool:
    """Whether the payment is where it is because a capture was refused for want of a hold."""
    last = next((line for line in reversed(payment.events) if line.event is not None), None)
    return last is not None and last.event is Event.CAPTURE_FAILED_AFTER_PART and last.code in HOLD_IS_GONE


def _is_of_a_former_attempt(payment: Payment, evidence: CaptureEvidence) -> bool:
    former = (attempt.paymentId for attempt in payment.attempts[:-1])
    return bool(evidence.paymentId) and evidence.paymentId in former


def _settle_unknown_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """AUTOMATIC captures carry an id the gateway made; in MANUAL mode nobody else should capture."""
    if payment.captureMode is CaptureMode.MANUAL:
        return _suspect(payment, evidence, at, FOREIGN)
    if why := amount_mismatch(payment.paymentAmount, evidence):
        return _suspect(payment, evidence, at, why)
    if payment.authorizedAmount is None:
        early = noted(payment, evidence, at, "a capture result before the authorization's")
        return Settlement(early, ask=evidence.source is not Source.INQUIRY)
    if evidence.captureRequestId is None:
        return Settlement(noted(payment, evidence, at, "a capture without a captureRequestId"))
    if any(capture.status is not CaptureStatus.FAIL for capture in payment.captures):
        # beside a capture that failed another one is welcome; beside any other, money may be taken twice
        return _not_counted(payment, evidence, at, _SECOND)
    capture = Capture(captureRequestId=evidence.captureRequestId, captureAmount=payment.paymentAmount)
    opened = payment.model_copy(update={"captures": (*payment.captures, capture)})
    return _settle_known_capture(opened, capture, evidence, at)


def _not_counted(payment: Payment, evidence: CaptureEvidence, at: datetime, why: str) -> Settlement:
    """Written down and never applied; where it took money that nobody expects, a person must look."""
    why = _naming(why, evidence)
    if evidence.verdict is Verdict.SUCCEEDED:
        return Settlement(recorded(payment, evidence, at, why))
    return Settlement(noted(payment, evidence, at, why))


def _suspect(payment: Payment, evidence: CaptureEvidence, at: datetime, why: str) -> Settlement:
    """As any other suspicion, but an inquiry tells of every capture again: only its first word moves."""
    why = _naming(why, evidence)
    if evidence.source is Source.INQUIRY and noted(payment, evidence, at, why) is payment:
        return Settlement(payment)
    return suspect(payment, evidence, at, why)


def _naming(why: str, evidence: CaptureEvidence) -> str:
    return f"{why}: {evidence.captureRequestId}"


def _settle_known_capture(
    payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime
) -> Settlement:
    if why := amount_mismatch(capture.captureAmount, evidence):
        return _suspect(payment, evidence, at, why)
    match evidence.verdict:
        case Verdict.SUCCEEDED:
            return _succeeded(payment, capture, evidence, at)
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


def _succeeded(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Settlement:
    if capture.status is CaptureStatus.SUCCESS:
        return Settlement(payment)
    was_dead = capture.status is CaptureStatus.FAIL
    if was_dead and evidence.source is not Source.INQUIRY:
        # the same success can be told again after the gateway has taken it back
        return _suspect(payment, evidence, at, "a success of a capture that failed")
    taken = payment.captured_minor_units + capture.captureAmount.minor_units
    if taken > payment.paymentAmount.minor_units:
        return _suspect(payment, evidence, at, _TOO_MUCH)
    after = _captured(payment, capture, evidence, at)
    why = f"capture {capture.captureRequestId} succeeded after it was reported failed"
    return Settlement(flagged(after, why, at) if was_dead else after)


def _captured(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Payment:
    success = {"status": CaptureStatus.SUCCESS, "captureId": evidence.captureId or capture.captureId}
    done = capture.model_copy(update={**success, "resultCode": evidence.resultCode})
    after = _with_capture(payment, done)
    if after.open_capture is not None:
        return written(after, evidence, at, "a capture succeeded while another one has no result yet")
    is_last = after.is_all_captured or capture.isLastCapture
    event = Event.CAPTURED if is_last else Event.PARTIALLY_CAPTURED
    unexpected = target(payment.status, event) is None or payment.attempt.status.is_closed_attempt
    after = step(after, event, evidence, at)
    why = f"capture {capture.captureRequestId} succeeded while the payment was {payment.status}"
    return flagged(after, why, at) if unexpected else after


def _capture_failed(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Payment:
    if capture.status is CaptureStatus.FAIL:
        return payment
    was_taken = capture.status is CaptureStatus.SUCCESS
    failure = {"status": CaptureStatus.FAIL, "resultCode": evidence.resultCode}
    after = _with_capture(payment, capture.model_copy(update=failure))
    after = _moved_on(after, _capture_failure_event(after, evidence.resultCode, was_taken), evidence, at)
    why = f"capture {capture.captureRequestId}: {evidence.resultCode or 'failed'}"
    must_look = advice(Operation.CAPTURE, evidence.resultCode or "", ResultStatus.F) is not Advice.NEW_ATTEMPT
    return flagged(after, why, at) if was_taken or must_look else after


def _moved_on(payment: Payment, event: Event, evidence: CaptureEvidence, at: datetime) -> Payment:
    """Where no capture is open any more, what was held is held again; a dead attempt holds nothing."""
    if event is Event.CAPTURE_FAILED and payment.attempt.status.is_closed_attempt:
        return written(payment, evidence, at, f"{event}, and the attempt is {payment.attempt.status}")
    return step(payment, event, evidence, at)


def _capture_failure_event(payment: Payment, code: str | None, was_taken: bool) -> Event:
    if was_taken:
        return Event.CAPTURE_REVERSED
    if payment.is_all_captured:
        return Event.CAPTURED
    if payment.captured_minor_units:
        return Event.CAPTURE_FAILED_AFTER_PART
    if code in _LAPSED:
        return Event.AUTHORIZATION_LAPSED
    if code in _VOIDED:
        return Event.CANCELLED_AT_GATEWAY
    return Event.CAPTURE_FAILED
