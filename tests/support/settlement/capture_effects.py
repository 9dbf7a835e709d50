"""The model's expected effect of evidence about a capture."""

from dataclasses import replace

from holdfast.payment import CaptureStatus as C
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, Verdict
from tests.support.settlement.expected_effect import EvidenceKind, ExpectedEffect, HoldState, ModelCapture
from tests.support.settlement.model import ENDED, ENDED_WITHOUT_CAPTURE, Model

_UNKNOWN = {None, "SUCCESS"}
"""Of the codes in these sequences, those that the gateway does not document for a failure."""
_AUTHORIZATION_ENDED = {
    "AUTH_EXPIRED": S.EXPIRED,
    "AUTH_CANCELLED": S.CANCELLED,
    "ORDER_IS_CANCELED": S.CANCELLED,
}
"""The codes of a failed capture that prove the end of the authorization, with the status that follows."""


def expected_capture_effect(model: Model, claim: CaptureEvidence) -> ExpectedEffect:
    """Returns the effect that a claim about a capture may have."""
    name = claim.captureRequestId
    former = {attempt.gateway_id for key, attempt in model.attempts.items() if key != model.current}
    known = model.attempts[model.current].gateway_id
    if claim.paymentId and claim.paymentId in former:
        succeeded = claim.verdict is Verdict.SUCCEEDED
        of_former = model.no_change(EvidenceKind.MISMATCH, f"payment id {name}")
        return replace(of_former, needs_review=succeeded, needs_inquiry=None)
    if claim.paymentId and known and claim.paymentId != known:
        return model.rejected(claim, EvidenceKind.MISMATCH, f"payment id {name}")
    capture = model.captures.get(name or "")
    if capture is None and not model.automatic:
        return _external(model, claim)
    if reason := model.mismatch(claim, capture.value if capture else model.amount.minor_units):
        return model.rejected(claim, EvidenceKind.MISMATCH, f"{reason} {name}")
    if name is None or capture is None:
        return _automatic(model, claim)
    return replace(_matched(model, capture, claim), capture=name)


def _automatic(model: Model, claim: CaptureEvidence) -> ExpectedEffect:
    """In AUTOMATIC mode the gateway makes the capture and its id: one, and another where that one failed."""
    if not model.was_authorized:
        early = model.no_change(EvidenceKind.EARLY, "early")
        return replace(early, needs_inquiry=claim.source is not Source.INQUIRY)
    if claim.captureRequestId is None:
        return model.no_change(EvidenceKind.EARLY, "without an id")
    if any(capture.status is not C.FAIL for capture in model.captures.values()):
        is_captured_twice = claim.verdict is Verdict.SUCCEEDED
        second = model.no_change(EvidenceKind.CONTRADICTION, f"second {claim.captureRequestId}")
        return replace(second, needs_review=is_captured_twice)
    new = _matched(model, ModelCapture(model.amount.minor_units), claim)
    return replace(new, capture=claim.captureRequestId)


def _external(model: Model, claim: CaptureEvidence) -> ExpectedEffect:
    """In MANUAL mode an external capture counts where an inquiry lists it for the held money."""
    name, value = claim.captureRequestId, model.claimed_value(claim)
    is_listed = claim.source is Source.INQUIRY and claim.verdict is Verdict.SUCCEEDED
    matches = bool(claim.paymentId) and claim.paymentId == model.attempts[model.current].gateway_id
    if not (is_listed and matches and name and model.was_authorized and 0 < value <= model.remaining):
        return model.rejected(claim, EvidenceKind.MISMATCH, f"{name} was not requested")
    new = _matched(model, ModelCapture(value, is_last=False), claim)
    return replace(new, capture=name, needs_review=True)


def _matched(model: Model, capture: ModelCapture, claim: CaptureEvidence) -> ExpectedEffect:
    match claim.verdict:
        case Verdict.SUCCEEDED:
            effect = _success(model, capture, claim)
        case Verdict.FAILED | Verdict.CANCELLED:
            effect = _failure(model, capture, claim)
        case _:
            effect = model.no_change(EvidenceKind.NOTHING_NEW)
    return replace(effect, capture_statuses=effect.capture_statuses or {capture.status})


def _success(model: Model, capture: ModelCapture, claim: CaptureEvidence) -> ExpectedEffect:
    name, had_failed = claim.captureRequestId, capture.status is C.FAIL
    if capture.status is C.SUCCESS:
        return model.no_change(EvidenceKind.NOTHING_NEW)
    if had_failed and claim.source is not Source.INQUIRY:
        return model.rejected(claim, EvidenceKind.CONTRADICTION, f"failed before {name}")
    if capture.value > model.remaining:
        return model.rejected(claim, EvidenceKind.CONTRADICTION, f"too much {name}")
    is_closed = model.attempts[model.current].hold_state is HoldState.NOT_HELD
    is_late = had_failed or model.status in ENDED or is_closed
    kind = EvidenceKind.CORRECTION if is_late else EvidenceKind.NEW
    return ExpectedEffect(
        kind, _statuses_once_captured(model, capture), capture_statuses={C.SUCCESS}, needs_review=is_late
    )


def _statuses_once_captured(model: Model, capture: ModelCapture) -> set[S]:
    others_are_open = model.open_capture not in (None, capture)
    if others_are_open or model.status in ENDED:
        return {model.status}
    is_whole = capture.is_last or capture.value == model.remaining
    return {S.CAPTURED if is_whole else S.PARTIALLY_CAPTURED}


def _failure(model: Model, capture: ModelCapture, claim: CaptureEvidence) -> ExpectedEffect:
    if capture.status is C.FAIL:
        return model.no_change(EvidenceKind.NOTHING_NEW)
    if capture.status is C.PROCESSING and _is_unconfirmed(model, claim):
        early = model.no_change(EvidenceKind.EARLY, f"not confirmed {claim.captureRequestId}")
        return replace(early, needs_inquiry=True)
    if capture.status is C.PROCESSING:
        return ExpectedEffect(
            EvidenceKind.NEW,
            _statuses_once_failed(model, claim),
            capture_statuses={C.FAIL},
            needs_inquiry=None if model.may_be_cancelled else False,
        )
    was_captured = model.status in {S.CAPTURED, S.PARTIALLY_CAPTURED}
    statuses = {S.NEEDS_REVIEW if was_captured else model.status}
    return ExpectedEffect(EvidenceKind.CORRECTION, statuses, capture_statuses={C.FAIL}, needs_review=True)


def _is_unconfirmed(model: Model, claim: CaptureEvidence) -> bool:
    """An inquiry confirms a notified failure whose code explains nothing."""
    is_notified = claim.source is Source.NOTIFICATION and claim.verdict is Verdict.FAILED
    return not model.automatic and is_notified and claim.resultCode in _UNKNOWN


def _statuses_once_failed(model: Model, claim: CaptureEvidence) -> set[S]:
    is_closed = model.attempts[model.current].hold_state is HoldState.NOT_HELD
    if model.status in ENDED_WITHOUT_CAPTURE:
        return {model.status}
    if not model.remaining:
        status = S.CAPTURED
    elif model.captured:
        status = S.PARTIALLY_CAPTURED
    else:
        still_held = model.status if is_closed else S.AUTHORIZED
        status = _AUTHORIZATION_ENDED.get(claim.resultCode or "", still_held)
    return {status} if model.status in {S.CAPTURING, S.NEEDS_REVIEW} else {model.status, status}
