"""The flows of merchants and buyers, who repeat a call after PaymentUnavailable and do not see a crash."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

from holdfast import Payment, PaymentStatus
from holdfast.errors import PaymentUnavailable
from tests.support.crashes.system import DECLINED, SystemUnderTest

RETRY_FOR = 90.0
"""Seconds."""
Flow = Callable[[SystemUnderTest, str], Coroutine[None, None, Payment]]


async def hosted_flow(system: SystemUnderTest, reference: str) -> Payment:
    """The buyer pays on the gateway's page, and the merchant captures."""
    waiting = await with_retries(lambda: system.authorize(reference))
    assert waiting.status is PaymentStatus.ACTION_REQUIRED
    await system.gateway.act_as_buyer(f"{reference}-1", "pay")
    await with_retries(lambda: system.becomes(reference, PaymentStatus.AUTHORIZED))
    return await with_retries(lambda: system.payments.capture(reference))


async def card_flow(system: SystemUnderTest, reference: str) -> Payment:
    """The merchant sends a card, and the gateway captures automatically."""
    card = await system.store_card()
    await with_retries(lambda: system.authorize(reference, card, captureMode="AUTOMATIC"))
    return await with_retries(lambda: system.becomes(reference, PaymentStatus.CAPTURED))


async def declined_flow(system: SystemUnderTest, reference: str) -> Payment:
    """The issuer declines, and the buyer has no other card."""
    card = await system.store_card(DECLINED)
    await with_retries(lambda: system.authorize(reference, card, retryWindow=1))
    return await with_retries(lambda: system.becomes(reference, PaymentStatus.FAILED))


async def with_retries(call: Callable[[], Awaitable[Payment]]) -> Payment:
    """Returns the response; repeats the call after PaymentUnavailable, as a merchant does."""
    clock = asyncio.get_running_loop()
    give_up_at = clock.time() + RETRY_FOR
    while True:
        try:
            return await call()
        except PaymentUnavailable:
            if clock.time() > give_up_at:
                raise
            await asyncio.sleep(0.1)


@asynccontextmanager
async def running_flow(
    system: SystemUnderTest, flow: Flow, reference: str
) -> AsyncIterator[asyncio.Task[Payment]]:
    """Runs a flow beside the block; an error of either gets a note with the payment's history."""
    task = asyncio.create_task(flow(system, reference))
    try:
        yield task
    except Exception as error:
        task.cancel()
        await system.stack.start_all()
        error.add_note(await system.describe_failure(reference))
        raise
