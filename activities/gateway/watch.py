"""Decides when a watch ends, and how long it pauses before the next inquiry."""

from activities.calls import WatchCall, WatchFor
from holdfast.statuses.auth_review_status import DECIDED
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import GatewayRecord

_DECIDED = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})


def is_decided(record: GatewayRecord, call: WatchCall) -> bool:
    """Returns whether the record has the awaited decision, or excludes it."""
    if call.watchFor is WatchFor.PAYMENT_DECIDED:
        return any(evidence.verdict in _DECIDED for evidence in record.evidence)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ACTION:
        return any(evidence.verdict in _DECIDED or _redirects_buyer(evidence) for evidence in record.evidence)
    if call.watchFor is WatchFor.PAYMENT_DECIDED_OR_ABSENT:
        return any(evidence.verdict in {*_DECIDED, Verdict.ABSENT} for evidence in record.evidence)
    if call.watchFor is WatchFor.RISK_REVIEW_DECIDED:
        return record.payment.authReviewStatus in DECIDED
    awaited = call.captureRequestId
    if call.watchFor is WatchFor.CAPTURE_DECIDED_OR_ABSENT and record.lacks_capture(awaited):
        return True
    if awaited is not None and record.has_capture(awaited):
        # the awaited capture is listed: only its own result ends the watch
        return any(_ends_capture_watch(evidence, awaited) for evidence in record.captures)
    return any(_ends_capture_watch(evidence, awaited) for evidence in record.evidence)


def _redirects_buyer(evidence: PaymentEvidence | CaptureEvidence) -> bool:
    """Returns whether the payment becomes ACTION_REQUIRED by it; otherwise the watch must not end."""
    if not isinstance(evidence, PaymentEvidence) or evidence.verdict is not Verdict.IN_PROCESS:
        return False
    return evidence.nextAction is not None and not evidence.buyerIsDone


def _ends_capture_watch(evidence: PaymentEvidence | CaptureEvidence, awaited: str | None) -> bool:
    if isinstance(evidence, PaymentEvidence):
        return evidence.verdict in {Verdict.FAILED, Verdict.CANCELLED}
    return evidence.verdict in _DECIDED and awaited in (None, evidence.captureRequestId)


def pause_after(try_number: int, call: WatchCall) -> float:
    """Returns the seconds until the next try: `first`, times `growth` for each try, up to `longest`."""
    growth: float = call.growth ** min(try_number, 64)
    return min(call.first * growth, call.longest)
