"""The gateway simulator, as `holdfast pay` uses it: its address, its ledger and its test cards."""

import os
from enum import StrEnum

import httpx

from holdfast.card_vault import CardData
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.failure import CommandFailed
from holdfast.settings.names import GATEWAY_URL

SIMULATOR_URL = "HOLDFAST_SIMULATOR_URL"
_SECONDS = 5.0


class TestCard(StrEnum):
    """The named test cards. No command accepts a card number: other users of the machine can read it."""

    VISA = "visa"
    """It is authorized."""
    MASTERCARD = "mastercard"
    """It is authorized."""
    CHALLENGE = "3ds"
    """The buyer has to confirm the payment on a page of the issuer."""
    DECLINED = "declined"
    """The issuer declines it."""

    @property
    def data(self) -> CardData:
        """The card as a buyer types it."""
        return CardData(cardNo=_NUMBERS[self], cvv="123", expiryMonth="12", expiryYear="39")


_NUMBERS = {
    TestCard.VISA: "4054695723100768",
    TestCard.MASTERCARD: "5162774114974622",
    TestCard.CHALLENGE: "4054695723100768",
    TestCard.DECLINED: "4054692760174822",
}
"""The cards of the gateway's sandbox (Antom: test cards)."""


class Simulator:
    """The simulator at a URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def has_attempt(self, payment_request_id: str) -> bool:
        """Returns whether the simulator received an attempt. Raises CommandFailed."""
        payments = (await self._object("/ledger")).get("payments")
        return isinstance(payments, dict) and payment_request_id in payments

    async def require(self) -> None:
        """Raises CommandFailed unless a simulator answers at the URL."""
        if "gatewayPublicKey" not in await self._object("/keys"):
            raise self._no_simulator()

    async def _object(self, path: str) -> dict[str, object]:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=_SECONDS) as http:
                answer = await http.get(self.url + path)
            found = answer.raise_for_status().json()
        except httpx.HTTPStatusError:
            raise self._no_simulator() from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise CommandFailed(
                f"the simulator at {self.url} does not answer.",
                f"Start it, or correct {SIMULATOR_URL}.",
                ExitStatus.UNAVAILABLE,
            ) from None
        except ValueError:
            raise self._no_simulator() from None
        if not isinstance(found, dict):
            raise self._no_simulator()
        return found

    def _no_simulator(self) -> CommandFailed:
        return CommandFailed(
            f"what answers at {self.url} is not the simulator.",
            f"Set {SIMULATOR_URL} to the simulator's address. `holdfast pay` pays nowhere else.",
            ExitStatus.REFUSED,
        )


def configured_simulator() -> Simulator:
    """Returns the simulator of HOLDFAST_SIMULATOR_URL.

    Raises:
        CommandFailed: The variable is not set, or ANTOM_GATEWAY_URL names another gateway.
    """
    url = os.environ.get(SIMULATOR_URL, "").rstrip("/")
    if not url:
        raise CommandFailed(
            f"{SIMULATOR_URL} is not set, and `holdfast pay` pays at the simulator alone.",
            "With the demo: source .demo/merchant.env",
            ExitStatus.USAGE,
        )
    gateway = os.environ.get(GATEWAY_URL, "").rstrip("/")
    if gateway and gateway != url:
        raise CommandFailed(
            f"{GATEWAY_URL} names another gateway than {SIMULATOR_URL}.",
            "`holdfast pay` pays at the simulator alone: let both name it, or unset the first.",
            ExitStatus.REFUSED,
        )
    return Simulator(url)
