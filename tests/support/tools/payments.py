"""Payments and results as the stage sees them, in any status."""

from datetime import UTC, datetime

from holdfast import Payment, PaymentOrder, PaymentStatus
from holdfast.antom.amounts import Amount
from settlement.commands import opened
from tools.demo.scenario_run import Result
from tools.demo.scenarios import Story
from tools.demo.verdict import Ending, disagreements
from tools.local_stack.ledger_client import Account

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EUR_300 = Amount(currency="EUR", value="30000")


def payment(
    status: PaymentStatus, *, captured: bool = False, reference: str = "own-form", **changes: object
) -> Payment:
    """A payment of EUR 300.00 on the gateway's page."""
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
    return opened(order, NOW).model_copy(update={"status": status, "capturedAmount": taken, **changes})


async def unplayed(_: object) -> None:
    """A story without a play."""


def result(
    account: Account, found: Payment | None, ending: Ending, reference: str = "no-notification"
) -> Result:
    """A judged story, with the longest title of all."""
    story = Story(reference, "gateway's page with 3DS, manual capture", 30000, unplayed, ending)
    return Result(story, reference, found, account, tuple(disagreements(ending, found, account)))
