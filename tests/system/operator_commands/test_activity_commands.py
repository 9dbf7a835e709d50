"""The commands of `temporal activity` on a payment's gateway call: the gateway decides what it has done."""

import asyncio

import pytest

from holdfast import PaymentStatus as S
from tests.support.crashes.payment_flows import with_retries
from tests.support.crashes.system import SystemUnderTest
from tests.support.eventually import eventually
from tests.support.operator_commands import activity, until_repeated

ELSEWHERE = ("--task-queue", "without-workers")
RESTORED = ("--restore-original-options",)


async def pays(system: SystemUnderTest, reference: str, fault: str, **fields: object) -> asyncio.Task[object]:
    """Starts a payment whose pay call meets a fault, without any notification."""
    await system.gateway.inject_fault(reference, "notification", "none", times=-1)
    await system.gateway.inject_fault(reference, "pay", fault, **fields)
    card = await system.store_card()
    return asyncio.create_task(with_retries(lambda: system.authorize(reference, card)))


async def test_pay_call_that_is_failed_by_hand_is_decided_by_an_inquiry(system: SystemUnderTest) -> None:
    reference = system.reference("failed-pay")
    paying = await pays(system, reference, "act_and_delay", seconds=4)
    await system.gateway.wait_for_call(reference, "pay")
    await activity(system, reference, "fail", "pay", "--reason", "a test")
    await paying
    assert (await system.becomes(reference, S.AUTHORIZED)).attempt.decidedBy == "INQUIRY"
    assert (await system.gateway.summary(reference)).pay_calls == 1


async def test_capture_that_is_failed_by_hand_is_decided_by_an_inquiry(system: SystemUnderTest) -> None:
    reference = system.reference("failed-capture")
    await system.authorize(reference, await system.store_card())
    await system.gateway.inject_fault(reference, "notification", "none", times=-1)
    await system.gateway.inject_fault(reference, "capture", "act_and_delay", seconds=4)
    capturing = asyncio.create_task(with_retries(lambda: system.payments.capture(reference)))
    await system.gateway.wait_for_call(reference, "capture")
    await activity(system, reference, "fail", "capture", "--reason", "a test")
    await capturing
    await system.becomes(reference, S.CAPTURED)
    await system.assert_captured_once(reference)


@pytest.mark.parametrize(
    ("stop", "resume"),
    [(("pause",), ("unpause",)), (("update-options", *ELSEWHERE), ("update-options", *RESTORED))],
    ids=["paused", "moved"],
)
async def test_pay_call_that_is_stopped_by_hand_continues_under_its_id(
    system: SystemUnderTest, stop: tuple[str, ...], resume: tuple[str, ...]
) -> None:
    reference = system.reference("stopped-pay")
    paying = await pays(system, reference, "act_and_drop", times=2)
    await until_repeated(system, reference, "pay")
    await activity(system, reference, stop[0], "pay", *stop[1:])
    sent = (await system.gateway.summary(reference)).pay_calls
    assert (await system.payments.get(reference)).status is S.AUTHORIZING
    await activity(system, reference, resume[0], "pay", *resume[1:])
    await paying
    await system.becomes(reference, S.AUTHORIZED)
    money = await system.gateway.summary(reference)
    assert (money.attempts, money.most_live, money.held) == (1, 1, 30000)
    assert money.pay_calls > sent


async def test_reset_of_a_repeated_pay_call_authorizes_once(system: SystemUnderTest) -> None:
    reference = system.reference("reset-pay")
    paying = await pays(system, reference, "act_and_drop", times=2)
    await until_repeated(system, reference, "pay")
    await activity(system, reference, "reset", "pay")
    await paying
    await system.becomes(reference, S.AUTHORIZED)

    async def is_held_once() -> bool:
        money = await system.gateway.summary(reference)
        return (money.attempts, money.most_live, money.held) == (1, 1, 30000)

    await eventually(is_held_once)
