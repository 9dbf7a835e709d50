"""The payment that waits for the reader's experiment: authorized, and captured while a process is down."""

from datetime import timedelta

from holdfast import HoldfastError, PaymentStatus
from tools.demo.expectation import Expectation, discrepancies
from tools.demo.shop import GOOD_CARD, Shop
from tools.local_stack.ledger_client import LedgerClient

VALUE = 2500
"""Minor units."""
CAPTURED_WITHIN = timedelta(seconds=60)
_EXPECTED = Expectation(PaymentStatus.CAPTURED, VALUE, capture_calls=1)


class Experiment:
    """One payment with manual capture. `reference` is its payment reference."""

    def __init__(self, shop: Shop, gateway: LedgerClient, number: int) -> None:
        self.reference = f"try-{number}"
        self._shop = shop
        self._gateway = gateway

    async def authorize(self) -> None:
        """Makes the payment; its authorization then holds the money. Raises HoldfastError."""
        method = await self._shop.card(GOOD_CARD)
        order = self._shop.order(self.reference, str(VALUE), method, captureMode="MANUAL")
        await self._shop.payments.authorize(order)

    async def capture(self) -> list[str]:
        """Captures the payment, whatever is down now, and returns what is not as it should be.

        The same call again would be the same capture, because it has a key.
        """
        failures: list[str] = []
        try:
            await self._shop.payments.capture(self.reference, key="experiment")
            await self._shop.payments.wait(self.reference, timeout=CAPTURED_WITHIN)
        except (HoldfastError, TimeoutError) as error:
            failures.append(f"{type(error).__name__}: {error}")
        return failures

    async def discrepancies(self) -> list[str]:
        """Compares the payment with the gateway's ledger. Raises HoldfastError."""
        payment = await self._shop.payments.get(self.reference)
        return discrepancies(_EXPECTED, payment, await self._gateway.summary(self.reference))
