"""Decides when a watch ends, and how long it pauses before the next inquiry."""

from activities.calls import WatchCall, WatchFor
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import GatewayRecord

_DECIDED = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})


def is_decided(record: GatewayRecord, call: WatchCall) -> bool:
    """Returns whether the record has the awaited decision, or excludes it."""
    if call.watchFor is WatchFor.PAYMENT_DECIDED:
        return any(claim.verdict in _DECIDED for claim in record.claims)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ACTION:
        return any(claim.verdict in _DECIDED or _redirects_buyer(claim) for claim in record.claims)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ABSENT:
        return any(claim.verdict in {*_DECIDED, Verdict.ABSENT} for claim in record.claims)
    awaited = call.captureRequestId
    if call.watchFor is WatchFor.CAPTURE_DECIDED_OR_ABSENT and record.misses(awaited):
        return True
    return any(_ends_capture_watch(claim, awaited) for claim in record.claims)


def _redirects_buyer(claim: PaymentEvidence | CaptureEvidence) -> bool:
    """Returns whether the payment becomes ACTION_REQUIRED by it; otherwise the watch must not end."""
    if not isinstance(claim, PaymentEvidence) or claim.verdict is not Verdict.IN_PROCESS:
        return False
    return claim.nextAction is not None and not claim.buyerIsDone


def _ends_capture_watch(claim: PaymentEvidence | CaptureEvidence, awaited: str | None) -> bool:
    if isinstance(claim, PaymentEvidence):
        return claim.verdict in {Verdict.FAILED, Verdict.CANCELLED}
    return claim.verdict in _DECIDED and awaited in (None, claim.captureRequestId)


def pause_after(try_number: int, call: WatchCall) -> float:
    """Returns the seconds until the next try: `first`, times `growth` for each try, up to `longest`."""
    growth: float = call.growth ** min(try_number, 64)
    return min(call.first * growth, call.longest)
