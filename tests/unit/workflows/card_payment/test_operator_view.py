"""The details of a payment stay within the 20 KB that the server accepts."""

import pytest

from holdfast.antom.amounts import Amount
from holdfast.order import parse_order
from holdfast.payment import Capture, CaptureStatus
from tests.support.orders import order_fields
from tests.support.workflows.clock import Clock
from workflows.card_payment import payment_state as case
from workflows.card_payment.operator_view import MAX_CAPTURES, details
from workflows.card_payment.payment_state import PaymentState


def test_details_of_two_thousand_failed_captures_and_long_texts_are_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(case, "workflow", Clock())
    state = PaymentState(parse_order(order_fields(captureMode="MANUAL")))
    failed = [
        Capture(
            captureRequestId=f"ORDER_1-c{number}",
            captureAmount=Amount(currency="EUR", value="100"),
            status=CaptureStatus.FAIL,
            resultCode="X" * 5_000,
        )
        for number in range(2_000)
    ]
    state._payment = state.payment.model_copy(update={"captures": tuple(failed)})
    state.flag_for_review("y" * 50_000)
    text = details(state)
    assert len(text.encode()) < 20_000
    assert f"{2_000 - MAX_CAPTURES} earlier captures" in text
    assert "ORDER_1-c1999" in text
