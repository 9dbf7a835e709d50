"""The part of `settlement.settle` that settles evidence of a capture.

Captures are matched by `captureRequestId`, never by the payment's latest status.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from holdfast.antom.amounts import Amount
from holdfast.antom.codes import Advice, advice, is_explained
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import CaptureMode, ResultStatus
from holdfast.observation import ObservationKind as Kind
from holdfast.payment import Capture, CaptureStatus, Payment
from holdfast.payment_event import Event
from holdfast.progress import AuthorizationEnd
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.audit import text as audit_text
from settlement.audit.trail import append_and_flag, append_once, flag_for_review, is_observed
from settlement.evidence import CaptureEvidence, Verdict
from settlement.external_capture import add_external_capture, find_external_capture
from settlement.mismatch import (
    Settlement,
    amount_mismatch,
    append_evidence,
    names_another_payment,
    observed,
    settle_mismatch,
)
from settlement.risk_review import captured_event
from settlement.transitions import target

_AUTHORIZATION_ENDS: Mapping[str | None, AuthorizationEnd] = {
    "AUTH_EXPIRED": AuthorizationEnd.EXPIRED,
    "AUTH_CANCELLED": AuthorizationEnd.VOID,
    "ORDER_IS_CANCELED": AuthorizationEnd.VOID,
}
AUTHORIZATION_ENDED = frozenset(_AUTHORIZATION_ENDS)
"""The codes of a failed capture that report that the authorization has expired or is void."""


def settle_capture(
    payment: Payment, evidence: CaptureEvidence, at: datetime, *, accepts_external: bool = False
) -> Settlement:
    """Settles evidence of a capture.

    Args:
        payment: The payment that the evidence is about.
        evidence: The evidence to settle.
        at: When the evidence is settled.
        accepts_external: Whether a capture that this payment did not request counts where an inquiry
            reports it.
    """
    if _is_of_a_former_attempt(payment, evidence):
        return _not_counted(payment, evidence, at, Kind.CAPTURE_OF_OTHER_PAYMENT)
    if names_another_payment(payment, payment.attempt, evidence.paymentId):
        return _settle_mismatch_once(payment, evidence, at, Kind.CAPTURE_OF_OTHER_PAYMENT)
    if accepts_external and (external := find_external_capture(payment, evidence)) is not None:
        payment = add_external_capture(payment, external, at)
    for capture in payment.captures:
        if capture.captureRequestId == evidence.captureRequestId:
            return _settle_known_capture(payment, capture, evidence, at)
    return _settle_unknown_capture(payment, evidence, at)


def _is_of_a_former_attempt(payment: Payment, evidence: CaptureEvidence) -> bool:
    """Returns whether the evidence carries the paymentId of an attempt that is not the current one."""
    former = (attempt.paymentId for attempt in payment.attempts[:-1])
    return bool(evidence.paymentId) and evidence.paymentId in former


def _settle_unknown_capture(payment: Payment, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """Settles evidence of a capture that the payment does not have.

    In AUTOMATIC mode the gateway makes the capture and its id; in MANUAL mode the capture is external.
    """
    if payment.captureMode is CaptureMode.MANUAL:
        return _settle_mismatch_once(payment, evidence, at, Kind.EXTERNAL_CAPTURE)
    if mismatch := amount_mismatch(payment.paymentAmount, evidence):
        return _settle_mismatch_once(payment, evidence, at, mismatch)
    if payment.authorizedAmount is None:
        early = observed(payment, evidence, Kind.CAPTURE_BEFORE_AUTHORIZATION)
        return Settlement(append_once(payment, early, at), must_inquire=evidence.source is not Source.INQUIRY)
    if evidence.captureRequestId is None:
        return Settlement(append_once(payment, observed(payment, evidence, Kind.CAPTURE_WITHOUT_ID), at))
    if any(capture.status is not CaptureStatus.FAIL for capture in payment.captures):
        # a further capture is expected after one that failed; after any other, money may be captured twice
        return _not_counted(payment, evidence, at, Kind.SECOND_AUTOMATIC_CAPTURE)
    capture = Capture(captureRequestId=evidence.captureRequestId, captureAmount=payment.paymentAmount)
    expecting = payment.model_copy(update={"captures": (*payment.captures, capture)})
    return _settle_known_capture(expecting, capture, evidence, at)


def _not_counted(payment: Payment, evidence: CaptureEvidence, at: datetime, kind: Kind) -> Settlement:
    """Records the evidence without applying it. A success is flagged for review: it has captured money."""
    observation = observed(payment, evidence, kind)
    if evidence.verdict is Verdict.SUCCEEDED:
        return Settlement(append_and_flag(payment, observation, at))
    return Settlement(append_once(payment, observation, at))


def _settle_mismatch_once(
    payment: Payment, evidence: CaptureEvidence, at: datetime, kind: Kind
) -> Settlement:
    """Settles a mismatch. Each inquiry reports every capture again: only the first report counts."""
    is_known = is_observed(payment, observed(payment, evidence, kind))
    if evidence.source is Source.INQUIRY and is_known:
        return Settlement(payment)
    return settle_mismatch(payment, evidence, at, kind)


def _settle_known_capture(
    payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime
) -> Settlement:
    """Settles evidence of a capture that the payment has."""
    if mismatch := amount_mismatch(capture.captureAmount, evidence):
        return _settle_mismatch_once(payment, evidence, at, mismatch)
    match evidence.verdict:
        case Verdict.SUCCEEDED:
            return _succeeded(payment, capture, evidence, at)
        case Verdict.FAILED if _needs_confirmation(payment, capture, evidence):
            observation = observed(payment, evidence, Kind.FAILURE_NOT_CONFIRMED)
            return Settlement(append_once(payment, observation, at), must_inquire=True)
        case Verdict.FAILED | Verdict.CANCELLED:
            after = _capture_failed(payment, capture, evidence, at)
            return Settlement(after, must_inquire=_may_be_cancelled(after, evidence))
        case Verdict.IN_PROCESS | Verdict.ABSENT | Verdict.UNCLEAR:
            return Settlement(payment)
        case _:
            assert_never(evidence.verdict)


def _needs_confirmation(payment: Payment, capture: Capture, evidence: CaptureEvidence) -> bool:
    """Returns whether a notified failure is confirmed by an inquiry first, as its code explains nothing.

    Only a capture of this payment's own is made again after a failure, and could be made twice. The workflow
    confirms the answer to a capture call before it is settled.
    """
    is_own = payment.captureMode is CaptureMode.MANUAL and capture.status is CaptureStatus.PROCESSING
    is_notified = evidence.source is Source.NOTIFICATION
    return is_own and is_notified and not is_explained(Operation.CAPTURE, evidence.resultCode or "")


def _with_capture(payment: Payment, capture: Capture) -> Payment:
    """Returns the payment with a changed capture, and with the captured amount that results."""
    same = capture.captureRequestId
    captures = tuple(capture if c.captureRequestId == same else c for c in payment.captures)
    after = payment.model_copy(update={"captures": captures})
    total = after.captured_minor_units
    taken = Amount(currency=payment.paymentAmount.currency, value=str(total)) if total else None
    return after.model_copy(update={"capturedAmount": taken})


def _succeeded(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Settlement:
    """Settles the success of a capture. After its failure, only an inquiry's report is accepted."""
    if capture.status is CaptureStatus.SUCCESS:
        return Settlement(payment)
    was_failed = capture.status is CaptureStatus.FAIL
    if was_failed and evidence.source is not Source.INQUIRY:
        # the same success can be reported again after the gateway has reversed it
        return _settle_mismatch_once(payment, evidence, at, Kind.SUCCESS_OF_FAILED_CAPTURE)
    taken = payment.captured_minor_units + capture.captureAmount.minor_units
    if taken > payment.paymentAmount.minor_units:
        return _settle_mismatch_once(payment, evidence, at, Kind.CAPTURES_EXCEED_AUTHORIZATION)
    after = _captured(payment, capture, evidence, at)
    why = audit_text.capture_succeeded_after_failure(capture)
    return Settlement(flag_for_review(after, why, at) if was_failed else after)


