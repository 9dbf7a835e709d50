"""What the model says of evidence about an attempt."""

from dataclasses import replace

from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.evidence import PaymentEvidence, Verdict
from tests.support.settlement.expectations import Judgement, Kind, Life, Try
from tests.support.settlement.model import EMPTY, ENDED, Model

_CERTAINLY_DEAD = {"DO_NOT_HONOR", "ORDER_NOT_EXIST", "OPERATOR"}
"""Of the codes in these stories, those after which another attempt cannot charge twice."""


def judge_payment(model: Model, claim: PaymentEvidence) -> Judgement:
    """What a claim about an attempt may bring about."""
    name = claim.paymentRequestId or ""
    if name not in model.tries:
        return model.doubt(claim, Kind.MISFIT, "request id")
    attempt, is_former = model.tries[name], name != model.current
    if why := _misfit(model, name, claim):
        misfit = model.doubt(claim, Kind.MISFIT, why)
        return replace(misfit, statuses={model.status}) if is_former else misfit
    judged = _former(model, attempt, claim) if is_former else _current(model, attempt, claim)
    return replace(judged, attempt=name, lives=judged.lives or {attempt.life})


def _misfit(model: Model, name: str, claim: PaymentEvidence) -> str:
    known = model.tries[name].gateway_id
    others = {attempt.gateway_id for key, attempt in model.tries.items() if key != name}
    if claim.paymentId and (claim.paymentId != known if known else claim.paymentId in others):
        return "payment id"
    return model.misfit(claim, model.amount.minor_units)


def _former(model: Model, attempt: Try, claim: PaymentEvidence) -> Judgement:
    if attempt.life is Life.FOUND:
        return _of_a_found_hold(model, claim)
    if claim.verdict is Verdict.SUCCEEDED:
        return _found(model)
    return model.stays(Kind.NOTHING)


def _found(model: Model) -> Judgement:
    return replace(model.stays(Kind.CORRECTION, "alive"), lives={Life.FOUND}, needs_review=True)


def _of_a_found_hold(model: Model, claim: PaymentEvidence) -> Judgement:
    """That it is gone is for the gateway's record to say: others may repeat the old failure."""
    if claim.verdict not in {Verdict.FAILED, Verdict.CANCELLED}:
        return model.stays(Kind.NOTHING)
    if claim.source is Source.INQUIRY:
        return replace(model.stays(Kind.NEWS), lives={Life.DEAD})
    return replace(model.stays(Kind.CONTRADICTION, "gone"), asks=None)


def _current(model: Model, attempt: Try, claim: PaymentEvidence) -> Judgement:
    if attempt.life is Life.FOUND:
        return _of_a_found_hold(model, claim)
    match claim.verdict:
        case Verdict.SUCCEEDED:
            return _success(model, attempt, claim)
        case Verdict.FAILED:
            return _failure(model, attempt, claim)
        case Verdict.CANCELLED:
            return _cancellation(model, attempt, claim)
        case Verdict.IN_PROCESS if attempt.life is Life.UNKNOWN and model.waits_for_a_decision(claim):
            return _in_process(model, attempt, claim)
        case _:
            return model.stays(Kind.NOTHING)


def _in_process(model: Model, attempt: Try, claim: PaymentEvidence) -> Judgement:
    """Who has finished is not sent to the page again."""
    statuses = {model.status, S.PENDING}
    if claim.source is Source.NOTIFICATION or claim.buyerIsDone:
        is_told = not (attempt.buyer_is_done or model.lost_cancel)
        return Judgement(Kind.NOTHING, {S.PENDING} if is_told else statuses, buyer_is_done=is_told)
    if claim.nextAction is not None and not attempt.buyer_is_done:
        statuses.add(S.ACTION_REQUIRED)
    return Judgement(Kind.NOTHING, statuses)


def _success(model: Model, attempt: Try, claim: PaymentEvidence) -> Judgement:
    by_inquiry, has_ended = claim.source is Source.INQUIRY, model.status in EMPTY
    held = Judgement(Kind.NEWS, _once_held(model, claim), lives={Life.HELD})
    if attempt.life is Life.HELD:
        return _found(model) if has_ended and by_inquiry else replace(held, kind=Kind.NOTHING)
    if model.waits_for_a_decision(claim) or (attempt.life is Life.UNKNOWN and not has_ended):
        return held
    if has_ended and by_inquiry:
        return _found(model)
    if by_inquiry and model.status is not S.CAPTURED:
        return replace(held, kind=Kind.CORRECTION, needs_review=True)
    return model.doubt(claim, Kind.CONTRADICTION, "alive")


def _once_held(model: Model, claim: PaymentEvidence) -> set[S]:
    waits = model.waits_for_a_decision(claim) or model.status is S.DECLINED
    if model.is_cancelling(claim):
        return {S.CANCELLING}
    if not waits or (model.open_take is not None and not model.automatic):
        return {model.status}
    return {S.PARTIALLY_CAPTURED if model.taken else S.AUTHORIZED}


def _failure(model: Model, attempt: Try, claim: PaymentEvidence) -> Judgement:
    by_inquiry, has_ended = claim.source is Source.INQUIRY, model.has_ended_empty
    dead = Judgement(Kind.NEWS, _once_dead(model, claim), lives={Life.DEAD})
    if attempt.life is Life.DEAD and model.was_held and model.waits_for_a_decision(claim):
        return replace(model.stays(Kind.CONTRADICTION, "dead"), asks=None)
    if attempt.life is Life.DEAD:
        return replace(dead, kind=Kind.NOTHING)
    if attempt.life is Life.UNKNOWN:
        return replace(dead, lives={Life.DEAD, Life.UNKNOWN}) if has_ended else dead
    if by_inquiry and has_ended:
        return model.stays(Kind.NOTHING)
    if by_inquiry and model.is_cancelling(claim):
        return dead
    doubt = model.doubt(claim, Kind.CONTRADICTION, "dead")
    is_open_question = model.waits_for_a_decision(claim)
    return replace(doubt, needs_review=False, asks=None) if is_open_question else doubt


def _once_dead(model: Model, claim: PaymentEvidence) -> set[S]:
    if model.is_cancelling(claim):
        return {S.CANCELLING}
    if not model.waits_for_a_decision(claim):
        return {model.status}
    if claim.resultCode == "ORDER_IS_CLOSED":
        return {S.EXPIRED}
    may_try_again = claim.resultCode in _CERTAINLY_DEAD and len(model.tries) < model.limit
    return {S.DECLINED if may_try_again else S.FAILED}


def _cancellation(model: Model, attempt: Try, claim: PaymentEvidence) -> Judgement:
    """In life only an inquiry or an operator says it; here anybody does, and is believed as much."""
    dead = Judgement(Kind.NEWS, {S.CANCELLED, S.EXPIRED}, lives={Life.DEAD})
    if model.is_cancelling(claim):
        return replace(dead, statuses={S.CANCELLING})
    is_known = attempt.life is Life.DEAD and model.status in EMPTY and claim.source is Source.INQUIRY
    if model.taken and not is_known:
        voided = model.doubt(claim, Kind.CONTRADICTION, "voided")
        return replace(voided, statuses={*voided.statuses, model.status}, asks=None)
    if model.status in ENDED or model.status is S.DECLINED:
        return model.stays(Kind.NOTHING)
    return dead
