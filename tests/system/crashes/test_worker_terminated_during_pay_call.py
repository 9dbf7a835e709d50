"""A deployment sends SIGTERM to the worker while the gateway processes a pay call."""

import asyncio

from holdfast import PaymentStatus
from tests.support.crashes.payment_flows import with_retries
from tests.support.crashes.system import SystemUnderTest

DELAY = 2.0
"""Seconds that the gateway takes for the pay call."""


async def test_worker_terminated_during_pay_call_records_the_response(system: SystemUnderTest) -> None:
    """There is no notification, which would decide the payment first and cancel its call."""
    reference, card = system.reference("sigterm"), await system.store_card()
    await system.gateway.inject_fault(reference, "pay", "act_and_delay", seconds=DELAY)
    await system.gateway.inject_fault(reference, "notification", "none")
    merchant = asyncio.create_task(with_retries(lambda: system.authorize(reference, card)))
    await system.gateway.wait_for_call(reference, "pay")
    assert await system.worker.terminate() == 0
    assert "ACTIVITY_TASK_COMPLETED" in await system.events(reference), "the response is in the history"

    await system.worker.start()
    assert (await merchant).status is PaymentStatus.AUTHORIZED
    await with_retries(lambda: system.payments.capture(reference))
    await system.assert_captured_once(reference)
    assert len(await system.gateway.calls_of(reference, "pay")) == 1
