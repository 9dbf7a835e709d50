"""Mismatched evidence is recorded, sets a review and needs an inquiry; nothing of it is applied."""

from datetime import timedelta
from typing import Any

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.result_info import ResultInfo
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus as A
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.commands import start_attempt
from settlement.evidence import Verdict
from settlement.transitions import target
from tests.support.each_case import each_case
from tests.support.settlement.evidence import (
    ANOTHER_PAYMENT_ID,
    NOW,
    PAGE,
    WHOLE,
    attempt,
    capture_evidence,
    payment_at,
    payment_evidence,
    request_id,
    settled,
)

WRONG: dict[str, dict[str, Any]] = {
    "evidence carries another amount": {"value": "29999"},
    "evidence carries another currency": {"currency": "USD"},
    "evidence carries another paymentId": {"paymentId": ANOTHER_PAYMENT_ID},
    "evidence for a request id that this payment has not used": {"paymentRequestId": "ORDER_2-1"},
}
FACTS = {
    "cardToken": "token-of-another",
    "nextAction": PAGE.model_copy(update={"normalUrl": "https://other.example"}),
    "paymentResultInfo": ResultInfo(cardBrand="OF_ANOTHER"),
}


def unchanged_fields(payment: Payment) -> dict[str, Any]:
    """Returns the fields that a mismatch must not change."""
    return payment.model_dump(exclude={"events", "progress", "review", "status", "nextAction"})


@each_case("reason", WRONG)
@each_case("verdict", Verdict)
@each_case("status", S)
@each_case("source", [source for source in Source if source is not Source.INQUIRY])
def test_mismatch_is_recorded_sets_review_and_needs_inquiry(
    source: Source, status: S, verdict: Verdict, reason: str
) -> None:
    before = payment_at(status, review=None)
    evidence = payment_evidence(verdict, source, **(FACTS | WRONG[reason]))
    after, ask = settled(before, evidence)
    assert ask
    assert after.status is status
    assert after.review is not None
    assert (after.review.reason, after.review.since) == (reason, NOW)
    assert [(e.source, e.event, e.detail) for e in after.events[len(before.events) :]] == [
        (source, None, reason)
    ]
    assert unchanged_fields(after) == unchanged_fields(before)
    assert after.nextAction == before.nextAction
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


@each_case("reason", WRONG)
@each_case("verdict", Verdict)
@each_case("status", S)
def test_mismatched_inquiry_needs_review_and_no_further_inquiry(
    status: S, verdict: Verdict, reason: str
) -> None:
    before = payment_at(status, review=None)
    evidence = payment_evidence(verdict, Source.INQUIRY, **(FACTS | WRONG[reason]))
    after, ask = settled(before, evidence)
    assert not ask
    ended = {S.FAILED, S.CANCELLED, S.EXPIRED, S.CAPTURED}
    assert after.status is (status if status in ended else S.NEEDS_REVIEW)
    assert after.review is not None
    assert after.review.reason == reason
    assert unchanged_fields(after) == unchanged_fields(before)
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


def test_mismatched_inquiry_removes_the_next_action() -> None:
    before = payment_at(S.ACTION_REQUIRED)
    after = settled(before, payment_evidence(Verdict.IN_PROCESS, Source.INQUIRY, value="1")).payment
    assert before.nextAction is not None
    assert (after.status, after.nextAction) == (S.NEEDS_REVIEW, None)


@pytest.mark.parametrize("value", ["0", "", "-30000", "30000.0", "3e4", "３００００", "30000 ", " 30000"])
def test_amount_with_other_characters_is_a_mismatch(value: str) -> None:
    after = settled(payment_at(S.PENDING), payment_evidence(Verdict.SUCCEEDED, value=value)).payment
    assert after.status is S.PENDING
    assert after.authorizedAmount is None


