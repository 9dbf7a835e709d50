"""Payments and scenario results in any status."""

from datetime import UTC, datetime

from holdfast import Payment, PaymentOrder, PaymentStatus
from holdfast.antom.amounts import Amount
from settlement.commands import open_payment
from tools.demo.expectation import Expectation, discrepancies
from tools.demo.scenario_result import ScenarioResult
from tools.demo.scenarios import Scenario
from tools.local_stack.ledger import OrderSummary

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EUR_300 = Amount(currency="EUR", value="30000")


def payment(
    status: PaymentStatus, *, captured: bool = False, reference: str = "own-form", **changes: object
) -> Payment:
    """Returns a payment of EUR 300.00 on the gateway's page."""
    amount = EUR_300.model_dump()
    order = PaymentOrder.model_validate(
        {
            "paymentReference": reference,
            "order": {
                "referenceOrderId": reference,
                "orderDescription": "Cups",
                "orderAmount": amount,
                "buyer": {"referenceBuyerId": "buyer-1"},
            },
            "paymentAmount": amount,
            "env": {"terminalType": "WEB", "clientIp": "192.0.2.7"},
            "settlementStrategy": {"settlementCurrency": "EUR"},
            "paymentRedirectUrl": "https://shop.example/back",
            "paymentMethod": {"paymentMethodType": "CARD"},
            "captureMode": "MANUAL",
        }
    )
    taken = EUR_300 if captured else None
    return open_payment(order, NOW).model_copy(update={"status": status, "capturedAmount": taken, **changes})


async def no_steps(_: object) -> None:
    """The steps of a scenario that does not run."""


def result(
    order: OrderSummary, found: Payment | None, expected: Expectation, reference: str = "no-notification"
) -> ScenarioResult:
    """Returns the result of a scenario with the longest title of all."""
    title = "gateway's page with 3DS, manual capture"
    scenario = Scenario(reference, title, 30000, no_steps, expected)
    return ScenarioResult(scenario, reference, found, order, tuple(discrepancies(expected, found, order)))