def _captured(payment: Payment, capture: Capture, evidence: CaptureEvidence, at: datetime) -> Payment:
    """Returns the payment with the capture's success. Its status changes once no other capture is open."""
    success = {"status": CaptureStatus.SUCCESS, "captureId": evidence.captureId or capture.captureId}
    done = capture.model_copy(update={**success, "resultCode": evidence.resultCode})
    after = _with_capture(payment, done)
    if after.open_capture is not None:
        return append_evidence(after, evidence, at, audit_text.CAPTURE_BESIDE_OPEN_ONE)
    is_last = after.is_all_captured or capture.isLastCapture
    event = Event.CAPTURED if is_last else Event.PARTIALLY_CAPTURED
    if not payment.has_passed_risk_review:
        event = Event.CAPTURE_HELD
    unexpected = target(payment.status, event) is None or payment.attempt.status.is_closed
    unexpected = unexpected or _was_cancelled_during_capture(payment)
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
    after = _apply_failure(after, _capture_failure_event(after, evidence.resultCode, was_taken), evidence, at)
    why = audit_text.capture_failed(capture, evidence.resultCode)
    code = evidence.resultCode or ""
    must_review = advice(Operation.CAPTURE, code, ResultStatus.F) is not Advice.NEW_ATTEMPT
    return flag_for_review(after, why, at) if was_taken or must_review else after


