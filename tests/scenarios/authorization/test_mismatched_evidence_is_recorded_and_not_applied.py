"""Late, duplicate, forged and mismatched messages are recorded for an operator, and never applied."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from holdfast import AttemptUnconfirmed, PaymentStatus
from holdfast.antom.client import AntomClient
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.antom.models import GatewayCaptureRequest
from holdfast.antom.outcome import Happened
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.temporal.names import LATE_NOTIFICATION, NOTIFICATION
from settlement.evidence import PaymentEvidence, Verdict
from settlement.notification.verified_notification import VerifiedNotification
from tests.support.eventually import eventually
from tests.support.world import DECLINED_VISA, World, account_of

LATE = f"WorkflowType = '{LATE_NOTIFICATION}'"


async def test_notification_with_another_amount_is_not_applied(world: World) -> None:
    reference = world.reference("wrong-amount")
    payment = await world.authorize(reference, card=None)
    world.fault(reference, "notification", "wrong_amount", times=1)
    await world.buyer(reference, "pay")
    payment = await world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert payment.review is not None
    assert "amount" in payment.review.reason
    assert payment.authorizedAmount == payment.paymentAmount
    assert len(world.calls(reference, "inquiryPayment")) == 1, "an inquiry is made"
    await world.payments.cancel(reference, "end of the test")


async def test_inquiry_with_another_amount_leads_to_a_review(world: World) -> None:
    reference = world.reference("wrong-inquiry")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "wrong_amount", times=1)
    await world.buyer(reference, "pay")
    payment = await world.payments.refresh(reference)
    assert payment.status is PaymentStatus.NEEDS_REVIEW
    assert payment.authorizedAmount is None


async def test_forged_notification_changes_nothing(world: World) -> None:
    reference = world.reference("forged")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "forged", times=1)
    await world.buyer(reference, "pay")
    payment = await world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert payment.review is None
    assert [event.event for event in payment.events] == [Event.BUYER_NEEDED, Event.AUTHORIZED]
    await world.payments.cancel(reference, "end of the test")


async def test_notification_of_another_account_is_flagged_and_not_applied(world: World) -> None:
    """The signature is valid, but that of another merchant account of the same webhook."""
    reference = world.reference("another-account")
    await world.authorize(reference, card=None)
    success = PaymentEvidence(
        source=Source.NOTIFICATION, verdict=Verdict.SUCCEEDED, paymentRequestId=f"{reference}-1"
    )
    notification = VerifiedNotification(
        merchantAccount="shop-two",
        notifyType="PAYMENT_RESULT",
        receivedAt=datetime.now(UTC),
        evidence=success,
    )
    await world.handle(reference).signal(NOTIFICATION, notification)
    payment = await world.payments.refresh(reference)
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    assert payment.review is not None
    assert "another merchant account" in payment.review.reason
    await world.payments.cancel(reference, "end of the test")


async def test_duplicate_notification_is_applied_once(world: World) -> None:
    reference = world.reference("doubled")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "duplicate", times=-1)
    await world.buyer(reference, "pay")
    await world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    final = await world.handle(reference).result()
    assert [event.event for event in final.events].count(Event.AUTHORIZED) == 1
    assert final.review is None


async def test_capture_result_before_the_payment_result_is_not_lost(world: World) -> None:
    reference = world.reference("reordered")
    world.fault(reference, "notification", "reorder", times=-1)
    await world.authorize(reference, card=None, captureMode="AUTOMATIC")
    await world.buyer(reference, "pay")
    payment = await world.becomes(reference, PaymentStatus.CAPTURED)
    assert payment.capturedAmount == payment.paymentAmount


async def test_late_success_of_a_closed_attempt_is_voided_and_reviewed(world: World) -> None:
    """The first attempt was declined and a second one is open when a success of the first arrives."""
    reference = world.reference("late-success")
    await world.authorize(reference, card=DECLINED_VISA)
    second = await world.order(reference)
    with world.env.with_time_skipping_disabled():
        await world.payments.retry(reference, second.paymentMethod)
    await world.notify_success(reference)
    await eventually(lambda: bool(world.calls(reference, "cancel")))
    payment = await world.payments.get(reference)
    while payment.attempts[0].status is not AttemptStatus.DECLINED:
        payment = await world.payments.get(reference)
    assert payment.review is not None
    assert payment.status is PaymentStatus.ACTION_REQUIRED, "the second attempt goes on"
    assert f"{reference}-1" in payment.review.reason
    assert len(world.calls(reference, "cancel")) == 1
    await world.payments.cancel(reference, "end of the test")


async def test_notification_after_the_end_is_kept_for_an_operator(world: World) -> None:
    reference = world.reference("too-late")
    await world.authorize(reference)
    await world.payments.cancel(reference, "out of stock")
    await world.handle(reference).result()
    before = await _late_count(world.client)
    await world.notify_success(reference)
    await eventually(lambda: _has_increased(world.client, before))
    async for late in world.client.list_workflows(LATE):
        world.scenarios[late.id] = "late-notification"


async def _has_increased(client: Client, before: int) -> bool:
    return await _late_count(client) > before


async def _late_count(client: Client) -> int:
    return (await client.count_workflows(LATE)).count


async def test_failing_void_of_a_closed_attempt_does_not_delay_other_inquiries(world: World) -> None:
    """The first attempt's cancel fails for hours; meanwhile the second attempt's evidence mismatches."""
    reference = world.reference("two-questions")
    await world.authorize(reference, card=DECLINED_VISA)
    second = await world.order(reference)
    with world.env.with_time_skipping_disabled():
        await world.payments.retry(reference, second.paymentMethod)
        world.fault(reference, "cancel", "http_500", times=-1)
        await world.notify_success(reference)
        await eventually(lambda: bool(world.calls(reference, "cancel")))
        world.fault(reference, "notification", "wrong_amount")
        world.fault(reference, "notification", "none", times=-1)
        await world.buyer(reference, "pay", attempt=2)
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
    inquired = {call["paymentRequestId"] for call in world.calls(reference, "inquiryPayment")}
    assert f"{reference}-2" in inquired
    world.simulator.clear_faults()
    await world.payments.cancel(reference, "end of the test")
    await world.skip(reference, timedelta(hours=7))
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def _closed_but_held(world: World, story: str) -> str:
    """Returns a payment whose first attempt is closed after four denials, and authorized at the gateway."""
    reference = world.reference(story)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "pay", "act_and_drop")
    world.fault(reference, "pay", "code_f", code="DO_NOT_HONOR")
    world.fault(reference, "inquiryPayment", "code_f", code=ORDER_NOT_EXIST, times=3)
    world.fault(reference, "cancel", "code_f", code=ORDER_NOT_EXIST)
    paying = asyncio.create_task(world.authorize(reference))
    await eventually(lambda: bool(world.calls(reference, "inquiryPayment")))
    await world.skip_until(reference, PaymentStatus.DECLINED, step=timedelta(seconds=16))
    await paying
    return reference


async def test_payment_does_not_end_while_a_closed_attempt_holds_money(world: World) -> None:
    reference = await _closed_but_held(world, "closed-attempt-held")
    with world.env.with_time_skipping_disabled():
        await world.payments.retry(reference, {"paymentMethodType": "CARD"})
        world.fault(reference, "cancel", "http_500", times=3)
        await world.notify_success(reference)
        await eventually(lambda: len(world.calls(reference, "cancel")) == 4)
        await world.payments.cancel(reference, "changed their mind")
    assert (await world.payments.get(reference)).status is PaymentStatus.CANCELLED
    described = await world.handle(reference).describe()
    assert described.status is WorkflowExecutionStatus.RUNNING, "the first attempt is still authorized"
    await world.skip(reference, timedelta(minutes=5))
    await world.handle(reference).result()
    assert world.ledger(reference)["liveAuthorizations"] == 0


@pytest.mark.parametrize("code", ["SYSTEM_ERROR", ORDER_NOT_EXIST])
async def test_contradicted_decline_is_inquired_until_the_gateway_decides_it(world: World, code: str) -> None:
    """A success is notified, and the answer to the inquiry about it decides nothing."""
    reference = await _closed_but_held(world, f"unconfirmed-{code.replace('_', '-').lower()}")
    inquiries = len(world.calls(reference, "inquiryPayment"))
    world.fault(reference, "inquiryPayment", "code_f", code=code)
    await world.notify_success(reference)
    await eventually(lambda: len(world.calls(reference, "inquiryPayment")) > inquiries)
    with pytest.raises(AttemptUnconfirmed):
        await world.payments.retry(reference, {"paymentMethodType": "CARD"})
    payment = await world.skip_until(
        reference, PaymentStatus.AUTHORIZED, PaymentStatus.FAILED, step=timedelta(minutes=1)
    )
    assert payment.status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_capture_made_before_a_restore_is_found_by_inquiry(world: World) -> None:
    """After a restore, the first send is the gateway's second, and its failure requires an inquiry."""
    reference = world.reference("captured-before-restore")
    payment = await world.authorize(reference)
    world.fault(reference, "notification", "none", times=-1)
    request = GatewayCaptureRequest(
        captureRequestId=f"{reference}-c1",
        paymentId=payment.attempt.paymentId or "",
        captureAmount=payment.paymentAmount,
    )
    async with AntomClient(account_of(world.simulator)) as gateway:
        assert isinstance(await gateway.capture(request), Happened)
    world.fault(reference, "capture", "code_f", code="ORDER_STATUS_INVALID")
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000
