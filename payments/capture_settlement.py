"""How evidence of a capture changes a payment: the other half of `payments.settlement`, as pure as that.

Captures are matched by `captureRequestId`, never by the payment's latest status.
"""

from datetime import datetime
from typing import assert_never

from antom.amounts import Amount
from antom.codes import Advice, advice
from antom.endpoints import Operation
from antom.models import CaptureMode, ResultStatus
from payments.audit import flagged, noted
from payments.evidence import CaptureEvidence, Source, Verdict
from payments.graph import Event, target
from payments.payment import Capture, CaptureStatus, Payment
from payments.suspicion import Settlement, amount_mismatch, names_another_payment, recorded, step, suspect

_ANOTHER = "a capture of another paymentId"
_SECOND = "a second capture of an AUTOMATIC payment"
_LAPSED = frozenset({"AUTH_EXPIRED"})
_VOIDED = frozenset({"AUTH_CANCELLED", "ORDER_IS_CANCELED"})


def settle_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    if _is_of_a_former_attempt(payment, evidence):
        return _settle_former_capture(payment, evidence, at)
    if names_another_payment(payment, payment.attempt, evidence.paymentId):
        return suspect(payment, evidence, at, _ANOTHER)
    for capture in payment.captures:
        if capture.captureRequestId == evidence.captureRequestId:
            return _settle_known_capture(payment, capture, evidence, at)
    return _settle_unknown_capture(payment, evidence, at)


def _is_of_a_former_attempt(payment: Payment, evidence: CaptureEvidence) -> bool:
    former = (attempt.paymentId for attempt in payment.attempts[:-1])
    return bool(evidence.paymentId) and evidence.paymentId in former


def _settle_former_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """The gateway took money of an attempt that was declared dead: a person must look, nothing is applied."""
    if evidence.verdict is not Verdict.SUCCEEDED:
        return Settlement(payment)
    return Settlement(recorded(payment, evidence, at, _ANOTHER))


def _settle_unknown_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """AUTOMATIC captures carry an id the gateway made; in MANUAL mode nobody else may capture."""
    if payment.captureMode is CaptureMode.MANUAL:
        return _foreign_capture(payment, evidence, at)
    if payment.authorizedAmount is None:
        early = noted(payment, evidence, at, "a capture result before the authorization's")
        return Settlement(early, ask=evidence.source is not Source.INQUIRY)
    if why := amount_mismatch(payment.paymentAmount, evidence):
        return suspect(payment, evidence, at, why)
    if evidence.captureRequestId is None:
        return Settlement(noted(payment, evidence, at, "a capture without a captureRequestId"))
    if any(capture.status is not CaptureStatus.FAIL for capture in payment.captures):
        return _second_capture(payment, evidence, at)
    capture = Capture(captureRequestId=evidence.captureRequestId, captureAmount=payment.paymentAmount)
    opened = payment.model_copy(update={"captures": (*payment.captures, capture)})
    return _settle_known_capture(opened, capture, evidence, at)


def _second_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """Beside a capture that failed another one is welcome; beside any other, money may be taken twice."""
    if evidence.verdict is Verdict.SUCCEEDED:
        return Settlement(recorded(payment, evidence, at, _SECOND))
    return Settlement(noted(payment, evidence, at, _SECOND))


def _foreign_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    why = "a capture that this payment never asked for"
    if any(e.detail == why and e.source is evidence.source for e in payment.events):
        return Settlement(payment)
    return suspect(payment, evidence, at, why)


def _settle_known_capture(
    payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime
) -> Settlement:
    if why := amount_mismatch(capture.captureAmount, evidence):
        return suspect(payment, evidence, at, why)
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
    unexpected = target(payment.status, event) is None
    after = step(after, event, evidence, at)
    if known_dead:
        return flagged(
            after, f"capture {capture.captureRequestId} succeeded after it was reported failed", at
        )
    why = f"capture {capture.captureRequestId} succeeded while the payment was {payment.status}"
    return flagged(after, why, at) if unexpected else after


def _capture_failed(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Payment:
    if capture.status is CaptureStatus.FAIL:
        return payment
    was_taken = capture.status is CaptureStatus.SUCCESS
    failure = {"status": CaptureStatus.FAIL, "resultCode": evidence.resultCode}
    after = _with_capture(payment, capture.model_copy(update=failure))
    after = step(after, _capture_failure_event(after, evidence.resultCode, was_taken), evidence, at)
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
