"""The merchant and the buyer of one payment: what they can do, with the habits of its plan."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

from holdfast import Payment
from holdfast.antom.amounts import Amount
from holdfast.card_vault import VaultUnavailable
from holdfast.payment import CaptureStatus
from tools.chaos.merchant import Merchant, Request
from tools.chaos.plan import HOSTED_KINDS, Habit, Kind, Plan
from tools.demo.shop import CURRENCY, DECLINED_CARD, GOOD_CARD, Shop, gateway_page
from tools.local_stack.ledger_client import LedgerClient

CONCURRENT_REFRESHES = 5
ABANDONED_CALLERS = 12
"""More than a server accepts of one workflow's updates in flight."""
_GIVES_UP_AFTER = (0.3, 1.5)
"""Seconds."""
_MAX_DELAY = 2.0
_VAULT_TRIES = 30


class MerchantAndBuyer:
    """Acts by one plan. Nothing here depends on the faults of the run."""

    def __init__(self, plan: Plan, merchant: Merchant, shop: Shop, gateway: LedgerClient) -> None:
        self.plan = plan
        self.rng = random.Random(plan.random_seed)
        self._merchant = merchant
        self._shop = shop
        self._gateway = gateway
        self._order: dict[str, object] | None = None
        self._retries = 0

    async def get(self) -> Payment | None:
        """Reads the payment."""
        return await self._call("get", lambda: self._merchant.payments.get(self.plan.reference))

    async def authorize(self) -> Payment | None:
        """Starts the payment, or attaches to it."""
        order = await self._same_order()
        return await self._with_habits("authorize", lambda: self._merchant.payments.authorize(order))

    async def retry(self) -> Payment | None:
        """Starts another attempt with another card of the buyer."""
        method = await self._card(GOOD_CARD if self.rng.random() < 0.8 else DECLINED_CARD)
        payments, reference = self._merchant.payments, self.plan.reference
        self._retries += 1
        key = f"card-{self._retries}"
        return await self._with_habits("retry", lambda: payments.retry(reference, method, key=key))

    async def capture(self) -> Payment | None:
        """Captures the full amount."""
        payments, reference = self._merchant.payments, self.plan.reference
        return await self._with_habits("capture", lambda: payments.capture(reference))

    async def capture_next_part(self, payment: Payment) -> Payment | None:
        """Captures the next of the planned parts; a part that has failed is repeated with its key."""
        done = sum(capture.status is CaptureStatus.SUCCESS for capture in payment.captures)
        if done >= len(self.plan.parts):
            return payment
        amount = Amount(currency=CURRENCY, value=str(self.plan.parts[done]))
        is_last, key = done == len(self.plan.parts) - 1, f"part-{done}"
        payments, reference = self._merchant.payments, self.plan.reference
        return await self._with_habits(
            "capture", lambda: payments.capture(reference, amount, is_last_capture=is_last, key=key)
        )

    async def cancel(self) -> Payment | None:
        """Cancels the payment."""
        payments, reference = self._merchant.payments, self.plan.reference
        return await self._with_habits("cancel", lambda: payments.cancel(reference, "not needed any more"))

    async def refresh(self) -> Payment | None:
        """Refreshes the payment, with some habits several times at once."""
        payments, reference = self._merchant.payments, self.plan.reference
        times = CONCURRENT_REFRESHES if Habit.REFRESHES in self.plan.habits else 1
        answers = await asyncio.gather(
            *(self._call("refresh", lambda: payments.refresh(reference)) for _ in range(times))
        )
        return answers[-1]

    async def abandon(self, call: Callable[[], Awaitable[object]]) -> None:
        """Makes the call for many callers at once, who give up before they have an answer."""
        await self._same_order()
        callers = [asyncio.ensure_future(call()) for _ in range(ABANDONED_CALLERS)]
        await asyncio.wait(callers, timeout=self.rng.uniform(*_GIVES_UP_AFTER))
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)

    async def act_as_buyer(self, action: str) -> None:
        """Acts as the buyer on the gateway's page of the first attempt, if there is one."""
        await self._gateway.act_as_buyer(f"{self.plan.reference}-1", action)

    async def _same_order(self) -> dict[str, object]:
        """Returns the order, the same each time: the card is stored in the vault once."""
        if self._order is None:
            plan = self.plan
            self._order = self._shop.order(
                plan.reference,
                str(plan.value),
                await self._method(),
                captureMode="MANUAL" if plan.is_manual else "AUTOMATIC",
                completeWithin=plan.complete_within,
                retryWindow=plan.retry_window,
                onAuthorizationExpiry=plan.on_expiry,
            )
        return self._order

    async def _method(self) -> dict[str, object]:
        plan = self.plan
        if plan.kind in HOSTED_KINDS or (plan.is_three_ds and self.rng.random() < 0.5):
            return gateway_page(three_ds=plan.is_three_ds)
        card = await self._card(DECLINED_CARD if plan.kind is Kind.SECOND_CARD else GOOD_CARD)
        three_ds = {"paymentMethodMetaData": {"is3DSAuthentication": True}} if plan.is_three_ds else {}
        return {**card, **three_ds}

    async def _card(self, number: str) -> dict[str, object]:
        """Stores a card in the vault, which a frozen worker may have locked for a while."""
        for _ in range(_VAULT_TRIES):
            with contextlib.suppress(VaultUnavailable):
                return await self._shop.card(number)
            await asyncio.sleep(1)
        return await self._shop.card(number)

    async def _call(self, name: str, request: Request) -> Payment | None:
        return await self._merchant.call(self.plan.reference, name, request)

    async def _with_habits(self, name: str, request: Request) -> Payment | None:
        if Habit.TWICE not in self.plan.habits:
            return await self._call(name, request)
        answers = await asyncio.gather(self._call(name, request), self._call(name, request))
        return answers[0] or answers[1]

    async def after_delay(self, action: Callable[[], Awaitable[object]]) -> None:
        """Performs the action after a random delay of at most two seconds."""
        await asyncio.sleep(self.rng.uniform(0, _MAX_DELAY))
        await action()
