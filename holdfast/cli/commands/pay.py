"""`holdfast pay`: a payment at the gateway simulator, to try Holdfast out."""

import os
import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode
from holdfast.card_vault import CardVault, CardVaultError, Keyring, KeyringError, open_vault
from holdfast.cli import output
from holdfast.cli.commands.outcome import exit_status, show_outcome
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.failure import CommandFailed
from holdfast.cli.money import amount_of
from holdfast.cli.options import AsJson, Minor
from holdfast.cli.session import Session, with_session
from holdfast.cli.simulator import Simulator, TestCard, configured_simulator
from holdfast.client import PaymentClient
from holdfast.payment import Payment
from holdfast.settings.names import CARD_VAULT, CARD_VAULT_KEYS
from holdfast.statuses.payment_status import PaymentStatus as S

SHOP_URL = "HOLDFAST_SHOP_URL"
_DEFAULT = "12.50"
_SUCCESSES = frozenset({S.ACTION_REQUIRED, S.AUTHORIZED, S.CAPTURED})
Major = Annotated[
    str | None, typer.Option("--amount", help="The amount, by default 12.50.", show_default=False)
]
Currency = Annotated[str, typer.Option("--currency", help="The ISO 4217 code.")]
Card = Annotated[
    TestCard | None,
    typer.Option(
        "--card", help="A test card. Without it the buyer pays on the gateway's page.", show_default=False
    ),
]
Manual = Annotated[bool, typer.Option("--manual", help="Capture later, with `holdfast capture`.")]
NewReference = Annotated[
    str | None, typer.Option("--reference", help="Your own reference of the payment.", show_default=False)
]


def pay(
    major: Major = None,
    minor: Minor = None,
    currency: Currency = "EUR",
    card: Card = None,
    manual: Manual = False,
    reference: NewReference = None,
    as_json: AsJson = False,
) -> int:
    """Make a payment at the gateway simulator, with a named test card or on its hosted page.

    It refuses to pay anywhere else. Never type a card number on a command line.
    """
    default = _DEFAULT if major is None and minor is None else major
    amount = amount_of(currency, major=default, minor=minor)
    simulator, vault = configured_simulator(), _vault() if card is not None else None
    chosen = reference or f"CLI-{datetime.now(UTC):%m%d-%H%M%S}-{secrets.token_hex(2)}"
    mode = CaptureMode.MANUAL if manual else CaptureMode.AUTOMATIC

    async def run(session: Session) -> Payment:
        await simulator.require()
        payments = PaymentClient(session.temporal, vault=vault)
        method = await _method(payments, card)
        payment = await payments.authorize(_order(chosen, amount, mode, method, simulator.url))
        await _require_arrival(payments, payment, simulator)
        return payment

    payment = with_session(run)
    show_outcome(payment, as_json=as_json)
    if not as_json and payment.nextAction is not None and payment.nextAction.normalUrl:
        output.show(output.OneLine(Text(f"Pay here: {payment.nextAction.normalUrl}")))
    return exit_status(payment, is_done=payment.status in _SUCCESSES)


def _vault() -> CardVault:
    url, keys = os.environ.get(CARD_VAULT), os.environ.get(CARD_VAULT_KEYS)
    advice = "Set both as for the worker. With the demo: source .demo/merchant.env"
    if not url or not keys:
        missing = CARD_VAULT if not url else CARD_VAULT_KEYS
        raise CommandFailed(f"{missing} is not set, and a test card needs it.", advice, ExitStatus.USAGE)
    try:
        return open_vault(url, Keyring.parse(keys, CARD_VAULT_KEYS))
    except KeyringError as error:
        raise CommandFailed(str(error), advice, ExitStatus.USAGE) from None
    except CardVaultError as error:
        raise CommandFailed(f"{CARD_VAULT} {error}", advice, ExitStatus.USAGE) from None


async def _method(payments: PaymentClient, card: TestCard | None) -> dict[str, object]:
    if card is None:
        return {"paymentMethodType": "CARD"}
    try:
        method: dict[str, object] = {"cardReference": await payments.store_card(card.data)}
    except CardVaultError as error:
        raise CommandFailed(
            f"the card vault does not accept the card: {error}",
            "`holdfast doctor` checks the vault.",
            ExitStatus.UNAVAILABLE,
        ) from None
    if card is TestCard.CHALLENGE:
        method["paymentMethodMetaData"] = {"is3DSAuthentication": True}
    return {"paymentMethodType": "CARD", **method}


def _order(
    reference: str, amount: Amount | None, mode: CaptureMode, method: dict[str, object], simulator_url: str
) -> dict[str, object]:
    shop = os.environ.get(SHOP_URL, "").rstrip("/") or simulator_url
    return {
        "paymentReference": reference,
        "order": {
            "referenceOrderId": reference,
            "orderDescription": "A payment from the command line",
            "orderAmount": amount,
            "buyer": {"referenceBuyerId": "command-line"},
        },
        "paymentAmount": amount,
        "env": {"terminalType": "WEB", "clientIp": "192.0.2.1"},
        "settlementStrategy": {"settlementCurrency": amount.currency if amount else None},
        "paymentRedirectUrl": f"{shop}/result/{reference}",
        "paymentMethod": method,
        "captureMode": mode,
    }


async def _require_arrival(payments: PaymentClient, payment: Payment, simulator: Simulator) -> None:
    """Cancels a payment that the simulator has not received, because the worker calls another gateway."""
    attempt = payment.attempt.paymentRequestId
    if payment.status is S.AUTHORIZING or await simulator.has_attempt(attempt):
        return
    await payments.cancel(payment.paymentReference, "the worker's gateway is not the simulator")
    raise CommandFailed(
        f"the worker's gateway is not the simulator at {simulator.url}: the payment is cancelled.",
        "Use the Temporal address of the demo: source .demo/merchant.env",
        ExitStatus.REFUSED,
    )
