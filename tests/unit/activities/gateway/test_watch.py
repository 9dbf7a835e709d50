"""The answers that end a watch. Scenarios test the rest of it."""

from datetime import UTC, datetime

import pytest

from activities.calls import InquireCall, WatchCall, WatchFor
from activities.gateway.watch import is_decided
from holdfast.next_action import NextAction
from holdfast.source import Source
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import GatewayRecord

OWN_CAPTURE = "ORDER_1-c2"
AT = datetime(2026, 11, 23, tzinfo=UTC)


def _watch(watch_for: WatchFor) -> WatchCall:
    inquiry = InquireCall(merchantAccount="default", paymentRequestId="ORDER_1-1", expiresAt=AT)
    return WatchCall(
        inquiry=inquiry, watchFor=watch_for, captureRequestId=OWN_CAPTURE, first=60, growth=2, longest=600
    )


def _ends(verdict: Verdict, *captures: str) -> bool:
    """Returns whether this answer ends the watch for a capture under review."""
    call = _watch(WatchFor.CAPTURE_DECIDED_OR_ABSENT)
    listed = tuple(
        CaptureEvidence(source=Source.INQUIRY, verdict=Verdict.IN_PROCESS, captureRequestId=capture)
        for capture in captures
    )
    claim = PaymentEvidence(source=Source.INQUIRY, verdict=verdict)
    return is_decided(GatewayRecord(payment=claim, captures=listed), call)


@pytest.mark.parametrize("verdict", [Verdict.UNCLEAR, Verdict.ABSENT])
def test_failed_inquiry_does_not_end_watch_for_absent_capture(verdict: Verdict) -> None:
    assert not _ends(verdict)


def test_record_without_the_capture_ends_watch_for_it() -> None:
    assert _ends(Verdict.SUCCEEDED, "ORDER_1-c1")
    assert not _ends(Verdict.SUCCEEDED, "ORDER_1-c1", OWN_CAPTURE)


def test_cancellation_does_not_end_watch_for_a_listed_capture() -> None:
    assert _ends(Verdict.CANCELLED)
    assert not _ends(Verdict.CANCELLED, OWN_CAPTURE), "its own result is awaited"


@pytest.mark.parametrize(
    ("status", "ends"),
    [(None, False), ("PROCESSING", False), ("SOMETHING_NEW", False), ("ACCEPT", True), ("REJECT", True)],
)
@pytest.mark.parametrize("verdict", [Verdict.SUCCEEDED, Verdict.CANCELLED])
def test_decision_of_the_risk_review_ends_watch_for_it(
    verdict: Verdict, status: str | None, ends: bool
) -> None:
    claim = PaymentEvidence(source=Source.INQUIRY, verdict=verdict, authReviewStatus=status)
    assert is_decided(GatewayRecord(payment=claim), _watch(WatchFor.RISK_REVIEW_DECIDED)) is ends


@pytest.mark.parametrize(
    ("verdict", "is_done", "ends"),
    [(Verdict.IN_PROCESS, False, True), (Verdict.IN_PROCESS, True, False), (Verdict.UNCLEAR, False, False)],
)
def test_page_ends_watch_if_the_buyer_has_not_finished(verdict: Verdict, is_done: bool, ends: bool) -> None:
    page = NextAction(normalUrl="https://gateway.example/pay", expiresAt=AT)
    claim = PaymentEvidence(source=Source.INQUIRY, verdict=verdict, nextAction=page, buyerIsDone=is_done)
    found = GatewayRecord(payment=claim)
    assert is_decided(found, _watch(WatchFor.PAYMENT_DECIDED_OR_ACTION)) is ends
    assert not is_decided(found, _watch(WatchFor.PAYMENT_DECIDED))
