"""How evidence of a capture changes a payment: pure functions, like those of `settlement.settle`.

Captures are matched by `captureRequestId`, never by the payment's latest status.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from holdfast.antom.amounts import Amount
from holdfast.antom.codes import Advice, advice
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import CaptureMode, ResultStatus
from holdfast.evidence import CaptureEvidence, Source, Verdict
from holdfast.observation import ObservationKind as Kind
from holdfast.payment import Capture, CaptureStatus, Payment
from holdfast.progress import AuthorizationEnd
from holdfast.transitions import Event, target
from settlement import audit_text
from settlement.audit_trail import append_and_flag, append_once, apply_event, flag_for_review
from settlement.external_capture import adopted, foreign_capture
from settlement.mismatch import (
    Settlement,
    amount_mismatch,
    append_evidence,
    names_another_payment,
    observed,
    settle_mismatch,
)

_AUTHORIZATION_ENDS: Mapping[str | None, AuthorizationEnd] = {
    "AUTH_EXPIRED": AuthorizationEnd.EXPIRED,
    "AUTH_CANCELLED": AuthorizationEnd.VOID,
    "ORDER_IS_CANCELED": AuthorizationEnd.VOID,
}
HOLD_IS_GONE = frozenset(_AUTHORIZATION_ENDS)
"""Codes of a failed capture that say that the authorization has expired or is void."""


def settle_capture(
    payment: Payment, evidence: CaptureEvidence, at: datetime, *, adopts: bool = False
) -> Settlement:
    """Settles evidence of a capture.

    `adopts`: a capture that this payment has not requested counts where an inquiry reports it.
    """
    if _is_of_a_former_attempt(payment, evidence):
        return _not_counted(payment, evidence, at, Kind.CAPTURE_OF_OTHER_PAYMENT)
    if names_another_payment(payment, payment.attempt, evidence.paymentId):
        return _settle_mismatch(payment, evidence, at, Kind.CAPTURE_OF_OTHER_PAYMENT)
    if adopts and (foreign := foreign_capture(payment, evidence)) is not None:
        payment = adopted(payment, foreign, at)
    for capture in payment.captures:
        if capture.captureRequestId == evidence.captureRequestId:
            return _settle_known_capture(payment, capture, evidence, at)
    return _settle_unknown_capture(payment, evidence, at)


def _is_of_a_former_attempt(payment: Payment, evidence: CaptureEvidence) -> bool:
    """Whether the evidence carries the paymentId of an attempt that is not the current one."""
    former = (attempt.paymentId for attempt in payment.attempts[:-1])
    return bool(evidence.paymentId) and evidence.paymentId in former


def _settle_unknown_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """In AUTOMATIC mode the gateway makes the capture and its id; in MANUAL mode the capture is external."""
    if payment.captureMode is CaptureMode.MANUAL:
        return _settle_mismatch(payment, evidence, at, Kind.EXTERNAL_CAPTURE)
    if mismatch := amount_mismatch(payment.paymentAmount, evidence):
        return _settle_mismatch(payment, evidence, at, mismatch)
    if payment.authorizedAmount is None:
        early = observed(payment, evidence, Kind.CAPTURE_BEFORE_AUTHORIZATION)
        return Settlement(append_once(payment, early, at), ask=evidence.source is not Source.INQUIRY)
    if evidence.captureRequestId is None:
        return Settlement(append_once(payment, observed(payment, evidence, Kind.CAPTURE_WITHOUT_ID), at))
    if any(capture.status is not CaptureStatus.FAIL for capture in payment.captures):
        # another capture is expected beside one that failed; beside any other, money may be taken twice
        return _not_counted(payment, evidence, at, Kind.SECOND_AUTOMATIC_CAPTURE)
    capture = Capture(captureRequestId=evidence.captureRequestId, captureAmount=payment.paymentAmount)
    opened = payment.model_copy(update={"captures": (*payment.captures, capture)})
    return _settle_known_capture(opened, capture, evidence, at)


def _not_counted(payment: Payment, evidence: CaptureEvidence, at: datetime, kind: Kind) -> Settlement:
    """Writes the evidence down without applying it. A success is flagged for review: it has taken money."""
    observation = observed(payment, evidence, kind)
    if evidence.verdict is Verdict.SUCCEEDED:
        return Settlement(append_and_flag(payment, observation, at))
    return Settlement(append_once(payment, observation, at))


def _settle_mismatch(payment: Payment, evidence: CaptureEvidence, at: datetime, kind: Kind) -> Settlement:
    """Settles a mismatch. Each inquiry reports every capture again: only the first report counts."""
    is_known = observed(payment, evidence, kind) in payment.progress.observations
    if evidence.source is Source.INQUIRY and is_known:
        return Settlement(payment)
    return settle_mismatch(payment, evidence, at, kind)


def _settle_known_capture(
    payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime
) -> Settlement:
    """Settles evidence of a capture that the payment has."""
    if mismatch := amount_mismatch(capture.captureAmount, evidence):
        return _settle_mismatch(payment, evidence, at, mismatch)
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
    """Returns the payment with what is known now of a capture, and the captured amount that follows."""
    same = capture.captureRequestId
    captures = tuple(capture if c.captureRequestId == same else c for c in payment.captures)
    after = payment.model_copy(update={"captures": captures})
    total = after.captured_minor_units
    taken = Amount(currency=payment.paymentAmount.currency, value=str(total)) if total else None
    return after.model_copy(update={"capturedAmount": taken})


def _succeeded(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """Settles the success of a capture. After its failure, only an inquiry is believed."""
    if capture.status is CaptureStatus.SUCCESS:
        return Settlement(payment)
    was_failed = capture.status is CaptureStatus.FAIL
    if was_failed and evidence.source is not Source.INQUIRY:
        # the same success can be reported again after the gateway has reversed it
        return _settle_mismatch(payment, evidence, at, Kind.SUCCESS_OF_FAILED_CAPTURE)
    taken = payment.captured_minor_units + capture.captureAmount.minor_units
    if taken > payment.paymentAmount.minor_units:
        return _settle_mismatch(payment, evidence, at, Kind.CAPTURES_EXCEED_AUTHORIZATION)
    after = _captured(payment, capture, evidence, at)
    why = audit_text.capture_succeeded_after_failure(capture)
    return Settlement(flag_for_review(after, why, at) if was_failed else after)


def _captured(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Payment:
    """Returns the payment with the capture's success. It moves once no other capture is open."""
    success = {"status": CaptureStatus.SUCCESS, "captureId": evidence.captureId or capture.captureId}
    done = capture.model_copy(update={**success, "resultCode": evidence.resultCode})
    after = _with_capture(payment, done)
    if after.open_capture is not None:
        return append_evidence(after, evidence, at, audit_text.CAPTURE_BESIDE_OPEN_ONE)
    is_last = after.is_all_captured or capture.isLastCapture
    event = Event.CAPTURED if is_last else Event.PARTIALLY_CAPTURED
    unexpected = target(payment.status, event) is None or payment.attempt.status.is_closed
    after = apply_event(after, event, at, evidence.source, code=evidence.resultCode)
    why = audit_text.capture_succeeded_unexpectedly(capture, payment.status)
    return flag_for_review(after, why, at) if unexpected else after


