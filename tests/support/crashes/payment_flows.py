"""Merchants and buyers, who know nothing of any crash: they call, and call again where they are told to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

from holdfast import Payment, PaymentStatus
from holdfast.errors import PaymentUnavailable
from tests.support.crashes.machine import DECLINED, Machine

GIVE_UP_AFTER = 90.0
Life = Callable[[Machine, str], Coroutine[None, None, Payment]]


async def hosted_life(machine: Machine, reference: str) -> Payment:
    """The buyer pays on the gateway's page; the merchant captures."""
    waiting = await patiently(lambda: machine.authorize(reference))
    assert waiting.status is PaymentStatus.ACTION_REQUIRED
    await machine.gateway.buyer(reference, "pay")
    await patiently(lambda: machine.becomes(reference, PaymentStatus.AUTHORIZED))
    return await patiently(lambda: machine.payments.capture(reference))


async def card_life(machine: Machine, reference: str) -> Payment:
    """The merchant sends a card; the gateway captures by itself."""
    card = await machine.store_card()
    await patiently(lambda: machine.authorize(reference, card, captureMode="AUTOMATIC"))
    return await patiently(lambda: machine.becomes(reference, PaymentStatus.CAPTURED))


async def declined_life(machine: Machine, reference: str) -> Payment:
    """The issuer refuses, and the buyer has no other card."""
    card = await machine.store_card(DECLINED)
    await patiently(lambda: machine.authorize(reference, card, retryWindow=1))
    return await patiently(lambda: machine.becomes(reference, PaymentStatus.FAILED))


async def patiently(call: Callable[[], Awaitable[Payment]]) -> Payment:
    """The answer; a merchant makes the same call again after PaymentUnavailable."""
    clock = asyncio.get_running_loop()
    give_up_at = clock.time() + GIVE_UP_AFTER
    while True:
        try:
            return await call()
        except PaymentUnavailable:
            if clock.time() > give_up_at:
                raise
            await asyncio.sleep(0.1)


@asynccontextmanager
async def lived(machine: Machine, life: Life, reference: str) -> AsyncIterator[asyncio.Task[Payment]]:
    """The life goes on beside the block; what goes wrong in either is told with the payment's history."""
    task = asyncio.create_task(life(machine, reference))
    try:
        yield task
    except Exception as error:
        task.cancel()
        await machine.repair()
        error.add_note(await machine.story_of(reference))
        raise
