"""The model's expected effect of evidence about an attempt."""

from dataclasses import replace

from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import PaymentEvidence, Verdict
from tests.support.settlement.expected_effect import EvidenceKind, ExpectedEffect, HoldState, ModelAttempt
from tests.support.settlement.model import CANCELLED_DURING_CAPTURE, ENDED, ENDED_WITHOUT_CAPTURE, Model

_UNKNOWN = {None, "SUCCESS"}
"""Of the codes in these sequences, those that the gateway does not document for a failure."""
_ALLOWS_RETRY = {"DO_NOT_HONOR", "ORDER_NOT_EXIST", "OPERATOR", *_UNKNOWN}
"""Of the codes in these sequences, those after which another attempt cannot charge twice."""
_FOR_A_PERSON = {"RISK_REJECT", *_UNKNOWN}
"""Of the codes in these sequences, those that a person must look at."""


def expected_payment_effect(model: Model, claim: PaymentEvidence) -> ExpectedEffect:
    """Returns the effect that a claim about an attempt may have."""
    name = claim.paymentRequestId or ""
    if name not in model.attempts:
        return model.rejected(claim, EvidenceKind.MISMATCH, "request id")
    attempt, is_former = model.attempts[name], name != model.current
    if reason := _mismatch(model, name, claim):
        mismatch = model.rejected(claim, EvidenceKind.MISMATCH, reason)
        return replace(mismatch, statuses={model.status}) if is_former else mismatch
    effect = _former(model, attempt, claim) if is_former else _current(model, attempt, claim)
    return replace(effect, attempt=name, hold_states=effect.hold_states or {attempt.hold_state})


def _mismatch(model: Model, name: str, claim: PaymentEvidence) -> str:
    known = model.attempts[name].gateway_id
    others = {attempt.gateway_id for key, attempt in model.attempts.items() if key != name}
    if claim.paymentId and (claim.paymentId != known if known else claim.paymentId in others):
        return "payment id"
    return model.mismatch(claim, model.amount.minor_units)


def _former(model: Model, attempt: ModelAttempt, claim: PaymentEvidence) -> ExpectedEffect:
    if attempt.hold_state is HoldState.HELD_AFTER_CLOSE:
        return _late_authorization_again(model, claim)
    if claim.verdict is Verdict.SUCCEEDED:
        return _late_authorization(model)
    return model.no_change(EvidenceKind.NOTHING_NEW)


def _late_authorization(model: Model) -> ExpectedEffect:
    return replace(
        model.no_change(EvidenceKind.CORRECTION, "authorized"),
        hold_states={HoldState.HELD_AFTER_CLOSE},
        needs_review=True,
    )


def _late_authorization_again(model: Model, claim: PaymentEvidence) -> ExpectedEffect:
    """Only an inquiry proves the release of a late authorization: others may repeat the old failure."""
    if claim.verdict not in {Verdict.FAILED, Verdict.CANCELLED}:
        return model.no_change(EvidenceKind.NOTHING_NEW)
    if claim.source is Source.INQUIRY:
        return replace(model.no_change(EvidenceKind.NEW), hold_states={HoldState.NOT_HELD})
    return replace(model.no_change(EvidenceKind.CONTRADICTION, "released"), needs_inquiry=None)


def _current(model: Model, attempt: ModelAttempt, claim: PaymentEvidence) -> ExpectedEffect:
    if attempt.hold_state is HoldState.HELD_AFTER_CLOSE:
        return _late_authorization_again(model, claim)
    is_unknown = attempt.hold_state is HoldState.UNKNOWN
    match claim.verdict:
        case Verdict.SUCCEEDED:
            return _success(model, attempt, claim)
        case Verdict.FAILED:
            return _failure(model, attempt, claim)
        case Verdict.CANCELLED:
            return _cancellation(model, attempt, claim)
        case Verdict.IN_PROCESS if is_unknown and model.awaits_decision(claim):
            return _in_process(model, attempt, claim)
        case _:
            return model.no_change(EvidenceKind.NOTHING_NEW)


def _in_process(model: Model, attempt: ModelAttempt, claim: PaymentEvidence) -> ExpectedEffect:
    """A buyer who has finished is not sent to the page again."""
    statuses = {model.status, S.PENDING}
    if claim.source is Source.NOTIFICATION or claim.buyerIsDone:
        is_new = not (attempt.buyer_has_finished or model.is_cancellation_unconfirmed)
        return ExpectedEffect(
            EvidenceKind.NOTHING_NEW, {S.PENDING} if is_new else statuses, buyer_has_finished=is_new
        )
    if claim.nextAction is not None and not attempt.buyer_has_finished:
        statuses.add(S.ACTION_REQUIRED)
    return ExpectedEffect(EvidenceKind.NOTHING_NEW, statuses)


