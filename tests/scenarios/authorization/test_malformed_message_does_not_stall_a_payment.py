"""Malformed messages of other clients or of the gateway neither stall nor lose a payment."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from holdfast import PaymentStatus
from holdfast.temporal.names import CARD_PAYMENT, REFRESH, TASK_QUEUE, workflow_id
from tests.support.world import World, order_fields


@pytest.mark.parametrize("two_arguments", [False, True])
async def test_start_without_an_order_or_with_two_arguments_is_an_invalid_order(
    world: World, two_arguments: bool
) -> None:
    reference = world.reference("malformed-start")
    arguments: list[Any] = [order_fields(reference), 1] if two_arguments else []
    handle = await world.client.start_workflow(
        CARD_PAYMENT, args=arguments, id=workflow_id(reference), task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError) as failed:
        await asyncio.wait_for(handle.result(), 60)
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidOrder"


@pytest.mark.parametrize("text", [rb"\ud800", rb"a\udfffb", b"\xff"])
async def test_start_with_a_text_that_is_not_unicode_is_an_invalid_order(world: World, text: bytes) -> None:
    reference = world.reference("not-unicode")
    fields = {**order_fields(reference), "paymentMethod": {"paymentMethodType": "CARD"}}
    data = json.dumps(fields).encode().replace(b"Two cups", text)
    handle = await world.client.start_workflow(
        CARD_PAYMENT, _json(data), id=workflow_id(reference), task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError) as failed:
        await asyncio.wait_for(handle.result(), 60)
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidOrder"
    assert world.calls(reference, "pay") == []


async def test_update_with_a_text_that_is_not_unicode_is_refused(world: World) -> None:
    reference = world.reference("not-unicode-update")
    await world.authorize(reference)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await world.handle(reference).execute_update("cancel", _json(rb'{"reason": "\ud800"}'))
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "InvalidRequest"
    await world.payments.cancel(reference, "end of the test")


def _json(data: bytes) -> RawValue:
    return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=data))


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
async def test_malformed_update_is_refused_in_one_line(
    world: World, update: str, arguments: list[Any], message: str
) -> None:
    reference = world.reference("malformed-update")
    await world.authorize(reference)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await world.handle(reference).execute_update(update, args=arguments)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "InvalidRequest"
    assert message in str(refused.value.cause)
    await world.payments.cancel(reference, "end of the test")


async def test_malformed_signal_is_ignored(world: World) -> None:
    reference = world.reference("malformed-signal")
    await world.authorize(reference)
    for arguments in ([], ["hello"], [{"merchantAccount": "default"}]):
        await world.handle(reference).signal("notification", args=arguments)
    assert (await world.payments.cancel(reference, "end of the test")).status is PaymentStatus.CANCELLED


async def _authorized_until(world: World, story: str, expiry: str) -> str:
    reference = world.reference(story)
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    await world.buyer(reference, "pay")
    await world.notify_success(reference, authExpiryTime=expiry)
    await world.becomes(reference, PaymentStatus.AUTHORIZED)
    return reference


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_impossible_expiry_time_is_ignored(world: World, moment: str) -> None:
    reference = await _authorized_until(world, "malformed-expiry", moment)
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED


async def test_authorization_of_half_an_hour_is_not_voided_at_once(world: World) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=30)).isoformat(timespec="seconds")
    reference = await _authorized_until(world, "short-hold", soon)
    assert await world.skip(reference, timedelta(minutes=10))
    assert (await world.payments.get(reference)).status is PaymentStatus.AUTHORIZED
    assert not await world.skip(reference, timedelta(minutes=10))
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_notification_with_an_overlong_id_is_applied(world: World) -> None:
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


async def test_excessive_refreshes_leave_updates_for_the_capture(world: World) -> None:
    """A Temporal server accepts a limited number of updates for one workflow."""
    reference = world.reference("excessive-refreshes")
    await world.authorize(reference)
    refusals = 0
    for _ in range(50):
        refreshes = (world.handle(reference).execute_update(REFRESH) for _ in range(8))
        answers = await asyncio.gather(*refreshes, return_exceptions=True)
        refusals += sum(isinstance(answer, WorkflowUpdateFailedError) for answer in answers)
    assert refusals
    assert (await world.payments.refresh(reference)).status is PaymentStatus.AUTHORIZED
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert len(await world.events(reference)) < 10_000, "the number at which Temporal warns"
