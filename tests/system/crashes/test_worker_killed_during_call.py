"""The worker is killed while the gateway processes its request: before the gateway has acted, or after."""

import asyncio
from contextlib import AsyncExitStack

from holdfast import PaymentStatus
from tests.support.crashes.payment_flows import hosted_flow, running_flow, with_retries
from tests.support.crashes.system import SystemUnderTest

DELAY = 4.0
"""Seconds that the gateway takes for the request whose response is lost."""
CASES = [(on, fault) for on in ("pay", "capture") for fault in ("delay", "act_and_delay")]


async def test_worker_killed_before_a_response_repeats_the_call_unchanged(system: SystemUnderTest) -> None:
    """Four payments share one kill: the result of each call is unknown. No notification reports a capture."""
    cases = {system.reference(f"{on}-{fault}"): (on, fault) for on, fault in CASES}
    async with AsyncExitStack() as stack:
        flows = []
        for reference, (on, fault) in cases.items():
            await system.gateway.inject_fault(reference, on, fault, seconds=DELAY)
            await system.gateway.inject_fault(f"{reference}-c1", "notification", "none")
            flows.append(await stack.enter_async_context(running_flow(system, hosted_flow, reference)))
        for reference, (on, _) in cases.items():
            await system.gateway.wait_for_call(reference, on)
        await system.worker.restart()
        assert {payment.status for payment in await asyncio.gather(*flows)} == {PaymentStatus.CAPTURED}
        for reference, (on, _) in cases.items():
            await system.assert_captured_once(reference)
            assert len(await system.gateway.calls_of(reference, on)) == 2


async def test_worker_killed_after_it_deleted_the_card_finds_the_authorization(
    system: SystemUnderTest,
) -> None:
    """The gateway has authorized, the card is deleted, and neither is in the history. There is no
    notification. The call cannot be repeated, and the payment does not fail for that.
    """
    reference, card = system.reference("card-deleted"), await system.store_card()
    await system.gateway.inject_fault(reference, "pay", "act_and_delay", seconds=DELAY)
    await system.gateway.inject_fault(reference, "notification", "none")
    merchant = asyncio.create_task(with_retries(lambda: system.authorize(reference, card)))
    await system.gateway.wait_for_call(reference, "pay")
    await system.worker.kill()
    await system.stack.vault.delete(card)
    await system.worker.start()
    authorized = await merchant
    assert authorized.status is PaymentStatus.AUTHORIZED
    assert authorized.attempts[-1].decidedBy == "INQUIRY"
    await with_retries(lambda: system.payments.capture(reference))
    await system.assert_captured_once(reference)
    assert len(await system.gateway.calls_of(reference, "pay")) == 1
