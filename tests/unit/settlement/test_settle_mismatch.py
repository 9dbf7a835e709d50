"""Evidence that does not fit is recorded, reviewed and asked about; nothing of it is ever applied."""

from datetime import timedelta
from typing import Any

import pytest

from holdfast.antom.models import CaptureMode
from holdfast.attempt_status import AttemptStatus as A
from holdfast.payment import Payment
from holdfast.payment_event import Event
from holdfast.result_info import ResultInfo
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
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
    payment_at,
    request_id,
    says,
    says_of_capture,
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
    "nextAction": PAGE.model_copy(update={"normalUrl": "https://elsewhere.example"}),
    "paymentResultInfo": ResultInfo(cardBrand="OF_ANOTHER"),
}


def without_trail(payment: Payment) -> dict[str, Any]:
    """Everything but what a mismatch may change."""
    return payment.model_dump(exclude={"events", "progress", "review", "status", "nextAction"})


@each_case("why", WRONG)
@each_case("verdict", Verdict)
@each_case("status", S)
@each_case("source", [source for source in Source if source is not Source.INQUIRY])
def test_it_is_recorded_reviewed_and_asked_about(
    source: Source, status: S, verdict: Verdict, why: str
) -> None:
    before = payment_at(status, review=None)
    evidence = says(verdict, source, **(FACTS | WRONG[why]))
    after, ask = settled(before, evidence)
    assert ask
    assert after.status is status
    assert after.review is not None
    assert (after.review.reason, after.review.since) == (why, NOW)
    assert [(e.source, e.event, e.detail) for e in after.events[len(before.events) :]] == [
        (source, None, why)
    ]
    assert without_trail(after) == without_trail(before)
    assert after.nextAction == before.nextAction
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


@each_case("why", WRONG)
@each_case("verdict", Verdict)
@each_case("status", S)
def test_an_inquiry_that_does_not_fit_leaves_nobody_to_ask(status: S, verdict: Verdict, why: str) -> None:
    before = payment_at(status, review=None)
    evidence = says(verdict, Source.INQUIRY, **(FACTS | WRONG[why]))
    after, ask = settled(before, evidence)
    assert not ask
    ended = {S.FAILED, S.CANCELLED, S.EXPIRED, S.CAPTURED}
    assert after.status is (status if status in ended else S.NEEDS_REVIEW)
    assert after.review is not None
    assert after.review.reason == why
    assert without_trail(after) == without_trail(before)
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


def test_where_an_inquiry_leaves_nobody_to_ask_the_buyer_is_not_sent_on() -> None:
    before = payment_at(S.ACTION_REQUIRED)
    after = settled(before, says(Verdict.IN_PROCESS, Source.INQUIRY, value="1")).payment
    assert before.nextAction is not None
    assert (after.status, after.nextAction) == (S.NEEDS_REVIEW, None)


@pytest.mark.parametrize("value", ["0", "", "-30000", "30000.0", "3e4", "３００００", "30000 ", " 30000"])
def test_an_amount_that_is_not_the_same_digits_is_another_amount(value: str) -> None:
    after = settled(payment_at(S.PENDING), says(Verdict.SUCCEEDED, value=value)).payment
    assert after.status is S.PENDING
    assert after.authorizedAmount is None


@pytest.mark.parametrize("fields", [{}, {"value": "00030000"}, {"currency": None, "value": None}])
@pytest.mark.parametrize("payment_id", ["gateway-1", None, ""])
def test_what_the_gateway_leaves_out_is_no_mismatch(fields: dict[str, Any], payment_id: str | None) -> None:
    after = settled(payment_at(S.PENDING), says(Verdict.SUCCEEDED, paymentId=payment_id, **fields)).payment
    assert (after.status, after.review) == (S.AUTHORIZED, None)
    assert after.authorizedAmount == WHOLE
    assert after.attempt.paymentId == "gateway-1"


def test_without_a_request_id_nobody_knows_whose_evidence_it_is() -> None:
    after, ask = settled(payment_at(S.PENDING), says(Verdict.SUCCEEDED, paymentRequestId=None))
    assert (after.status, ask) == (S.PENDING, True)


def test_the_payment_id_of_another_attempt_is_not_this_ones() -> None:
    attempts = (attempt(A.DECLINED), attempt(A.PENDING, 2, paymentId=None))
    before = payment_at(S.PENDING, attempts=attempts)
    stolen = says(Verdict.SUCCEEDED, paymentRequestId=request_id(2), paymentId="gateway-1")
    after, ask = settled(before, stolen)
    assert (after.status, after.attempts, ask) == (S.PENDING, attempts, True)


def test_the_first_payment_id_that_is_told_stays() -> None:
    attempts = (attempt(A.AUTHORIZING, paymentId=None),)
    told = settled(payment_at(S.AUTHORIZING, attempts=attempts), says(Verdict.IN_PROCESS)).payment
    assert told.attempt.paymentId == "gateway-1"
    after, ask = settled(told, says(Verdict.SUCCEEDED, paymentId=ANOTHER_PAYMENT_ID))
    assert (after.attempt.paymentId, after.status, ask) == ("gateway-1", S.PENDING, True)


