"""External captures of a MANUAL payment: made in the dashboard, or before a restore from a backup."""

from datetime import timedelta
from typing import Any

import pytest

from holdfast import Amount
from holdfast.order import CaptureRequest
from holdfast.payment import CaptureStatus
from holdfast.progress import AuthorizationEnd
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.commands import request_capture
from settlement.evidence import Verdict
from settlement.external_capture import record_matches
from settlement.gateway_record import GatewayRecord
from settlement.settle import settle
from tests.support.settlement.evidence import (
    NOW,
    PART,
    WHOLE,
    capture,
    capture_evidence,
    payment_at,
    payment_evidence,
    settled,
)

EXTERNAL = {"captureRequestId": "by-hand"}
REASON = "a capture that this payment did not request: by-hand"


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.CANCELLING])
def test_external_capture_in_inquiry_is_counted_and_sets_review(status: S) -> None:
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **EXTERNAL)
    after, ask = settled(payment_at(status), listed)
    assert (after.status, after.capturedAmount, ask) == (S.CAPTURED, WHOLE, False)
    assert after.review is not None
    assert after.review.reason == REASON
    assert settled(after, listed, at=NOW + timedelta(hours=1)).payment == after


def test_external_partial_capture_leaves_the_remainder_to_capture() -> None:
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, PART, **EXTERNAL)
    after = settled(payment_at(S.AUTHORIZED), listed).payment
    assert (after.status, after.capturedAmount) == (S.PARTIALLY_CAPTURED, PART)
    requested = request_capture(after, CaptureRequest(), NOW, Source.MERCHANT)
    assert requested.open_capture is not None
    assert requested.open_capture.captureAmount.minor_units == WHOLE.minor_units - PART.minor_units


def test_failed_own_capture_after_external_capture_leaves_payment_captured() -> None:
    """A timer or the merchant requested a capture after an operator had captured in the dashboard."""
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **EXTERNAL)
    refused = capture_evidence(Verdict.FAILED, Source.CAPTURE_RESPONSE, WHOLE)
    after = settled(payment_at(S.CAPTURING), listed, refused).payment
    assert (after.status, after.capturedAmount) == (S.CAPTURED, WHOLE)
    assert [c.status for c in after.captures] == [CaptureStatus.FAIL, CaptureStatus.SUCCESS]


@pytest.mark.parametrize("source", [source for source in Source if source is not Source.INQUIRY])
def test_external_capture_from_other_source_only_needs_inquiry(source: Source) -> None:
    before = payment_at(S.AUTHORIZED)
    after, ask = settled(before, capture_evidence(Verdict.SUCCEEDED, source, WHOLE, **EXTERNAL))
    assert (after.status, after.captures, ask) == (S.AUTHORIZED, (), True)


NOT_COUNTED: list[dict[str, Any]] = [
    {"value": "30001"},
    {"value": "0"},
    {"value": "-1"},
    {"value": "٣"},
    {"value": None},
    {"currency": "USD"},
    {"currency": None},
    {"captureRequestId": None},
    {"captureRequestId": ""},
    {"paymentId": None},
    {"paymentId": "of-another-payment"},
]


@pytest.mark.parametrize("wrong", NOT_COUNTED, ids=str)
def test_external_capture_that_does_not_match_the_hold_is_not_counted(wrong: dict[str, Any]) -> None:
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **(EXTERNAL | wrong))
    after = settled(payment_at(S.AUTHORIZED), listed).payment
    assert (after.status, after.captures) == (S.NEEDS_REVIEW, ())


def test_external_capture_before_authorization_is_not_counted() -> None:
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **EXTERNAL)
    after = settled(payment_at(S.PENDING), listed).payment
    assert (after.status, after.captures) == (S.NEEDS_REVIEW, ())
    after_authorization = settled(
        payment_at(S.PENDING), payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY), listed
    ).payment
    assert after_authorization.status is S.CAPTURED


