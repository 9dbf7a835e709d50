"""The worker dies while the gateway works on its request: before it has acted, or after."""

import asyncio
from contextlib import AsyncExitStack

from holdfast import PaymentStatus
from tests.support.crashes.machine import Machine
from tests.support.crashes.payment_flows import hosted_life, lived, patiently

LONG = 4.0
"""Seconds that the gateway takes for the request whose answer nobody reads."""
CASES = [(on, fault) for on in ("pay", "capture") for fault in ("delay", "act_and_delay")]


async def test_worker_dies_before_it_reads_an_answer(machine: Machine) -> None:
    """Four payments and one kill: nobody knows what became of any call, and each is made again as it was.
    No notification tells of the captures.
    """
    stories = {machine.reference(f"{on}-{fault}"): (on, fault) for on, fault in CASES}
    async with AsyncExitStack() as stack:
        lives = []
        for reference, (on, fault) in stories.items():
            await machine.gateway.fault(reference, on, fault, seconds=LONG)
            await machine.gateway.fault(f"{reference}-c1", "notification", "none")
            lives.append(await stack.enter_async_context(lived(machine, hosted_life, reference)))
        for reference, (on, _) in stories.items():
            await machine.gateway.was_called(reference, on)
        await machine.worker.restart()
        assert {payment.status for payment in await asyncio.gather(*lives)} == {PaymentStatus.CAPTURED}
        for reference, (on, _) in stories.items():
            await machine.assert_captured_once(reference)
            assert len(await machine.gateway.calls(reference, on)) == 2


async def test_worker_dies_after_it_has_destroyed_the_card(machine: Machine) -> None:
    """The gateway has authorized and the card is gone, but nobody has written that down, and no notification
    tells: the call cannot be made again, and that is not taken for a failure.
    """
    reference, card = machine.reference("card-gone"), await machine.store_card()
    await machine.gateway.fault(reference, "pay", "act_and_delay", seconds=LONG)
    await machine.gateway.fault(reference, "notification", "none")
    merchant = asyncio.create_task(patiently(lambda: machine.authorize(reference, card)))
    await machine.gateway.was_called(reference, "pay")
    await machine.worker.kill()
    await machine.vault.delete(card)
    await machine.worker.start()
    authorized = await merchant
    assert authorized.status is PaymentStatus.AUTHORIZED
    assert authorized.attempts[-1].decidedBy == "INQUIRY"
    await patiently(lambda: machine.payments.capture(reference))
    await machine.assert_captured_once(reference)
    assert len(await machine.gateway.calls(reference, "pay")) == 1