@pytest.mark.parametrize("fields", [{}, {"value": "00030000"}, {"currency": None, "value": None}])
@pytest.mark.parametrize("payment_id", ["gateway-1", None, ""])
def test_field_that_the_gateway_omits_is_no_mismatch(fields: dict[str, Any], payment_id: str | None) -> None:
    after = settled(
        payment_at(S.PENDING), payment_evidence(Verdict.SUCCEEDED, paymentId=payment_id, **fields)
    ).payment
    assert (after.status, after.review) == (S.AUTHORIZED, None)
    assert after.authorizedAmount == WHOLE
    assert after.attempt.paymentId == "gateway-1"


def test_evidence_without_request_id_is_a_mismatch() -> None:
    after, ask = settled(payment_at(S.PENDING), payment_evidence(Verdict.SUCCEEDED, paymentRequestId=None))
    assert (after.status, ask) == (S.PENDING, True)


def test_payment_id_of_another_attempt_is_a_mismatch() -> None:
    attempts = (attempt(A.DECLINED), attempt(A.PENDING, 2, paymentId=None))
    before = payment_at(S.PENDING, attempts=attempts)
    mismatched = payment_evidence(Verdict.SUCCEEDED, paymentRequestId=request_id(2), paymentId="gateway-1")
    after, ask = settled(before, mismatched)
    assert (after.status, after.attempts, ask) == (S.PENDING, attempts, True)


def test_first_payment_id_is_kept() -> None:
    attempts = (attempt(A.AUTHORIZING, paymentId=None),)
    first = settled(
        payment_at(S.AUTHORIZING, attempts=attempts), payment_evidence(Verdict.IN_PROCESS)
    ).payment
    assert first.attempt.paymentId == "gateway-1"
    after, ask = settled(first, payment_evidence(Verdict.SUCCEEDED, paymentId=ANOTHER_PAYMENT_ID))
    assert (after.attempt.paymentId, after.status, ask) == ("gateway-1", S.PENDING, True)


def test_second_review_reason_is_recorded_in_the_trail_only() -> None:
    first, second = (
        payment_evidence(Verdict.SUCCEEDED, value="1"),
        payment_evidence(Verdict.SUCCEEDED, currency="USD"),
    )
    after = settled(payment_at(S.PENDING), first, second).payment
    assert after.review is not None
    assert after.review.reason == "evidence carries another amount"
    assert [e.detail for e in after.events if e.event is None] == [
        "evidence carries another amount",
        "evidence carries another currency",
    ]


def test_same_mismatch_from_two_sources_is_recorded_twice() -> None:
    claims = [
        payment_evidence(Verdict.SUCCEEDED, source, value="1")
        for source in (Source.NOTIFICATION, Source.PAY_RESPONSE)
    ]
    after = settled(payment_at(S.PENDING), *claims, *claims).payment
    assert [e.source for e in after.events if e.event is None] == [Source.NOTIFICATION, Source.PAY_RESPONSE]


def test_same_mismatch_is_recorded_once_per_attempt() -> None:
    unknown, later = (
        payment_evidence(Verdict.SUCCEEDED, paymentRequestId="ORDER_2-1"),
        NOW + timedelta(minutes=1),
    )
    first = settled(payment_at(S.DECLINED), unknown, unknown).payment
    second = settled(start_attempt(first, later), unknown, unknown, at=later).payment
    assert [e.at for e in second.events if e.event is None] == [NOW, later]


@pytest.mark.parametrize(
    ("verdict", "status"), [(Verdict.FAILED, S.AUTHORIZED), (Verdict.SUCCEEDED, S.FAILED)]
)
def test_contradiction_does_not_replace_payment_result_info(verdict: Verdict, status: S) -> None:
    known = ResultInfo(cardBrand="VISA", avsResultRaw="A")
    decided = payment_at(status).attempt.model_copy(update={"paymentResultInfo": known})
    before = payment_at(status, attempts=(decided,))
    after = settled(
        before, payment_evidence(verdict, paymentResultInfo=ResultInfo(refusalCodeRaw="05"))
    ).payment
    assert after.attempt.paymentResultInfo == known
    fuller = ResultInfo(cardBrand="VISA", avsResultRaw="A", networkTransactionId="1")
    agrees = Verdict.SUCCEEDED if verdict is Verdict.FAILED else Verdict.FAILED
    assert (
        settled(before, payment_evidence(agrees, paymentResultInfo=fuller)).payment.attempt.paymentResultInfo
        == fuller
    )


