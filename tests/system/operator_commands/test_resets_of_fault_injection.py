"""The resets of the fault-injection run are accepted by the server, and the payment is captured once."""

import asyncio

import pytest

from holdfast import PaymentStatus as S
from tests.support.crashes.payment_flows import with_retries
from tests.support.crashes.system import SystemUnderTest
from tools.chaos.faults.resets import Operator, PlannedReset, Reset


@pytest.mark.parametrize("reset", [Reset.LAST_TASK, Reset.EARLIER_TASK])
async def test_payment_whose_workflow_is_reset_is_captured_once(
    system: SystemUnderTest, reset: Reset
) -> None:
    reference = system.reference("chaos-reset")
    await system.authorize(reference, await system.store_card())
    first = (await system.handle(reference).describe()).run_id
    operator = Operator()
    await operator.perform(PlannedReset(reset, 0), reference, system.client, "seed")
    assert operator.resets == {str(reset): 1}
    assert (await system.handle(reference).describe()).run_id != first
    await with_retries(lambda: system.becomes(reference, S.AUTHORIZED))
    assert (await with_retries(lambda: system.payments.capture(reference))).status is S.CAPTURED
    await system.assert_captured_once(reference)


async def test_payment_whose_pay_call_is_reset_is_captured_once(system: SystemUnderTest) -> None:
    reference, operator = system.reference("chaos-reset"), Operator()
    await system.gateway.inject_fault(f"{reference}-1", "notification", "none")
    await system.gateway.inject_fault(reference, "pay", "act_and_drop", times=3)
    card = await system.store_card()
    paying = asyncio.create_task(with_retries(lambda: system.authorize(reference, card)))
    await system.gateway.wait_for_call(reference, "pay")
    await operator.perform(PlannedReset(Reset.ACTIVITY, 0), reference, system.client, "seed")
    assert operator.resets == {str(Reset.ACTIVITY): 1}
    await paying
    assert (await with_retries(lambda: system.payments.capture(reference))).status is S.CAPTURED
    await system.assert_captured_once(reference)


async def test_payment_that_has_ended_is_not_reset(system: SystemUnderTest) -> None:
    reference, operator = system.reference("chaos-reset"), Operator()
    await system.authorize(reference, await system.store_card())
    await system.payments.cancel(reference, "a test")
    await system.result(reference)
    for reset in Reset:
        await operator.perform(PlannedReset(reset, 0), reference, system.client, "seed")
    await operator.perform(PlannedReset(Reset.LAST_TASK, 0), "chaos-reset-unknown", system.client, "seed")
    assert not operator.resets
