"""What a story can do: act as the shop, as the buyer, or as bad luck."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from holdfast import Payment, PaymentStatus
from tools.demo import buyer
from tools.demo.key_change import KeyChange
from tools.demo.progress import Progress
from tools.demo.shop import GOOD_CARD, Shop, gateway_page
from tools.local_stack.ledger_client import Gateway
from tools.local_stack.waiting import until

PATIENCE = timedelta(seconds=60)
LOOK_EVERY = 0.05
"""Seconds."""


class CallsMistrusted(Exception):
    """The gateway has refused calls for their signature."""


@dataclass
class ScenarioContext:
    """What all stories share."""

    shop: Shop
    gateway: Gateway
    http: httpx.AsyncClient
    progress: Progress
    replace_worker: Callable[[], Awaitable[None]]
    key_change: KeyChange


@dataclass
class Act:
    """One story being played: its payment's reference, and its amount in minor units."""

    theatre: ScenarioContext
    reference: str
    value: int
    page: str = field(default="", init=False)
    """Where the buyer must go."""

    def note(self, text: str) -> None:
        """Tell the audience."""
        self.theatre.progress.note(self.reference, text)

    async def order_fault(self, on: str, fault: str, *, times: int = 1, seconds: int = 0) -> None:
        """Let something go wrong at the gateway for this payment alone."""
        await self.theatre.gateway.order_fault(self.reference, on, fault, times=times, seconds=seconds)

    async def authorize_card(self, number: str = GOOD_CARD, **fields: object) -> Payment:
        """The buyer typed the card on our own page."""
        shop = self.theatre.shop
        order = shop.order(self.reference, str(self.value), await shop.card(number), **fields)
        return await shop.payments.authorize(order)

    async def send_buyer(self, *, three_ds: bool = False, **fields: object) -> Payment:
        """The buyer is to type the card on the gateway's page."""
        shop = self.theatre.shop
        method = gateway_page(three_ds=three_ds)
        payment = await shop.payments.authorize(shop.order(self.reference, str(self.value), method, **fields))
        self.page = (payment.nextAction and payment.nextAction.normalUrl) or ""
        return payment

    async def buyer_pays(self, number: str = GOOD_CARD) -> None:
        """The buyer goes through the gateway's pages and comes back to ours, which asks the gateway."""
        seen = await buyer.walk(self.theatre.http, self.page, self.theatre.shop.url, number)
        self.note(f"the buyer is back: {', '.join(seen)}")

    async def retry_card(self, number: str) -> Payment:
        """The buyer takes another card."""
        shop = self.theatre.shop
        return await shop.payments.retry(self.reference, await shop.card(number))

    async def capture(self) -> Payment:
        """The shop ships, and takes the money. Raises TimeoutError when the gateway does not decide."""
        await self.theatre.shop.payments.capture(self.reference)
        return await self.becomes(PaymentStatus.CAPTURED)

    async def cancel(self, reason: str) -> Payment:
        """The shop lets the money go."""
        return await self.theatre.shop.payments.cancel(self.reference, reason)

    async def holds_money(self) -> None:
        """Wait until the gateway's ledger has an authorization. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            await until(self._is_held, every=LOOK_EVERY)

    async def _is_held(self) -> bool:
        return (await self.theatre.gateway.account(self.reference)).held > 0

    async def all_were_trusted(self) -> None:
        """Raises CallsMistrusted where the gateway did not believe a signature, whichever payment's."""
        if number := await self.theatre.gateway.mistrusted():
            raise CallsMistrusted(f"{number} calls were refused for their signature")

    async def becomes(self, *statuses: PaymentStatus) -> Payment:
        """Wait for a status. Raises TimeoutError."""
        return await self.theatre.shop.payments.wait(self.reference, until=statuses, timeout=PATIENCE)
