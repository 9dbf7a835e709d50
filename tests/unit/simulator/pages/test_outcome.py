"""The sentences of a closed hosted page."""

from datetime import UTC, datetime

import pytest

from simulator.http.body import Money
from simulator.pages.outcome import outcome_of
from simulator.state import Payment, Status

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def payment(status: Status, code: str, **more: object) -> Payment:
    made = Payment(
        request_id="pay-1",
        payment_id="1",
        token="t",
        order_id="order-1",
        description="Two cups",
        amount=Money("EUR", 30000),
        method_id="",
        manual_capture=True,
        wants_3ds=False,
        wants_issuer=False,
        wants_token=False,
        notify_url="",
        redirect_url="https://shop.example",
        created_at=NOW,
        closes_at=NOW,
        status=status,
        code=code,
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("closed", "heading", "sentence"),
    [
        (
            payment(Status.SUCCESS, "SUCCESS"),
            "The payment is authorized",
            "agreed to EUR 300.00.",
        ),
        (
            payment(Status.FAIL, "DO_NOT_HONOR"),
            "The payment failed",
            "declined the card. Nothing was",
        ),
        (payment(Status.FAIL, "ORDER_IS_CLOSED"), "This page is closed", "The time to pay ran out"),
        (payment(Status.FAIL, "SOME_NEW_CODE"), "The payment failed", "the reason “some new code”"),
        (payment(Status.CANCELLED, "ORDER_IS_CANCELED"), "The payment is cancelled", "Nothing was taken."),
        (payment(Status.CANCELLED, "", refunded=30000), "The payment came too late", "given back"),
        (payment(Status.CANCELLED, "", expired=True), "The authorization has ended", "released"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.code,
)
def test_closed_payment_is_described_in_sentences(closed: Payment, heading: str, sentence: str) -> None:
    outcome = outcome_of(closed)
    assert outcome.heading == heading
    assert sentence in outcome.sentence
