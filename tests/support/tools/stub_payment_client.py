"""A double of PaymentClient that has one payment, and raises the error that a test sets."""

from datetime import timedelta

from holdfast import Amount, CardData, Payment, PaymentNotFound, PaymentStatus
from holdfast.antom.models import CaptureMode
from tests.support.tools.payments import payment

REFERENCE = "SM-2345-6789"


class StubPaymentClient:
    """The methods of PaymentClient that the shop calls. `calls` has each with its arguments."""

    def __init__(self) -> None:
        self.payment = payment(PaymentStatus.AUTHORIZED, reference=REFERENCE)
        self.calls: list[tuple[str, object]] = []
        self.orders: list[dict[str, object]] = []
        self.cards: list[CardData] = []
        self.error: Exception | None = None
        """Raised by every method that changes a payment."""

    def has(self, status: PaymentStatus, **changes: object) -> None:
        """Gives the payment another status."""
        changes.setdefault("captureMode", CaptureMode.MANUAL)
        self.payment = payment(status, reference=REFERENCE, **changes)  # type: ignore[arg-type] # a dictionary of any fields

    async def store_card(self, card: CardData) -> str:
        self.cards.append(card)
        return "card_1"

    async def authorize(self, order: dict[str, object]) -> Payment:
        self.orders.append(order)
        return self._answer("authorize", order["paymentReference"])

    async def get(self, reference: str) -> Payment:
        if reference != REFERENCE:
            raise PaymentNotFound("no payment has this reference")
        return self.payment

    async def wait(
        self,
        reference: str,
        *,
        until: set[PaymentStatus],
        timeout: timedelta,  # noqa: ASYNC109 - the parameter of PaymentClient
    ) -> Payment:
        assert until
        assert timeout
        return await self.get(reference)

    async def refresh(self, reference: str) -> Payment:
        return self._answer("refresh", reference)

    async def capture(self, _: str, amount: Amount, *, is_last_capture: bool, key: str | None) -> Payment:
        return self._answer("capture", (amount.value, is_last_capture, key))

    async def cancel(self, _: str, reason: str) -> Payment:
        return self._answer("cancel", reason)

    async def retry(self, _: str, method: dict[str, object], *, key: str | None) -> Payment:
        return self._answer("retry", (method, key))

    def _answer(self, name: str, arguments: object) -> Payment:
        self.calls.append((name, arguments))
        if self.error is not None:
            raise self.error
        return self.payment