CAPTURE_WRONG: dict[str, dict[str, Any]] = {
    "evidence carries another amount": {"value": "29999"},
    "evidence carries another currency": {"currency": "USD"},
    "a capture of another paymentId": {"paymentId": ANOTHER_PAYMENT_ID},
    "a capture that this payment did not request": {
        "captureRequestId": "made-in-the-dashboard",
        "currency": None,
        "value": None,
    },
}


@each_case("reason", CAPTURE_WRONG)
@each_case("verdict", Verdict)
@each_case("status", [S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED])
@each_case("source", Source)
def test_mismatched_capture_is_recorded_sets_review_and_needs_inquiry(
    source: Source, status: S, verdict: Verdict, reason: str
) -> None:
    before = payment_at(status)
    amount = before.captures[0].captureAmount
    evidence = capture_evidence(verdict, source, amount, **CAPTURE_WRONG[reason])
    after, ask = settled(before, evidence)
    assert ask is (source is not Source.INQUIRY)
    moves = source is Source.INQUIRY and target(status, Event.OUTCOME_UNKNOWN) is not None
    assert after.status is (S.NEEDS_REVIEW if moves else status)
    assert after.review is not None
    assert after.review.reason == f"{reason}: {evidence.captureRequestId}"
    assert after.events[len(before.events)].detail == after.review.reason
    assert unchanged_fields(after) == unchanged_fields(before)
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


@pytest.mark.parametrize("mode", CaptureMode)
def test_repeated_inquiry_with_wrong_capture_reaches_a_stable_state(
    mode: CaptureMode,
) -> None:
    """Each inquiry reports first that the payment succeeded and then a capture that does not match."""
    success = payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY)
    wrong = capture_evidence(
        Verdict.SUCCEEDED, Source.INQUIRY, value="30001", captureRequestId="gateways-own"
    )
    first = settled(payment_at(S.AUTHORIZED, mode), success, wrong).payment
    assert first.status is S.NEEDS_REVIEW
    second = settled(first, success, wrong).payment
    assert settled(second, success, wrong, success, wrong).payment == second


def test_each_external_capture_is_recorded() -> None:
    first = capture_evidence(Verdict.FAILED, captureRequestId="foreign-1")
    second = capture_evidence(Verdict.SUCCEEDED, captureRequestId="foreign-1")
    third = capture_evidence(Verdict.SUCCEEDED, captureRequestId="foreign-2")
    before = payment_at(S.AUTHORIZED)
    trail = [(e.code, e.detail) for e in settled(before, first, second, third).payment.events[1:]]
    reason = "a capture that this payment did not request"
    assert trail == [
        ("USER_STATUS_ABNORMAL", f"{reason}: foreign-1"),
        ("SUCCESS", f"{reason}: foreign-1"),
        ("SUCCESS", f"{reason}: foreign-2"),
    ]


def test_mismatched_capture_is_reviewed_after_a_mismatch_of_the_payment_itself() -> None:
    """The two are different observations, although neither names a capture."""
    automatic = payment_at(S.AUTHORIZED, CaptureMode.AUTOMATIC)
    first = settled(automatic, payment_evidence(Verdict.SUCCEEDED, Source.INQUIRY, value="29999")).payment
    resolved = first.model_copy(update={"status": S.AUTHORIZED, "review": None})
    capture = capture_evidence(Verdict.SUCCEEDED, Source.INQUIRY, captureRequestId=None, value="29999")
    after = settled(resolved, capture).payment
    assert (after.status, after.review is None) == (S.NEEDS_REVIEW, False)