def _success(model: Model, attempt: ModelAttempt, claim: PaymentEvidence) -> ExpectedEffect:
    by_inquiry, has_ended = claim.source is Source.INQUIRY, model.status in ENDED_WITHOUT_CAPTURE
    held = ExpectedEffect(EvidenceKind.NEW, _statuses_once_held(model, claim), hold_states={HoldState.HELD})
    if attempt.hold_state is HoldState.HELD:
        is_late = has_ended and by_inquiry
        return _late_authorization(model) if is_late else replace(held, kind=EvidenceKind.NOTHING_NEW)
    is_unknown = attempt.hold_state is HoldState.UNKNOWN
    if model.awaits_decision(claim) or (is_unknown and not has_ended):
        return held
    if has_ended and by_inquiry:
        return _late_authorization(model)
    if by_inquiry and model.status is not S.CAPTURED:
        return replace(held, kind=EvidenceKind.CORRECTION, needs_review=True)
    return model.rejected(claim, EvidenceKind.CONTRADICTION, "authorized")


def _statuses_once_held(model: Model, claim: PaymentEvidence) -> set[S]:
    is_undecided = model.awaits_decision(claim) or model.status is S.DECLINED
    if model.is_cancelling(claim):
        return {S.CANCELLING}
    if not is_undecided or (model.open_capture is not None and not model.automatic):
        return {model.status}
    return {S.PARTIALLY_CAPTURED if model.captured else S.AUTHORIZED}


def _failure(model: Model, attempt: ModelAttempt, claim: PaymentEvidence) -> ExpectedEffect:
    by_inquiry, has_ended = claim.source is Source.INQUIRY, model.has_ended_without_capture
    closed = ExpectedEffect(
        EvidenceKind.NEW, _statuses_once_closed(model, claim), hold_states={HoldState.NOT_HELD}
    )
    is_closed = attempt.hold_state is HoldState.NOT_HELD
    if is_closed and model.was_authorized and model.awaits_decision(claim):
        return replace(model.no_change(EvidenceKind.CONTRADICTION, "failed"), needs_inquiry=None)
    if attempt.hold_state is not HoldState.HELD and _is_unconfirmed(model, claim):
        return replace(model.no_change(EvidenceKind.EARLY, "not confirmed"), needs_inquiry=True)
    if model.awaits_decision(claim):
        closed = replace(closed, needs_review=claim.resultCode in _FOR_A_PERSON)
    if is_closed:
        return replace(closed, kind=EvidenceKind.NOTHING_NEW)
    if attempt.hold_state is HoldState.UNKNOWN:
        either = replace(closed, hold_states={HoldState.NOT_HELD, HoldState.UNKNOWN})
        return either if has_ended else closed
    if by_inquiry and has_ended:
        return model.no_change(EvidenceKind.NOTHING_NEW)
    if by_inquiry and model.is_cancelling(claim):
        return closed
    rejected = model.rejected(claim, EvidenceKind.CONTRADICTION, "failed")
    is_undecided = model.awaits_decision(claim)
    return replace(rejected, needs_review=False, needs_inquiry=None) if is_undecided else rejected


def _is_unconfirmed(model: Model, claim: PaymentEvidence) -> bool:
    """An inquiry confirms a notified failure whose code explains nothing."""
    is_notified = claim.source is Source.NOTIFICATION
    return is_notified and claim.resultCode in _UNKNOWN and model.awaits_decision(claim)


def _statuses_once_closed(model: Model, claim: PaymentEvidence) -> set[S]:
    if model.is_cancelling(claim):
        return {S.CANCELLING}
    if not model.awaits_decision(claim):
        return {model.status}
    if claim.resultCode == "ORDER_IS_CLOSED":
        return {S.EXPIRED}
    may_retry = claim.resultCode in _ALLOWS_RETRY and len(model.attempts) < model.limit
    return {S.DECLINED if may_retry else S.FAILED}


def _cancellation(model: Model, attempt: ModelAttempt, claim: PaymentEvidence) -> ExpectedEffect:
    """In production only an inquiry or an operator reports a cancellation; here every source may."""
    closed = ExpectedEffect(EvidenceKind.NEW, {S.CANCELLED, S.EXPIRED}, hold_states={HoldState.NOT_HELD})
    if model.is_cancelling(claim):
        return replace(closed, statuses={S.CANCELLING})
    is_closed = attempt.hold_state is HoldState.NOT_HELD
    is_known = is_closed and model.status in ENDED_WITHOUT_CAPTURE and claim.source is Source.INQUIRY
    if model.captured and not is_known:
        voided = model.rejected(claim, EvidenceKind.CONTRADICTION, "voided")
        return replace(voided, statuses={*voided.statuses, model.status}, needs_inquiry=None)
    if model.status in ENDED or model.status is S.DECLINED:
        return model.no_change(EvidenceKind.NOTHING_NEW)
    if model.open_capture is not None and not model.automatic:
        return model.no_change(EvidenceKind.EARLY, CANCELLED_DURING_CAPTURE)
    return closed
