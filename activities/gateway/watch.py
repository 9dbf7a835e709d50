"""When a watch has its answer, and how long it pauses until it asks again."""

from activities.calls import InquiryResult, WatchCall, WatchFor
from holdfast.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import record_of

_DECIDED = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})


def is_decided(findings: InquiryResult, call: WatchCall) -> bool:
    """Whether the findings hold what is waited for, or make the wait pointless."""
    if call.watchFor is WatchFor.PAYMENT_DECIDED:
        return any(claim.verdict in _DECIDED for claim in findings.evidence)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ACTION:
        return any(claim.verdict in _DECIDED or _sends_the_buyer(claim) for claim in findings.evidence)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ABSENT:
        return any(claim.verdict in {*_DECIDED, Verdict.ABSENT} for claim in findings.evidence)
    wanted = call.captureRequestId
    if call.watchFor is WatchFor.CAPTURE_DECIDED_OR_ABSENT and record_of(findings.evidence).misses(wanted):
        return True
    return any(_ends_capture_watch(claim, wanted) for claim in findings.evidence)


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
