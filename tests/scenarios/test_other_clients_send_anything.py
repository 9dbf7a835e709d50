"""Clients in other languages, and a gateway with odd habits: nothing they send stalls or loses a payment."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from holdfast import PaymentStatus
from holdfast.temporal.names import CARD_PAYMENT, REFRESH, TASK_QUEUE, workflow_id
from tests.support.world import World, order_fields


@pytest.mark.parametrize("surplus", [False, True])
async def test_a_start_without_an_order_or_with_too_much(world: World, surplus: bool) -> None:
    reference = world.reference("odd-start")
    arguments: list[Any] = [order_fields(reference), 1] if surplus else []
    handle = await world.client.start_workflow(
        CARD_PAYMENT, args=arguments, id=workflow_id(reference), task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError) as failed:
        await asyncio.wait_for(handle.result(), 60)
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidOrder"


@pytest.mark.parametrize(
    ("update", "arguments", "message"),
    [
        ("cancel", [], "must be an object"),
        ("cancel", [None], "must be an object"),
        ("cancel", ["because"], "must be an object"),
        ("cancel", [{"Reason": "x"}], "reason: is required"),
        ("capture", [[]], "must be an object"),
        ("capture", [{"isLastCapture": "yes"}], "isLastCapture: Input should be a valid boolean"),
        ("capture", [{"captureAmount": {"currency": "EUR"}}], "captureAmount.value: is required"),
    ],
)
async def test_a_request_of_another_shape_is_refused_in_one_line(
    world: World, update: str, arguments: list[Any], message: str
) -> None:
    reference = world.reference("odd-update")
    await world.authorize(reference)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await world.handle(reference).execute_update(update, args=arguments)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "InvalidRequest"
    assert message in str(refused.value.cause)
    await world.payments.cancel(reference, "end of the test")


async def test_signals_of_another_shape_are_not_heard(world: World) -> None:
    reference = world.reference("odd-signal")
    await world.authorize(reference)
    for arguments in ([], ["hello"], [{"merchantAccount": "default"}]):
        await world.handle(reference).signal("notification", args=arguments)
    assert (await world.payments.cancel(reference, "end of the test")).status is PaymentStatus.CANCELLED


async def _authorized_by(world: World, story: str, expiry: str) -> str:
    reference = world.reference(story)
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    await world.buyer(reference, "pay")
    await world.tell_success(reference, authExpiryTime=expiry)
    await world.becomes(reference, PaymentStatus.AUTHORIZED)
    return reference


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_an_expiry_that_cannot_be_is_none(world: World, moment: str) -> None:
    reference = await _authorized_by(world, "odd-expiry", moment)
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED


async def test_a_hold_of_half_an_hour_is_not_voided_at_once(world: World) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=30)).isoformat(timespec="seconds")
    reference = await _authorized_by(world, "short-hold", soon)
    assert await world.skip(reference, timedelta(minutes=10))
    assert (await world.payments.get(reference)).status is PaymentStatus.AUTHORIZED
    assert not await world.skip(reference, timedelta(minutes=10))
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_an_id_longer_than_any_id_stops_nothing(world: World) -> None:
    reference = world.reference("long-id")
    world.fault(reference, "pay", "code_u", code="PAYMENT_IN_PROCESS")
    world.fault(reference, "notification", "none", times=-1)
    await world.authorize(reference)
    await world.notify(
        reference,
        b'{"notifyType":"PAYMENT_RESULT","result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentRequestId":"'
        + f"{reference}-1".encode()
        + b'","paymentId":"'
        + b"9" * 3000
        + b'","paymentAmount":{"currency":"EUR","value":"30000"}}',
    )
    assert (await world.becomes(reference, PaymentStatus.AUTHORIZED)).status is PaymentStatus.AUTHORIZED


async def test_a_client_that_never_stops_asking_leaves_room_for_the_capture(world: World) -> None:
    """A server takes so many updates of one workflow and no more, whatever they are for."""
    reference = world.reference("asked-too-often")
    await world.authorize(reference)
    refusals = 0
    for _ in range(50):
        asking = (world.handle(reference).execute_update(REFRESH) for _ in range(8))
        answers = await asyncio.gather(*asking, return_exceptions=True)
        refusals += sum(isinstance(answer, WorkflowUpdateFailedError) for answer in answers)
    assert refusals
    assert (await world.payments.refresh(reference)).status is PaymentStatus.AUTHORIZED
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert len(await world.events(reference)) < 10_000, "Temporal warns from there on"
