"""A second start with the same reference returns the same payment, or is an error for another order."""

import asyncio
from typing import Any

import pytest
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from holdfast import Amount, PaymentNotFound, PaymentReferenceReused, PaymentStatus
from holdfast.temporal.names import CARD_PAYMENT, TASK_QUEUE, workflow_id
from tests.support.world import DECLINED_VISA, World


async def test_two_concurrent_starts_are_one_payment(world: World) -> None:
    reference = world.reference("two-starts")
    order = await world.order(reference, card="4054695723100768")
    with world.env.with_time_skipping_disabled():
        first, second = await asyncio.gather(*(world.payments.authorize(order) for _ in range(2)))
    assert first.status is second.status is PaymentStatus.AUTHORIZED
    assert len(world.calls(reference, "pay")) == 1
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_start_after_the_end_returns_the_final_payment(world: World) -> None:
    reference = world.reference("started-after-end")
    await world.authorize(reference)
    await world.payments.capture(reference)
    await world.handle(reference).result()
    again = await world.authorize(reference)
    assert again.status is PaymentStatus.CAPTURED
    assert len(world.calls(reference, "pay")) == 1
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_start_with_another_amount_is_an_error(world: World) -> None:
    reference = world.reference("reused")
    await world.authorize(reference)
    with pytest.raises(PaymentReferenceReused, match="paymentAmount"):
        await world.authorize(reference, paymentAmount=Amount(currency="EUR", value="100"))
    assert len(world.calls(reference, "pay")) == 1
    await world.payments.cancel(reference, "end of the test")
    await world.handle(reference).result()
    with pytest.raises(PaymentReferenceReused, match="paymentAmount"):
        await world.authorize(reference, paymentAmount=Amount(currency="EUR", value="100"))
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1


@pytest.mark.parametrize(
    ("scenario", "other", "name"),
    [
        ("reused-mode", {"captureMode": "AUTOMATIC"}, "captureMode"),
        ("reused-page", {"card": None}, "paymentMethod"),
        (
            "reused-token",
            {"paymentMethod": {"paymentMethodType": "CARD", "paymentMethodId": "token-1"}},
            "paymentMethod",
        ),
    ],
)
async def test_start_with_another_capture_mode_or_payment_method_is_an_error(
    world: World, scenario: str, other: dict[str, Any], name: str
) -> None:
    """The existing payment is not returned as if it were paid and captured as the second order says."""
    reference = world.reference(scenario)
    await world.authorize(reference)
    with pytest.raises(PaymentReferenceReused, match=name):
        await world.authorize(reference, **other)
    await world.payments.cancel(reference, "end of the test")
    await world.handle(reference).result()
    with pytest.raises(PaymentReferenceReused, match=name):
        await world.authorize(reference, **other)
    assert len(world.calls(reference, "pay")) == 1
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_start_with_the_first_payment_method_after_a_retry_joins_the_payment(world: World) -> None:
    reference = world.reference("started-after-retry")
    first = await world.order(reference, card=DECLINED_VISA)
    with world.env.with_time_skipping_disabled():
        await world.payments.authorize(first)
        page = (await world.order(reference)).paymentMethod
        assert (await world.payments.retry(reference, page)).status is PaymentStatus.ACTION_REQUIRED
        assert (await world.payments.authorize(first)).status is PaymentStatus.ACTION_REQUIRED
        await world.payments.cancel(reference, "end of the test")
    assert len(world.calls(reference, "pay")) == 2


async def test_workflow_start_of_an_ended_payment_is_rejected(world: World) -> None:
    reference = world.reference("plain-start")
    await world.authorize(reference)
    await world.payments.cancel(reference, "end of the test")
    await world.handle(reference).result()
    order = await world.order(reference, card="4054695723100768")
    with pytest.raises(WorkflowAlreadyStartedError):
        await world.client.start_workflow(
            CARD_PAYMENT,
            order,
            id=workflow_id(reference),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )


async def test_unused_reference_is_not_found(world: World) -> None:
    with pytest.raises(PaymentNotFound):
        await world.payments.get(world.reference("unused"))
    with pytest.raises(PaymentNotFound):
        await world.payments.capture(world.reference("unused"))
    with pytest.raises(PaymentNotFound):
        await world.payments.get("not a reference")
