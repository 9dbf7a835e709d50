"""Each value that differs from the expectation is a discrepancy."""

from dataclasses import replace

import pytest

from holdfast import PaymentStatus
from holdfast.payment import Review
from holdfast.source import Source
from tests.support.tools.payments import NOW, payment
from tools.demo.expectation import Expectation, discrepancies
from tools.local_stack.ledger import OrderSummary

EXPECTED = Expectation(PaymentStatus.CAPTURED, 30000, pay_calls=2, capture_calls=1)
ORDER = OrderSummary(attempts=1, live=1, most_live=1, captured=30000, pay_calls=2, capture_calls=1)
CAPTURED = payment(PaymentStatus.CAPTURED, captured=True)


def test_payment_as_expected_has_no_discrepancy() -> None:
    assert discrepancies(EXPECTED, CAPTURED, ORDER) == []


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (replace(ORDER, captured=60000), "ledger: captured is 60000 and should be 30000"),
        (replace(ORDER, held=1), "ledger: held is 1 and should be 0"),
        (replace(ORDER, live=2), "ledger: live authorizations is 2 and should be 1"),
        (replace(ORDER, most_live=2), "ledger: most live authorizations at once is 2 and should be 1"),
        (replace(ORDER, voided=1), "ledger: voided is 1 and should be 0"),
        (replace(ORDER, attempts=2), "ledger: attempts is 2 and should be 1"),
        (replace(ORDER, pay_calls=1), "ledger: 1 pay calls, should be 2 or more"),
        (replace(ORDER, capture_calls=0), "ledger: 0 capture calls, should be 1 or more"),
    ],
)
def test_different_value_in_the_ledger_is_a_discrepancy(found: OrderSummary, text: str) -> None:
    assert discrepancies(EXPECTED, CAPTURED, found) == [text]


def test_different_payment_is_a_discrepancy() -> None:
    authorized = payment(PaymentStatus.AUTHORIZED)
    assert discrepancies(EXPECTED, authorized, ORDER) == [
        "status is AUTHORIZED and should be CAPTURED",
        "captured is 0 and should be 30000",
    ]


def test_source_of_the_decision_is_compared_when_expected() -> None:
    expected = replace(EXPECTED, decided_by=Source.INQUIRY)
    assert discrepancies(expected, CAPTURED, ORDER) == ["decided by is None and should be INQUIRY"]


def test_review_is_a_discrepancy() -> None:
    flagged = CAPTURED.model_copy(update={"review": Review(reason="amounts differ", since=NOW)})
    assert discrepancies(EXPECTED, flagged, ORDER) == ["review: amounts differ"]


def test_missing_payment_is_a_discrepancy() -> None:
    assert "there is no payment" in discrepancies(EXPECTED, None, OrderSummary())


def test_void_leaves_one_former_authorization() -> None:
    expected = Expectation(PaymentStatus.CANCELLED, voided=1)
    order = OrderSummary(attempts=1, most_live=1, voided=1, pay_calls=1)
    assert discrepancies(expected, payment(PaymentStatus.CANCELLED), order) == []
