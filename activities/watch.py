"""When a watch has its answer, and how long it pauses until it asks again."""

from activities.calls import Findings, WatchCall, WatchFor
from payments.evidence import CaptureEvidence, PaymentEvidence, Verdict

_DECIDED = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})


def is_decided(findings: Findings, call: WatchCall) -> bool:
    """Whether the findings hold what is waited for, or make the wait pointless."""
    if call.watchFor is WatchFor.PAYMENT_DECIDED:
        return any(claim.verdict in _DECIDED for claim in findings.evidence)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ABSENT:
        return any(claim.verdict in {*_DECIDED, Verdict.ABSENT} for claim in findings.evidence)
    if call.watchFor is WatchFor.CAPTURE_DECIDED_OR_ABSENT and not _is_known(findings, call):
        return True
    return any(_ends_capture_watch(claim, call.captureRequestId) for claim in findings.evidence)


def _is_known(findings: Findings, call: WatchCall) -> bool:
    captures = (claim for claim in findings.evidence if isinstance(claim, CaptureEvidence))
    return any(claim.captureRequestId == call.captureRequestId for claim in captures)


def _ends_capture_watch(claim: PaymentEvidence | CaptureEvidence, wanted: str | None) -> bool:
    if isinstance(claim, PaymentEvidence):
        return claim.verdict in {Verdict.FAILED, Verdict.CANCELLED}
    return claim.verdict in _DECIDED and wanted in (None, claim.captureRequestId)


def pause_after(try_number: int, call: WatchCall) -> float:
    """Seconds until the next try: `first`, growing by `growth` up to `longest`."""
    growth: float = call.growth ** min(try_number, 64)
    return min(call.first * growth, call.longest)