def _capture_failed(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Payment:
    """Returns the payment with the capture's failure, which may correct a success."""
    if capture.status is CaptureStatus.FAIL:
        return payment
    was_taken = capture.status is CaptureStatus.SUCCESS
    failure = {"status": CaptureStatus.FAIL, "resultCode": evidence.resultCode}
    after = _with_capture(payment, capture.model_copy(update=failure))
    after = _moved_on(after, _capture_failure_event(after, evidence.resultCode, was_taken), evidence, at)
    why = audit_text.capture_failed(capture, evidence.resultCode)
    must_look = advice(Operation.CAPTURE, evidence.resultCode or "", ResultStatus.F) is not Advice.NEW_ATTEMPT
    return flag_for_review(after, why, at) if was_taken or must_look else after


def _moved_on(payment: Payment, event: Event, evidence: CaptureEvidence, at: datetime) -> Payment:
    """Takes the event's edge. An attempt that is closed does not become authorized by a failed capture."""
    if event is Event.CAPTURE_FAILED and payment.attempt.status.is_closed:
        why = audit_text.attempt_is_closed(event, payment.attempt.status)
        return append_evidence(payment, evidence, at, why)
    after = apply_event(payment, event, at, evidence.source, code=evidence.resultCode)
    has_moved = after.progress.revision != payment.progress.revision
    if event is Event.CAPTURE_FAILED_AFTER_PART and has_moved:
        return _with_authorization_end(after, evidence.resultCode)
    return after


def _with_authorization_end(payment: Payment, code: str | None) -> Payment:
    """Returns the payment of which a part is captured, with how the authorization of the rest has ended."""
    end = {"authorizationEnd": _AUTHORIZATION_ENDS.get(code)}
    return payment.model_copy(update={"progress": payment.progress.model_copy(update=end)})


def _capture_failure_event(payment: Payment, code: str | None, was_taken: bool) -> Event:
    """Returns the edge that a capture's failure takes."""
    if was_taken:
        return Event.CAPTURE_REVERSED
    if payment.is_all_captured:
        return Event.CAPTURED
    if payment.captured_minor_units:
        return Event.CAPTURE_FAILED_AFTER_PART
    match _AUTHORIZATION_ENDS.get(code):
        case AuthorizationEnd.EXPIRED:
            return Event.AUTHORIZATION_LAPSED
        case AuthorizationEnd.VOID:
            return Event.CANCELLED_AT_GATEWAY
        case None:
            return Event.CAPTURE_FAILED