def test_next_capture_after_restore_does_not_repeat_an_id() -> None:
    """Of c1, which failed, and c2, the inquiry lists only c2."""
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, PART, captureRequestId="ORDER_1-c2")
    restored = settled(payment_at(S.AUTHORIZED), listed).payment
    requested = request_capture(restored, CaptureRequest(), NOW, Source.MERCHANT)
    assert requested.open_capture is not None
    assert requested.open_capture.captureRequestId == "ORDER_1-c3"


def test_external_capture_is_not_counted_for_an_earlier_workflow_version() -> None:
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **EXTERNAL)
    after = settle(payment_at(S.AUTHORIZED), listed, NOW).payment
    assert (after.status, after.captures) == (S.NEEDS_REVIEW, ())


def test_amount_with_leading_zeros_is_the_same_amount() -> None:
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, captureRequestId="by-hand", value="030000")
    after = settled(payment_at(S.AUTHORIZED), listed).payment
    assert after.captures[0].captureAmount == Amount(currency="EUR", value="30000")


def test_external_capture_with_amount_invalid_for_currency_is_not_counted() -> None:
    """An example is 100.50 rupiah; it raises no error either."""
    held = Amount(currency="IDR", value="30000")
    before = payment_at(S.AUTHORIZED).model_copy(update={"paymentAmount": held, "authorizedAmount": held})
    listed = capture_evidence(
        Verdict.SUCCEEDED, Source.INQUIRY, held, captureRequestId="by-hand", value="10050"
    )
    assert settled(before, listed).payment.captures == ()


def _record(**fields: Any) -> GatewayRecord:
    facts = {"verdict": Verdict.SUCCEEDED} | fields
    return GatewayRecord(payment=payment_evidence(facts.pop("verdict"), Source.INQUIRY, **facts))


@pytest.mark.parametrize("verdict", Verdict)
def test_record_matches_if_money_was_held(verdict: Verdict) -> None:
    was_held = verdict in (Verdict.SUCCEEDED, Verdict.CANCELLED)
    assert record_matches(payment_at(S.AUTHORIZED), _record(verdict=verdict)) is was_held


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "29999"},
        {"currency": "USD"},
        {"paymentId": None},
        {"paymentId": "9"},
        {"paymentRequestId": "ORDER_1-2"},
    ],
    ids=str,
)
def test_record_with_another_id_or_amount_does_not_match(wrong: dict[str, Any]) -> None:
    assert not record_matches(payment_at(S.AUTHORIZED), _record(**wrong))


def test_external_capture_before_external_void_is_not_cancelled() -> None:
    listed = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, PART, **EXTERNAL)
    after = settled(
        payment_at(S.AUTHORIZED), listed, payment_evidence(Verdict.CANCELLED, Source.INQUIRY)
    ).payment
    assert (after.status, after.capturedAmount) == (S.PARTIALLY_CAPTURED, PART)


def test_authorization_end_is_known_only_after_capture_failure() -> None:
    expired = capture_evidence(Verdict.FAILED, Source.CAPTURE_RESPONSE, PART, resultCode="AUTH_EXPIRED")
    first = capture(CaptureStatus.SUCCESS, PART, last=False)
    second = capture(CaptureStatus.PROCESSING, PART, 2, last=False)
    before = payment_at(S.CAPTURING, captures=(first, second), capturedAmount=PART)
    second_fails = expired.model_copy(update={"captureRequestId": "ORDER_1-c2"})
    assert settled(before, second_fails).payment.progress.authorizationEnd is AuthorizationEnd.EXPIRED
    reversed_before = payment_at(
        S.CAPTURING, captures=(capture(CaptureStatus.FAIL, PART, last=False), second)
    )
    second_succeeds = second_fails.model_copy(update={"verdict": Verdict.SUCCEEDED})
    assert settled(reversed_before, second_succeeds).payment.progress.authorizationEnd is None
