"""The gateway's risk review of an authorization: its status, and what follows from its decision."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.models import CaptureMode
from holdfast.errors import UnderRiskReview
from holdfast.order import CaptureRequest
from holdfast.payment import CaptureStatus, Payment, Review
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.auth_review_status import AuthReviewStatus, latest
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.audit.text import RISK_REJECTED_AFTER_CAPTURE, RISK_REVIEW_AFTER_CAPTURE
from settlement.commands import refuse_capture, start_attempt
from settlement.evidence import CaptureEvidence, PaymentEvidence, Verdict
from settlement.gateway_record import GatewayRecord
from settlement.inquiry import settle_inquiry
from settlement.risk_review import withdrawn
from settlement.settle import settle
from tests.support.settlement.evidence import (
    LIMIT,
    NOW,
    PART,
    WHOLE,
    attempt,
    capture,
    capture_evidence,
    payment_at,
    payment_evidence,
    settled,
)

Claim = PaymentEvidence | CaptureEvidence
PROCESSING, ACCEPT, REJECT = AuthReviewStatus.PROCESSING, AuthReviewStatus.ACCEPT, AuthReviewStatus.REJECT
AUTOMATIC_ID = "gateways-1"
WORDS = st.sampled_from([None, *AuthReviewStatus, "SOMETHING_NEW", "APPROVED"])


def reviewed(status: str, source: Source = Source.NOTIFICATION, **fields: Any) -> PaymentEvidence:
    """Returns a RISK_POST_REVIEW, which decides nothing but the review."""
    return payment_evidence(Verdict.UNCLEAR, source, authReviewStatus=status, **fields)


def under_review(status: S, mode: CaptureMode = CaptureMode.MANUAL, **fields: Any) -> Payment:
    return payment_at(status, mode, authReviewStatus=PROCESSING, **fields)


def captured_by_gateway(source: Source = Source.NOTIFICATION) -> CaptureEvidence:
    return capture_evidence(Verdict.SUCCEEDED, source, captureRequestId=AUTOMATIC_ID)


@given(first=WORDS, second=WORDS, third=WORDS)
def test_latest_status_does_not_depend_on_the_order_of_arrival(
    first: str | None, second: str | None, third: str | None
) -> None:
    results = {latest(latest(a, b), c) for a, b, c in permutations([first, second, third])}
    assert len(results) == 1
    assert latest(first, first) == (first or None)


@pytest.mark.parametrize(
    ("known", "reported", "becomes"),
    [
        (None, PROCESSING, PROCESSING),
        (PROCESSING, None, PROCESSING),
        (PROCESSING, ACCEPT, ACCEPT),
        (PROCESSING, REJECT, REJECT),
        (ACCEPT, PROCESSING, ACCEPT),
        (REJECT, PROCESSING, REJECT),
        (ACCEPT, REJECT, REJECT),
        (REJECT, ACCEPT, REJECT),
        (ACCEPT, "SOMETHING_NEW", ACCEPT),
    ],
)
def test_decision_is_kept_and_rejection_wins(known: str | None, reported: str | None, becomes: str) -> None:
    assert latest(known, reported) == becomes


@pytest.mark.parametrize("status", [PROCESSING, "SOMETHING_NEW"])
def test_capture_is_refused_while_the_review_is_not_decided(status: str) -> None:
    payment = settled(payment_at(S.AUTHORIZED), reviewed(status)).payment
    assert payment.status is S.AUTHORIZED
    assert payment.authReviewStatus == status
    with pytest.raises(UnderRiskReview):
        refuse_capture(payment, CaptureRequest())


def test_capture_is_possible_once_the_review_accepts() -> None:
    payment = settled(payment_at(S.AUTHORIZED), reviewed(PROCESSING), reviewed(ACCEPT)).payment
    refuse_capture(payment, CaptureRequest())
    assert payment.review is None


def test_capture_of_a_rejected_authorization_that_could_not_be_released_is_refused() -> None:
    with pytest.raises(UnderRiskReview, match="rejected"):
        refuse_capture(payment_at(S.AUTHORIZED, authReviewStatus=REJECT), CaptureRequest())


def test_rejected_authorization_is_released() -> None:
    payment = settled(payment_at(S.AUTHORIZED), reviewed(REJECT)).payment
    assert (payment.status, payment.review) == (S.CANCELLING, None)


def test_rejection_of_a_payment_that_is_not_authorized_yet_releases_it_once_it_is() -> None:
    waiting = settled(payment_at(S.ACTION_REQUIRED), reviewed(REJECT)).payment
    assert (waiting.status, waiting.authReviewStatus) == (S.ACTION_REQUIRED, REJECT)
    assert settled(waiting, payment_evidence(Verdict.SUCCEEDED)).payment.status is S.CANCELLING


def test_automatic_capture_under_review_is_held_until_the_review_accepts() -> None:
    held = settled(under_review(S.AUTHORIZED, CaptureMode.AUTOMATIC), captured_by_gateway()).payment
    assert (held.status, held.capturedAmount) == (S.CAPTURING, WHOLE)
    assert settled(held, captured_by_gateway(Source.INQUIRY)).payment == held
    assert settled(held, reviewed(ACCEPT)).payment.status is S.CAPTURED


def test_part_captured_under_review_is_held_until_the_review_accepts() -> None:
    open_part = (capture(CaptureStatus.PROCESSING, PART, last=False),)
    part = capture_evidence(Verdict.SUCCEEDED, amount=PART)
    held = settled(under_review(S.CAPTURING, captures=open_part), part).payment
    assert (held.status, held.capturedAmount) == (S.CAPTURING, PART)
    assert settled(held, reviewed(ACCEPT)).payment.status is S.PARTIALLY_CAPTURED


@pytest.mark.parametrize("source", [Source.NOTIFICATION, Source.INQUIRY])
def test_rejected_capture_is_decided_by_a_person_alone(source: Source) -> None:
    held = settled(under_review(S.AUTHORIZED, CaptureMode.AUTOMATIC), captured_by_gateway()).payment
    rejected = settled(held, reviewed(REJECT, source)).payment
    assert rejected.status is S.NEEDS_REVIEW
    assert rejected.review is not None
    assert rejected.review.reason == RISK_REJECTED_AFTER_CAPTURE
    success = payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, authReviewStatus=REJECT)
    inquired = settled(rejected, success, captured_by_gateway(Source.INQUIRY)).payment
    assert inquired.status is S.NEEDS_REVIEW
    resolved = settled(inquired, payment_evidence(Verdict.SUCCEEDED, Source.OPERATOR)).payment
    assert (resolved.status, resolved.capturedAmount) == (S.CAPTURED, WHOLE)


def test_acknowledged_rejection_is_not_flagged_again_by_the_same_evidence() -> None:
    held = settled(under_review(S.AUTHORIZED, CaptureMode.AUTOMATIC), captured_by_gateway()).payment
    acknowledged = settled(held, reviewed(REJECT)).payment.model_copy(update={"review": None})
    assert settled(acknowledged, reviewed(REJECT)).payment.review is None


def test_rejection_of_a_captured_payment_is_flagged() -> None:
    payment = settled(payment_at(S.CAPTURED), reviewed(REJECT)).payment
    assert payment.status is S.CAPTURED
    assert payment.review == Review(reason=RISK_REJECTED_AFTER_CAPTURE, since=NOW)


def test_rejection_of_a_partly_captured_payment_is_decided_by_a_person() -> None:
    payment = settled(payment_at(S.PARTIALLY_CAPTURED), reviewed(REJECT)).payment
    assert (payment.status, payment.capturedAmount) == (S.NEEDS_REVIEW, PART)
    assert payment.review is not None


def test_resolved_rejection_of_a_part_keeps_the_payment_open_until_the_remainder_is_released() -> None:
    rejected = settled(payment_at(S.PARTIALLY_CAPTURED), reviewed(REJECT)).payment
    resolved = settled(rejected, payment_evidence(Verdict.SUCCEEDED, Source.OPERATOR)).payment
    assert (resolved.status, resolved.capturedAmount) == (S.PARTIALLY_CAPTURED, PART)
    success = payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, authReviewStatus=REJECT)
    assert settled(resolved, success, reviewed(REJECT)).payment.status is S.PARTIALLY_CAPTURED
    with pytest.raises(UnderRiskReview):
        refuse_capture(resolved, CaptureRequest())


def test_review_that_is_learned_after_the_capture_is_for_a_person() -> None:
    late = settled(payment_at(S.CAPTURED), reviewed(PROCESSING)).payment
    assert late.status is S.CAPTURED
    assert late.review == Review(reason=RISK_REVIEW_AFTER_CAPTURE, since=NOW)
    assert settled(payment_at(S.CAPTURED), reviewed(ACCEPT)).payment.review is None


def test_reversed_capture_under_review_is_reviewed() -> None:
    held = settled(under_review(S.AUTHORIZED, CaptureMode.AUTOMATIC), captured_by_gateway()).payment
    failed = capture_evidence(Verdict.FAILED, captureRequestId=AUTOMATIC_ID)
    after = settled(held, failed).payment
    assert (after.status, after.capturedAmount) == (S.NEEDS_REVIEW, None)


def test_rejection_during_an_open_capture_waits_for_its_result() -> None:
    rejected = settled(payment_at(S.CAPTURING), reviewed(REJECT)).payment
    assert rejected.status is S.CAPTURING
    assert settled(rejected, capture_evidence(Verdict.FAILED)).payment.status is S.CANCELLING
    assert settled(rejected, withdrawn("ORDER_1-c1")).payment.status is S.CANCELLING
    assert settled(rejected, capture_evidence(Verdict.SUCCEEDED)).payment.status is S.NEEDS_REVIEW


def test_two_decisions_that_contradict_each_other_are_flagged_in_both_orders() -> None:
    for first, second in ((ACCEPT, REJECT), (REJECT, ACCEPT)):
        after = settled(payment_at(S.AUTHORIZED), reviewed(first), reviewed(second))
        assert after.payment.authReviewStatus == REJECT
        assert after.payment.review is not None
        assert after.must_inquire


@pytest.mark.parametrize("wrong", [{"value": "1"}, {"currency": "USD"}, {"paymentId": "gateway-9"}])
def test_review_of_mismatched_evidence_is_not_applied(wrong: dict[str, Any]) -> None:
    payment = settled(payment_at(S.AUTHORIZED), reviewed(REJECT, **wrong)).payment
    assert (payment.status, payment.authReviewStatus) == (S.AUTHORIZED, None)
    assert payment.review is not None


def test_review_of_a_former_attempt_does_not_touch_the_current_one() -> None:
    payment = payment_at(S.AUTHORIZED, attempts=(attempt(A.DECLINED), attempt(A.AUTHORIZED, 2)))
    after = settled(payment, reviewed(REJECT)).payment
    assert (after.status, after.authReviewStatus) == (S.AUTHORIZED, None)


def test_next_attempt_has_no_risk_review() -> None:
    assert start_attempt(payment_at(S.DECLINED, authReviewStatus=REJECT), NOW).authReviewStatus is None


def _pieces(decision: AuthReviewStatus, mode: CaptureMode) -> list[Claim | GatewayRecord]:
    """Returns everything that the gateway reports about an authorization under review, with its decision."""
    success = payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, authReviewStatus=decision)
    is_automatic = mode is CaptureMode.AUTOMATIC
    listed = (captured_by_gateway(Source.INQUIRY),) if is_automatic else ()
    pieces: list[Claim | GatewayRecord] = [
        payment_evidence(Verdict.SUCCEEDED, authReviewStatus=PROCESSING),
        payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, authReviewStatus=PROCESSING),
        reviewed(decision),
        GatewayRecord(payment=success, captures=listed),
    ]
    return [*pieces, captured_by_gateway()] if is_automatic else pieces


def _arrived(pieces: list[Claim | GatewayRecord], mode: CaptureMode) -> Payment:
    """Returns the payment after all pieces, none of which reports money as captured before the decision."""
    payment = payment_at(S.AUTHORIZING, mode, attempts=(attempt(A.AUTHORIZING),))
    for piece in pieces:
        before = payment
        if isinstance(piece, GatewayRecord):
            payment = settle_inquiry(payment, piece, NOW, attempt_limit=LIMIT)
        else:
            payment = settle(payment, piece, NOW, attempt_limit=LIMIT).payment
        is_reported = payment.status is S.CAPTURED and before.status is not S.CAPTURED
        assert not (is_reported and payment.is_under_risk_review)
    return payment


@pytest.mark.parametrize("mode", CaptureMode)
@given(data=st.data())
def test_accepted_review_ends_alike_in_every_order_of_arrival(mode: CaptureMode, data: st.DataObject) -> None:
    payment = _arrived(data.draw(st.permutations(_pieces(ACCEPT, mode))), mode)
    becomes = S.CAPTURED if mode is CaptureMode.AUTOMATIC else S.AUTHORIZED
    assert (payment.status, payment.authReviewStatus, payment.review) == (becomes, ACCEPT, None)


@given(data=st.data())
def test_rejected_review_releases_in_every_order_of_arrival(data: st.DataObject) -> None:
    payment = _arrived(data.draw(st.permutations(_pieces(REJECT, CaptureMode.MANUAL))), CaptureMode.MANUAL)
    assert (payment.status, payment.authReviewStatus) == (S.CANCELLING, REJECT)


@given(data=st.data())
def test_rejected_capture_is_for_a_person_in_every_order_of_arrival(data: st.DataObject) -> None:
    mode = CaptureMode.AUTOMATIC
    payment = _arrived(data.draw(st.permutations(_pieces(REJECT, mode))), mode)
    assert (payment.status, payment.authReviewStatus) == (S.NEEDS_REVIEW, REJECT)
    assert payment.capturedAmount == WHOLE
    assert payment.review is not None


def test_rejected_authorization_whose_release_was_refused_is_not_released_again_by_an_inquiry() -> None:
    cancelling = settled(payment_at(S.AUTHORIZED), reviewed(REJECT)).payment
    refused = apply_event(cancelling, Event.CANCEL_REFUSED, NOW, Source.CANCEL)
    success = payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, authReviewStatus=REJECT)
    assert settled(refused, success, reviewed(REJECT)).payment.status is S.AUTHORIZED
