"""One scenario while it runs: what it does as the shop, as the buyer, and to the gateway."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from holdfast import Payment, PaymentStatus
from tools.demo import buyer
from tools.demo.scenario_context import ScenarioContext
from tools.demo.shop import GOOD_CARD, gateway_page
from tools.local_stack.waiting import until

STATUS_WITHIN = timedelta(seconds=60)
POLL_INTERVAL = 0.05
"""Seconds."""


class SignaturesRejected(Exception):
    """The gateway has refused calls because of their signature."""


@dataclass
class ScenarioRun:
    """The run of one scenario: the reference of its payment, and the amount in minor units."""

    context: ScenarioContext
    reference: str
    value: int
    page: str = field(default="", init=False)
    """The URL that the buyer is redirected to."""

    def note(self, text: str) -> None:
        """Displays what happens outside the payment."""
        self.context.progress.note(self.reference, text)

    async def inject_fault(self, on: str, fault: str, *, times: int = 1, seconds: int = 0) -> None:
        """Makes calls or notifications of this payment alone fail at the gateway."""
        await self.context.gateway.inject_fault(self.reference, on, fault, times=times, seconds=seconds)

    async def authorize_card(self, number: str = GOOD_CARD, **fields: object) -> Payment:
        """Authorizes with a card that the buyer typed on the shop's own page."""
        shop = self.context.shop
        order = shop.order(self.reference, str(self.value), await shop.card(number), **fields)
        return await shop.payments.authorize(order)

    async def send_buyer(self, *, three_ds: bool = False, **fields: object) -> Payment:
        """Authorizes without a card: the buyer types it on the gateway's page."""
        shop = self.context.shop
        method = gateway_page(three_ds=three_ds)
        payment = await shop.payments.authorize(shop.order(self.reference, str(self.value), method, **fields))
        self.page = (payment.nextAction and payment.nextAction.normalUrl) or ""
        return payment

    async def buyer_pays(self, number: str = GOOD_CARD) -> None:
        """Completes the gateway's pages as the buyer and returns to the shop."""
        seen = await buyer.follow_pages(self.context.http, self.page, self.context.shop.url, number)
        self.note(f"the buyer is back: {', '.join(seen)}")

    async def retry_card(self, number: str) -> Payment:
        """Starts another attempt with another card of the buyer."""
        shop = self.context.shop
        return await shop.payments.retry(self.reference, await shop.card(number))

    async def capture(self) -> Payment:
        """Captures the full amount. Raises TimeoutError when the gateway does not decide."""
        await self.context.shop.payments.capture(self.reference)
        return await self.becomes(PaymentStatus.CAPTURED)

    async def cancel(self, reason: str) -> Payment:
        """Cancels the payment, which voids its authorization."""
        return await self.context.shop.payments.cancel(self.reference, reason)

    async def is_authorized(self) -> None:
        """Waits until the gateway's ledger has an authorization. Raises TimeoutError."""
        async with asyncio.timeout(STATUS_WITHIN.total_seconds()):
            await until(self._is_held, every=POLL_INTERVAL)

    async def becomes(self, *statuses: PaymentStatus) -> Payment:
        """Waits for one of the statuses. Raises TimeoutError."""
        return await self.context.shop.payments.wait(self.reference, until=statuses, timeout=STATUS_WITHIN)

    async def require_valid_signatures(self) -> None:
        """Raises SignaturesRejected when the gateway has refused the signature of any payment's call."""
        if number := await self.context.gateway.rejected_signatures():
            raise SignaturesRejected(f"{number} calls were refused for their signature")

    async def _is_held(self) -> bool:
        return (await self.context.gateway.summary(self.reference)).held > 0
