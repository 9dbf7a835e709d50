"""A deployment sends SIGTERM while the gateway works on a pay call."""

import asyncio

from holdfast import PaymentStatus
from tests.support.crashes.machine import Machine
from tests.support.crashes.payment_flows import patiently

LONG = 2.0
"""Seconds that the gateway takes for the pay call."""


async def test_worker_finishes_the_pay_call_and_ends_well(machine: Machine) -> None:
    """No notification tells the payment first what the gateway answers: then its call would be called off."""
    reference, card = machine.reference("sigterm"), await machine.store_card()
    await machine.gateway.fault(reference, "pay", "act_and_delay", seconds=LONG)
    await machine.gateway.fault(reference, "notification", "none")
    merchant = asyncio.create_task(patiently(lambda: machine.authorize(reference, card)))
    await machine.gateway.was_called(reference, "pay")
    assert await machine.worker.stop() == 0
    assert "ACTIVITY_TASK_COMPLETED" in await machine.events(reference), "the answer was not thrown away"

    await machine.worker.start()
    assert (await merchant).status is PaymentStatus.AUTHORIZED
    await patiently(lambda: machine.payments.capture(reference))
    await machine.assert_captured_once(reference)
    assert len(await machine.gateway.calls(reference, "pay")) == 1
