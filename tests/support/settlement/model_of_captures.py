"""What the model says of evidence about a capture."""

from dataclasses import replace

from holdfast.payment import CaptureStatus as C
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.evidence import CaptureEvidence, Verdict
from tests.support.settlement.expectations import Judgement, Kind, Life, Take
from tests.support.settlement.model import EMPTY, ENDED, Model

_HOLD_IS_GONE = {"AUTH_EXPIRED": S.EXPIRED, "AUTH_CANCELLED": S.CANCELLED, "ORDER_IS_CANCELED": S.CANCELLED}
"""What the code of a failed capture says of the hold."""


def judge_capture(model: Model, claim: CaptureEvidence) -> Judgement:
    """What a claim about a capture may bring about."""
    name = claim.captureRequestId
    former = {attempt.gateway_id for key, attempt in model.tries.items() if key != model.current}
    known = model.tries[model.current].gateway_id
    if claim.paymentId and claim.paymentId in former:
        taken = claim.verdict is Verdict.SUCCEEDED
        return replace(model.stays(Kind.MISFIT, f"payment id {name}"), needs_review=taken, asks=None)
    if claim.paymentId and known and claim.paymentId != known:
        return model.doubt(claim, Kind.MISFIT, f"payment id {name}")
    take = model.takes.get(name or "")
    if take is None and not model.automatic:
        return _dashboards(model, claim)
    if why := model.misfit(claim, take.value if take else model.amount.minor_units):
        return model.doubt(claim, Kind.MISFIT, f"{why} {name}")
    if name is None or take is None:
        return _gateways_own(model, claim)
    return replace(_known(model, take, claim), capture=name)


def _gateways_own(model: Model, claim: CaptureEvidence) -> Judgement:
    """In AUTOMATIC mode the gateway makes the capture and its id: one, and another where that one failed."""
    if not model.was_held:
        return replace(model.stays(Kind.EARLY, "early"), asks=claim.source is not Source.INQUIRY)
    if claim.captureRequestId is None:
        return model.stays(Kind.EARLY, "without an id")
    if any(take.status is not C.FAIL for take in model.takes.values()):
        is_taken_twice = claim.verdict is Verdict.SUCCEEDED
        second = model.stays(Kind.CONTRADICTION, f"second {claim.captureRequestId}")
        return replace(second, needs_review=is_taken_twice)
    new = _known(model, Take(model.amount.minor_units), claim)
    return replace(new, capture=claim.captureRequestId)


def _dashboards(model: Model, claim: CaptureEvidence) -> Judgement:
    """In MANUAL mode somebody else took money: what an inquiry shows of what is held counts."""
    name, value = claim.captureRequestId, model.value_told(claim)
    is_shown = claim.source is Source.INQUIRY and claim.verdict is Verdict.SUCCEEDED
    is_ours = bool(claim.paymentId) and claim.paymentId == model.tries[model.current].gateway_id
    if not (is_shown and is_ours and name and model.was_held and 0 < value <= model.left):
        return model.doubt(claim, Kind.MISFIT, f"never asked for {name}")
    new = _known(model, Take(value, is_last=False), claim)
    return replace(new, capture=name, needs_review=True)


def _known(model: Model, take: Take, claim: CaptureEvidence) -> Judgement:
    match claim.verdict:
        case Verdict.SUCCEEDED:
            judged = _success(model, take, claim)
        case Verdict.FAILED | Verdict.CANCELLED:
            judged = _failure(model, take, claim)
        case _:
            judged = model.stays(Kind.NOTHING)
    return replace(judged, takes=judged.takes or {take.status})


def _success(model: Model, take: Take, claim: CaptureEvidence) -> Judgement:
    name, was_dead = claim.captureRequestId, take.status is C.FAIL
    if take.status is C.SUCCESS:
        return model.stays(Kind.NOTHING)
    if was_dead and claim.source is not Source.INQUIRY:
        return model.doubt(claim, Kind.CONTRADICTION, f"failed before {name}")
    if take.value > model.left:
        return model.doubt(claim, Kind.CONTRADICTION, f"too much {name}")
    is_late = was_dead or model.status in ENDED or model.tries[model.current].life is Life.DEAD
    kind = Kind.CORRECTION if is_late else Kind.NEWS
    return Judgement(kind, _once_taken(model, take), takes={C.SUCCESS}, needs_review=is_late)


def _once_taken(model: Model, take: Take) -> set[S]:
    others_are_open = model.open_take not in (None, take)
    if others_are_open or model.status in ENDED:
        return {model.status}
    return {S.CAPTURED if take.is_last or take.value == model.left else S.PARTIALLY_CAPTURED}


def _failure(model: Model, take: Take, claim: CaptureEvidence) -> Judgement:
    if take.status is C.FAIL:
        return model.stays(Kind.NOTHING)
    if take.status is C.PROCESSING:
        return Judgement(Kind.NEWS, _once_failed(model, claim), takes={C.FAIL})
    was_done = model.status in {S.CAPTURED, S.PARTIALLY_CAPTURED}
    statuses = {S.NEEDS_REVIEW if was_done else model.status}
    return Judgement(Kind.CORRECTION, statuses, takes={C.FAIL}, needs_review=True)


def _once_failed(model: Model, claim: CaptureEvidence) -> set[S]:
    is_dead = model.tries[model.current].life is Life.DEAD
    if model.status in EMPTY:
        return {model.status}
    if not model.left:
        goes = S.CAPTURED
    elif model.taken:
        goes = S.PARTIALLY_CAPTURED
    else:
        still_held = model.status if is_dead else S.AUTHORIZED
        goes = _HOLD_IS_GONE.get(claim.resultCode or "", still_held)
    return {goes} if model.status in {S.CAPTURING, S.NEEDS_REVIEW} else {model.status, goes}