def _may_be_cancelled(payment: Payment, evidence: CaptureEvidence) -> bool:
    """Returns whether the gateway reported a cancellation during the capture that has failed now."""
    is_open = payment.status is S.AUTHORIZED and evidence.source is not Source.INQUIRY
    return is_open and _was_cancelled_during_capture(payment)


def _was_cancelled_during_capture(payment: Payment) -> bool:
    return any(
        observation.kind is Kind.CANCELLATION_DURING_CAPTURE
        and observation.attempt == payment.attempt.paymentRequestId
        for observation in payment.progress.observations
    )


def _apply_failure(payment: Payment, event: Event, evidence: CaptureEvidence, at: datetime) -> Payment:
    """Applies the event of a failed capture, by which a closed attempt does not become authorized."""
    if event is Event.CAPTURE_FAILED and payment.attempt.status.is_closed:
        why = audit_text.attempt_is_closed(event, payment.attempt.status)
        return append_evidence(payment, evidence, at, why)
    after = apply_event(payment, event, at, evidence.source, code=evidence.resultCode)
    has_changed = after.progress.revision != payment.progress.revision
    if event is Event.FURTHER_CAPTURE_FAILED and has_changed:
        return _with_authorization_end(after, evidence.resultCode)
    return after


def _with_authorization_end(payment: Payment, code: str | None) -> Payment:
    """Returns the partially captured payment with how the authorization of the remainder has ended."""
    end = {"authorizationEnd": _AUTHORIZATION_ENDS.get(code)}
    return payment.model_copy(update={"progress": payment.progress.model_copy(update=end)})


def _capture_failure_event(payment: Payment, code: str | None, was_taken: bool) -> Event:
    """Returns the event that a capture's failure causes."""
    if was_taken:
        is_held = payment.status is S.CAPTURING and payment.open_capture is None
        return Event.OUTCOME_UNKNOWN if is_held else Event.CAPTURE_REVERSED
    if payment.is_all_captured:
        return captured_event(payment)
    if payment.captured_minor_units:
        return Event.FURTHER_CAPTURE_FAILED
    match _AUTHORIZATION_ENDS.get(code):
        case AuthorizationEnd.EXPIRED:
            return Event.AUTHORIZATION_LAPSED
        case AuthorizationEnd.VOID:
            return Event.CANCELLED_AT_GATEWAY
        case None:
            return Event.CAPTURE_FAILED
