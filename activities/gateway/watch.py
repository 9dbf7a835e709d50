"""When a watch has its answer, and how long it pauses until it asks again."""

from activities.calls import WatchCall, WatchFor
from holdfast.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import GatewayRecord

_DECIDED = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})


def is_decided(record: GatewayRecord, call: WatchCall) -> bool:
    """Whether the record holds what is waited for, or makes the wait pointless."""
    if call.watchFor is WatchFor.PAYMENT_DECIDED:
        return any(claim.verdict in _DECIDED for claim in record.claims)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ACTION:
        return any(claim.verdict in _DECIDED or _sends_the_buyer(claim) for claim in record.claims)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ABSENT:
        return any(claim.verdict in {*_DECIDED, Verdict.ABSENT} for claim in record.claims)
    wanted = call.captureRequestId
    if call.watchFor is WatchFor.CAPTURE_DECIDED_OR_ABSENT and record.misses(wanted):
        return True
    return any(_ends_capture_watch(claim, wanted) for claim in record.claims)


def _sends_the_buyer(claim: PaymentEvidence | CaptureEvidence) -> bool:
    """Whether the payment becomes ACTION_REQUIRED by it; what changes nothing must not end the watch."""
    if not isinstance(claim, PaymentEvidence) or claim.verdict is not Verdict.IN_PROCESS:
        return False
    return claim.nextAction is not None and not claim.buyerIsDone


def _ends_capture_watch(claim: PaymentEvidence | CaptureEvidence, wanted: str | None) -> bool:
    if isinstance(claim, PaymentEvidence):
        return claim.verdict in {Verdict.FAILED, Verdict.CANCELLED}
    return claim.verdict in _DECIDED and wanted in (None, claim.captureRequestId)


def pause_after(try_number: int, call: WatchCall) -> float:
    """Seconds until the next try: `first`, growing by `growth` up to `longest`."""
    growth: float = call.growth ** min(try_number, 64)
    return min(call.first * growth, call.longest)
