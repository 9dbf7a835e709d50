"""One payment's merchant and buyer: what they can do, each with the habits that the plan gives them."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

from holdfast import Payment
from holdfast.antom.amounts import Amount
from holdfast.card_vault import VaultUnavailable
from holdfast.payment import CaptureStatus
from tools.chaos.ledger import Gateway
from tools.chaos.merchant import Ask, Merchant
from tools.chaos.plan import ON_A_PAGE, Habit, Kind, Plan
from tools.demo.shop import CURRENCY, DECLINED_CARD, GOOD_CARD, Shop, gateway_page

CROWD = 5
"""How many refreshes come at once."""
_LONGEST_AFTERTHOUGHT = 2.0
_VAULT_TRIES = 30


class Actor:
    """Plays one plan. Nothing here knows of any injury or fault."""

    def __init__(self, plan: Plan, merchant: Merchant, shop: Shop, gateway: Gateway) -> None:
        self.plan = plan
        self.rng = random.Random(plan.chance)
        self._merchant = merchant
        self._shop = shop
        self._gateway = gateway
        self._order: dict[str, object] | None = None

    async def get(self) -> Payment | None:
        """The payment now."""
        return await self._ask("get", lambda: self._merchant.payments.get(self.plan.reference))

    async def authorize(self) -> Payment | None:
        """Start the payment, or join it."""
        order = await self._whole_order()
        return await self._with_habits("authorize", lambda: self._merchant.payments.authorize(order))

    async def retry(self) -> Payment | None:
        """The buyer takes another card."""
        method = await self._card(GOOD_CARD if self.rng.random() < 0.8 else DECLINED_CARD)
        payments, reference = self._merchant.payments, self.plan.reference
        return await self._with_habits("retry", lambda: payments.retry(reference, method))

    async def capture(self) -> Payment | None:
        """Take everything that is held."""
        payments, reference = self._merchant.payments, self.plan.reference
        return await self._with_habits("capture", lambda: payments.capture(reference))

    async def capture_next_part(self, payment: Payment) -> Payment | None:
        """Take the next of the planned parts; a part that has failed is asked for under a new key."""
        done = sum(capture.status is CaptureStatus.SUCCESS for capture in payment.captures)
        failed = sum(capture.status is CaptureStatus.FAIL for capture in payment.captures)
        if done >= len(self.plan.parts):
            return payment
        amount = Amount(currency=CURRENCY, value=str(self.plan.parts[done]))
        is_last, key = done == len(self.plan.parts) - 1, f"part-{done}-{failed}"
        payments, reference = self._merchant.payments, self.plan.reference
        return await self._with_habits(
            "capture", lambda: payments.capture(reference, amount, is_last_capture=is_last, key=key)
        )

    async def cancel(self) -> Payment | None:
        """Let the money go."""
        payments, reference = self._merchant.payments, self.plan.reference
        return await self._with_habits("cancel", lambda: payments.cancel(reference, "not needed any more"))

    async def refresh(self) -> Payment | None:
        """Ask the gateway now."""
        payments, reference = self._merchant.payments, self.plan.reference
        crowd = CROWD if Habit.REFRESHES in self.plan.habits else 1
        answers = await asyncio.gather(
            *(self._ask("refresh", lambda: payments.refresh(reference)) for _ in range(crowd))
        )
        return answers[-1]

    async def buyer(self, action: str) -> None:
        """The buyer acts on the gateway's page of the first attempt, if there is one."""
        await self._gateway.buyer(f"{self.plan.reference}-1", action)

    async def _whole_order(self) -> dict[str, object]:
        """The same order however often it is asked for: the card goes into the vault once."""
        if self._order is None:
            plan = self.plan
            self._order = self._shop.order(
                plan.reference,
                str(plan.value),
                await self._method(),
                captureMode="MANUAL" if plan.is_manual else "AUTOMATIC",
                completeWithin=plan.complete_within,
                retryWindow=plan.retry_window,
            )
        return self._order

    async def _method(self) -> dict[str, object]:
        plan = self.plan
        if plan.kind in ON_A_PAGE or (plan.is_three_ds and self.rng.random() < 0.5):
            return gateway_page(three_ds=plan.is_three_ds)
        card = await self._card(DECLINED_CARD if plan.kind is Kind.SECOND_CARD else GOOD_CARD)
        three_ds = {"paymentMethodMetaData": {"is3DSAuthentication": True}} if plan.is_three_ds else {}
        return {**card, **three_ds}

    async def _card(self, number: str) -> dict[str, object]:
        """Sealed in the vault, which a frozen worker may hold locked for a while."""
        for _ in range(_VAULT_TRIES):
            with contextlib.suppress(VaultUnavailable):
                return await self._shop.card(number)
            await asyncio.sleep(1)
        return await self._shop.card(number)

    async def _ask(self, name: str, call: Ask) -> Payment | None:
        return await self._merchant.ask(self.plan.reference, name, call)

    async def _with_habits(self, name: str, call: Ask) -> Payment | None:
        if Habit.TWICE not in self.plan.habits:
            return await self._ask(name, call)
        answers = await asyncio.gather(self._ask(name, call), self._ask(name, call))
        return answers[0] or answers[1]

    async def sometime(self, act: Callable[[], Awaitable[object]]) -> None:
        """Do it within the next seconds."""
        await asyncio.sleep(self.rng.uniform(0, _LONGEST_AFTERTHOUGHT))
        await act()