def test_the_first_reason_for_a_review_stays_and_the_second_is_in_the_trail() -> None:
    first, second = says(Verdict.SUCCEEDED, value="1"), says(Verdict.SUCCEEDED, currency="USD")
    after = settled(payment_at(S.PENDING), first, second).payment
    assert after.review is not None
    assert after.review.reason == "evidence carries another amount"
    assert [e.detail for e in after.events if e.event is None] == [
        "evidence carries another amount",
        "evidence carries another currency",
    ]


def test_the_same_word_of_two_is_two_lines() -> None:
    told = [
        says(Verdict.SUCCEEDED, source, value="1") for source in (Source.NOTIFICATION, Source.PAY_RESPONSE)
    ]
    after = settled(payment_at(S.PENDING), *told, *told).payment
    assert [e.source for e in after.events if e.event is None] == [Source.NOTIFICATION, Source.PAY_RESPONSE]


def test_what_was_said_of_one_attempt_is_written_down_again_for_the_next() -> None:
    stranger, later = says(Verdict.SUCCEEDED, paymentRequestId="ORDER_2-1"), NOW + timedelta(minutes=1)
    first = settled(payment_at(S.DECLINED), stranger, stranger).payment
    second = settled(start_attempt(first, later), stranger, stranger, at=later).payment
    assert [e.at for e in second.events if e.event is None] == [NOW, later]


@pytest.mark.parametrize(
    ("verdict", "status"), [(Verdict.FAILED, S.AUTHORIZED), (Verdict.SUCCEEDED, S.FAILED)]
)
def test_a_contradiction_does_not_replace_what_is_known_of_the_card(verdict: Verdict, status: S) -> None:
    known = ResultInfo(cardBrand="VISA", avsResultRaw="A")
    decided = payment_at(status).attempt.model_copy(update={"paymentResultInfo": known})
    before = payment_at(status, attempts=(decided,))
    after = settled(before, says(verdict, paymentResultInfo=ResultInfo(refusalCodeRaw="05"))).payment
    assert after.attempt.paymentResultInfo == known
    fuller = ResultInfo(cardBrand="VISA", avsResultRaw="A", networkTransactionId="1")
    agrees = Verdict.SUCCEEDED if verdict is Verdict.FAILED else Verdict.FAILED
    assert settled(before, says(agrees, paymentResultInfo=fuller)).payment.attempt.paymentResultInfo == fuller


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


@each_case("why", CAPTURE_WRONG)
@each_case("verdict", Verdict)
@each_case("status", [S.CAPTURING, S.PARTIALLY_CAPTURED, S.CAPTURED])
@each_case("source", Source)
def test_the_same_holds_for_captures(source: Source, status: S, verdict: Verdict, why: str) -> None:
    before = payment_at(status)
    amount = before.captures[0].captureAmount
    evidence = says_of_capture(verdict, source, amount, **CAPTURE_WRONG[why])
    after, ask = settled(before, evidence)
    assert ask is (source is not Source.INQUIRY)
    moves = source is Source.INQUIRY and target(status, Event.TRUTH_UNKNOWN) is not None
    assert after.status is (S.NEEDS_REVIEW if moves else status)
    assert after.review is not None
    assert after.review.reason == f"{why}: {evidence.captureRequestId}"
    assert after.events[len(before.events)].detail == after.review.reason
    assert without_trail(after) == without_trail(before)
    assert settled(after, evidence, at=NOW + timedelta(hours=1)).payment == after


@pytest.mark.parametrize("mode", CaptureMode)
def test_an_inquiry_that_repeats_a_wrong_capture_does_not_drive_the_payment_to_and_fro(
    mode: CaptureMode,
) -> None:
    """Each inquiry says first that the payment succeeded and then what is wrong with its capture."""
    paid = says(Verdict.SUCCEEDED, Source.INQUIRY)
    wrong = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, value="30001", captureRequestId="gateways-own")
    first = settled(payment_at(S.AUTHORIZED, mode), paid, wrong).payment
    assert first.status is S.NEEDS_REVIEW
    second = settled(first, paid, wrong).payment
    assert settled(second, paid, wrong, paid, wrong).payment == second


def test_each_foreign_capture_leaves_a_trace_of_its_own() -> None:
    first = says_of_capture(Verdict.FAILED, captureRequestId="foreign-1")
    second = says_of_capture(Verdict.SUCCEEDED, captureRequestId="foreign-1")
    third = says_of_capture(Verdict.SUCCEEDED, captureRequestId="foreign-2")
    before = payment_at(S.AUTHORIZED)
    trail = [(e.code, e.detail) for e in settled(before, first, second, third).payment.events[1:]]
    never = "a capture that this payment did not request"
    assert trail == [
        ("USER_STATUS_ABNORMAL", f"{never}: foreign-1"),
        ("SUCCESS", f"{never}: foreign-1"),
        ("SUCCESS", f"{never}: foreign-2"),
    ]
