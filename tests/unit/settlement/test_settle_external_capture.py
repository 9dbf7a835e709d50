"""A capture that a MANUAL payment never asked for: made by hand, or before a restore from a backup."""

from datetime import timedelta
from typing import Any

import pytest

from holdfast import Amount
from holdfast.order import CaptureRequest
from holdfast.payment import CaptureStatus
from holdfast.progress import AuthorizationEnd
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
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
    payment_at,
    says,
    says_of_capture,
    settled,
)

BY_HAND = {"captureRequestId": "by-hand"}
FOREIGN = "a capture that this payment did not request: by-hand"


@pytest.mark.parametrize("status", [S.AUTHORIZED, S.CANCELLING])
def test_what_an_inquiry_shows_of_the_whole_is_captured_and_looked_at(status: S) -> None:
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **BY_HAND)
    after, ask = settled(payment_at(status), shown)
    assert (after.status, after.capturedAmount, ask) == (S.CAPTURED, WHOLE, False)
    assert after.review is not None
    assert after.review.reason == FOREIGN
    assert settled(after, shown, at=NOW + timedelta(hours=1)).payment == after


def test_a_part_leaves_the_rest_to_be_captured() -> None:
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, PART, **BY_HAND)
    after = settled(payment_at(S.AUTHORIZED), shown).payment
    assert (after.status, after.capturedAmount) == (S.PARTIALLY_CAPTURED, PART)
    asked = request_capture(after, CaptureRequest(), NOW, Source.MERCHANT)
    assert asked.open_capture is not None
    assert asked.open_capture.captureAmount.minor_units == WHOLE.minor_units - PART.minor_units


def test_a_capture_of_ours_that_fails_beside_it_leaves_the_payment_captured() -> None:
    """The clock, or the merchant, asked for what a person had taken already."""
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **BY_HAND)
    refused = says_of_capture(Verdict.FAILED, Source.CAPTURE_RESPONSE, WHOLE)
    after = settled(payment_at(S.CAPTURING), shown, refused).payment
    assert (after.status, after.capturedAmount) == (S.CAPTURED, WHOLE)
    assert [c.status for c in after.captures] == [CaptureStatus.FAIL, CaptureStatus.SUCCESS]


@pytest.mark.parametrize("source", [source for source in Source if source is not Source.INQUIRY])
def test_anybody_elses_word_is_a_reason_to_ask_and_no_more(source: Source) -> None:
    before = payment_at(S.AUTHORIZED)
    after, ask = settled(before, says_of_capture(Verdict.SUCCEEDED, source, WHOLE, **BY_HAND))
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
def test_what_is_not_of_the_money_held_here_is_not_counted(wrong: dict[str, Any]) -> None:
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **(BY_HAND | wrong))
    after = settled(payment_at(S.AUTHORIZED), shown).payment
    assert (after.status, after.captures) == (S.NEEDS_REVIEW, ())


def test_nothing_counts_before_it_is_known_that_money_is_held() -> None:
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **BY_HAND)
    after = settled(payment_at(S.PENDING), shown).payment
    assert (after.status, after.captures) == (S.NEEDS_REVIEW, ())
    paid = settled(payment_at(S.PENDING), says(Verdict.SUCCEEDED, Source.INQUIRY), shown).payment
    assert paid.status is S.CAPTURED


def test_the_next_capture_takes_no_id_that_was_used_before_the_restore() -> None:
    """Of c1, which failed, and c2, only c2 is found again."""
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, PART, captureRequestId="ORDER_1-c2")
    restored = settled(payment_at(S.AUTHORIZED), shown).payment
    asked = request_capture(restored, CaptureRequest(), NOW, Source.MERCHANT)
    assert asked.open_capture is not None
    assert asked.open_capture.captureRequestId == "ORDER_1-c3"


def test_what_began_before_it_counted_is_replayed_without() -> None:
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, WHOLE, **BY_HAND)
    after = settle(payment_at(S.AUTHORIZED), shown, NOW).payment
    assert (after.status, after.captures) == (S.NEEDS_REVIEW, ())


def test_a_number_in_another_writing_is_the_same_number() -> None:
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, captureRequestId="by-hand", value="030000")
    after = settled(payment_at(S.AUTHORIZED), shown).payment
    assert after.captures[0].captureAmount == Amount(currency="EUR", value="30000")


def test_an_amount_that_the_currency_does_not_have_is_not_counted() -> None:
    """As 100.50 rupiah: it raises nothing either."""
    held = Amount(currency="IDR", value="30000")
    before = payment_at(S.AUTHORIZED).model_copy(update={"paymentAmount": held, "authorizedAmount": held})
    shown = says_of_capture(
        Verdict.SUCCEEDED, Source.INQUIRY, held, captureRequestId="by-hand", value="10050"
    )
    assert settled(before, shown).payment.captures == ()


def _record(**fields: Any) -> GatewayRecord:
    facts = {"verdict": Verdict.SUCCEEDED} | fields
    return GatewayRecord(payment=says(facts.pop("verdict"), Source.INQUIRY, **facts))


@pytest.mark.parametrize("verdict", Verdict)
def test_a_record_matches_where_money_was_held(verdict: Verdict) -> None:
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
def test_a_record_with_another_id_or_amount_does_not_match(wrong: dict[str, Any]) -> None:
    assert not record_matches(payment_at(S.AUTHORIZED), _record(**wrong))


def test_what_was_taken_by_hand_before_a_void_by_hand_is_not_cancelled() -> None:
    shown = says_of_capture(Verdict.SUCCEEDED, Source.INQUIRY, PART, **BY_HAND)
    after = settled(payment_at(S.AUTHORIZED), shown, says(Verdict.CANCELLED, Source.INQUIRY)).payment
    assert (after.status, after.capturedAmount) == (S.PARTIALLY_CAPTURED, PART)


def test_a_remainder_is_gone_where_the_last_move_says_so() -> None:
    gone = says_of_capture(Verdict.FAILED, Source.CAPTURE_RESPONSE, PART, resultCode="AUTH_EXPIRED")
    first = capture(CaptureStatus.SUCCESS, PART, last=False)
    second = capture(CaptureStatus.PROCESSING, PART, 2, last=False)
    before = payment_at(S.CAPTURING, captures=(first, second), capturedAmount=PART)
    second_fails = gone.model_copy(update={"captureRequestId": "ORDER_1-c2"})
    assert settled(before, second_fails).payment.progress.authorizationEnd is AuthorizationEnd.EXPIRED
    taken_back = payment_at(S.CAPTURING, captures=(capture(CaptureStatus.FAIL, PART, last=False), second))
    second_succeeds = second_fails.model_copy(update={"verdict": Verdict.SUCCEEDED})
    assert settled(taken_back, second_succeeds).payment.progress.authorizationEnd is None
