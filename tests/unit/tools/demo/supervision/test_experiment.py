"""The payment of an experiment: captured with a key, and compared with the gateway's ledger."""

from datetime import timedelta
from typing import cast

import pytest

from holdfast import Payment, PaymentClient, PaymentStatus, PaymentUnavailable
from holdfast.antom.amounts import Amount
from tests.support.tools.payments import payment
from tools.demo.shop import Shop
from tools.demo.supervision.experiment import VALUE, Experiment
from tools.local_stack.ledger import OrderSummary
from tools.local_stack.ledger_client import LedgerClient

ONCE = OrderSummary(attempts=1, live=1, most_live=1, captured=VALUE, pay_calls=1, capture_calls=1)
TWICE = OrderSummary(attempts=1, live=1, most_live=1, captured=2 * VALUE, pay_calls=1, capture_calls=2)


class StubPayments:
    """The methods of PaymentClient that an experiment calls."""

    def __init__(self, *, answers: bool = True) -> None:
        self._answers = answers
        self.captures: list[tuple[str, str | None]] = []

    async def capture(self, reference: str, *, key: str | None = None) -> Payment:
        self.captures.append((reference, key))
        if not self._answers:
            raise PaymentUnavailable("Temporal did not answer")
        return await self.get(reference)

    async def wait(self, reference: str, *, timeout: timedelta) -> Payment:  # noqa: ASYNC109 - as in the client
        return await self.get(reference)

    async def get(self, reference: str) -> Payment:
        amount = Amount(currency="EUR", value=str(VALUE))
        return payment(PaymentStatus.CAPTURED, reference=reference, capturedAmount=amount)


class StubGateway:
    """A ledger with one order."""

    def __init__(self, order: OrderSummary) -> None:
        self._order = order

    async def summary(self, _: str) -> OrderSummary:
        return self._order


def experiment(payments: StubPayments, order: OrderSummary = ONCE) -> Experiment:
    shop = Shop(cast(PaymentClient, payments), "http://127.0.0.1:8000")
    return Experiment(shop, cast(LedgerClient, StubGateway(order)), 7)


async def test_capture_has_a_key_so_that_a_repeated_one_is_the_same() -> None:
    payments = StubPayments()
    assert await experiment(payments).capture() == []
    [(reference, key)] = payments.captures
    assert (reference, key) == ("try-7", "experiment")


async def test_capture_without_an_answer_is_reported() -> None:
    assert await experiment(StubPayments(answers=False)).capture() == [
        "PaymentUnavailable: Temporal did not answer"
    ]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (ONCE, []),
        (TWICE, ["ledger: captured is 5000 and should be 2500"]),
        (OrderSummary(), ["ledger: captured is 0 and should be 2500"]),
    ],
)
async def test_payment_is_judged_by_the_ledger(order: OrderSummary, found: list[str]) -> None:
    assert (await experiment(StubPayments(), order).discrepancies())[:1] == found
