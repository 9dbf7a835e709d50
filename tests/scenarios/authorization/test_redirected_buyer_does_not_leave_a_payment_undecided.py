"""However a redirect ends, the payment is decided, and it fails only with evidence."""

import asyncio
from datetime import timedelta

from holdfast import PaymentStatus
from holdfast.payment import Payment
from holdfast.source import Source
from tests.support.eventually import eventually
from tests.support.world import World


async def _redirected(world: World, story: str, **fields: object) -> str:
    reference = world.reference(story)
    payment = await world.authorize(reference, card=None, **fields)
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    return reference


async def test_authorization_without_a_notification_is_found_by_inquiry(world: World) -> None:
    reference = await _redirected(world, "no-notification")
    world.fault(reference, "notification", "none", times=-1)
    await world.buyer(reference, "pay")
    payment = await world.skip_until(reference, PaymentStatus.AUTHORIZED, step=timedelta(minutes=1))
    assert payment.attempts[0].decidedBy is Source.INQUIRY
    await world.payments.cancel(reference, "end of the test")


async def test_refresh_after_the_buyer_paid_returns_authorized_at_once(world: World) -> None:
    reference = await _redirected(world, "refresh-after-paying")
    world.fault(reference, "notification", "none", times=-1)
    assert (await world.payments.refresh(reference)).status is PaymentStatus.ACTION_REQUIRED
    await world.buyer(reference, "pay")
    await world.skip(reference, timedelta(seconds=2))
    assert (await world.payments.refresh(reference)).status is PaymentStatus.AUTHORIZED
    await world.payments.cancel(reference, "end of the test")


async def test_twenty_concurrent_refreshes_make_one_inquiry(world: World) -> None:
    reference = await _redirected(world, "refresh")
    answers = await asyncio.gather(*(world.payments.refresh(reference) for _ in range(20)))
    assert {answer.status for answer in answers} == {PaymentStatus.ACTION_REQUIRED}
    assert len(world.calls(reference, "inquiryPayment")) == 1
    await world.payments.cancel(reference, "end of the test")


async def test_abandoned_payment_expires_and_is_closed_at_the_gateway(world: World) -> None:
    reference = await _redirected(world, "gave-up")
    await world.buyer(reference, "abandon")
    assert not await world.skip(reference, timedelta(minutes=15))
    final: Payment = await world.handle(reference).result()
    assert final.status is PaymentStatus.EXPIRED
    assert len(world.calls(reference, "cancel")) == 1
    assert (await world.buyer(reference, "pay"))["inTime"] is False
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_payment_near_the_deadline_without_a_notification_matches_the_ledger(world: World) -> None:
    reference = await _redirected(world, "last-second")
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "http_500", times=4)
    assert await world.skip(reference, timedelta(minutes=13))
    await world.buyer(reference, "pay")
    decided = PaymentStatus.AUTHORIZED, PaymentStatus.EXPIRED
    payment = await world.skip_until(reference, *decided, step=timedelta(minutes=1))
    held = world.ledger(reference)["liveAuthorizations"]
    assert held == (1 if payment.status is PaymentStatus.AUTHORIZED else 0)


async def test_payment_in_the_last_minute_is_authorized_and_not_cancelled(world: World) -> None:
    """The last inquiry of the wait was before the buyer paid: the cancel is preceded by another one."""
    reference = await _redirected(world, "last-minute")
    world.fault(reference, "notification", "none", times=-1)
    assert await world.skip(reference, timedelta(minutes=13, seconds=30))
    await world.buyer(reference, "pay")
    decided = PaymentStatus.AUTHORIZED, PaymentStatus.EXPIRED
    payment = await world.skip_until(reference, *decided, step=timedelta(seconds=15))
    assert payment.status is PaymentStatus.AUTHORIZED
    assert world.ledger(reference)["liveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_failed_challenge_is_declined_and_the_next_card_is_authorized_once(world: World) -> None:
    reference = await _redirected(world, "failed-3ds")
    await world.buyer(reference, "fail")
    declined = await world.becomes(reference, PaymentStatus.DECLINED)
    assert declined.attempts[0].resultCode == "USER_PAYMENT_VERIFICATION_FAILED"
    with world.env.with_time_skipping_disabled():
        payment = await world.payments.retry(reference, {"paymentMethodType": "CARD"})
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    await world.buyer(reference, "pay", attempt=2)
    await world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_pending_notification_with_result_s_is_not_a_success(world: World) -> None:
    reference = await _redirected(world, "pending")
    await world.buyer(reference, "pending")
    payment = await world.becomes(reference, PaymentStatus.PENDING)
    assert payment.authorizedAmount is None
    assert payment.nextAction is None
    assert await world.skip(reference, timedelta(days=2)), "the gateway may take seven days"
    assert (await world.payments.get(reference)).status is PaymentStatus.PENDING
    await world.buyer(reference, "pay")
    await world.becomes(reference, PaymentStatus.AUTHORIZED)
    await world.payments.cancel(reference, "end of the test")


async def test_pending_payment_without_a_notification_is_not_cancelled_at_the_deadline(world: World) -> None:
    reference = await _redirected(world, "pending-without-notification")
    world.fault(reference, "notification", "none", times=-1)
    await world.buyer(reference, "pending")
    decided = PaymentStatus.PENDING, PaymentStatus.EXPIRED
    assert (await world.skip_until(reference, *decided, step=timedelta(minutes=1))).status is decided[0]
    assert world.calls(reference, "cancel") == []
    await world.buyer(reference, "pay")
    await world.skip_until(reference, PaymentStatus.AUTHORIZED, step=timedelta(hours=1))
    assert world.ledger(reference)["liveAuthorizations"] == 1
    await world.payments.cancel(reference, "end of the test")


async def test_payment_pending_for_more_than_a_week_is_reviewed_and_not_cancelled(world: World) -> None:
    reference = await _redirected(world, "pending-over-a-week")
    await world.buyer(reference, "pending")
    await world.becomes(reference, PaymentStatus.PENDING)
    assert await world.skip(reference, timedelta(days=8))
    payment = await world.becomes(reference, PaymentStatus.NEEDS_REVIEW)
    assert payment.review is not None
    assert world.calls(reference, "cancel") == []
    cancelled = await world.payments.cancel(reference, "a person has decided")
    assert cancelled.status is PaymentStatus.CANCELLED


async def test_pay_response_in_process_without_a_redirect_is_pending_and_not_failed(world: World) -> None:
    reference = world.reference("no-url")
    world.fault(reference, "pay", "code_u", code="PAYMENT_IN_PROCESS")
    payment = await world.authorize(reference)
    assert payment.status is PaymentStatus.PENDING
    assert not await world.skip(reference, timedelta(minutes=15))
    assert (await world.handle(reference).result()).status is PaymentStatus.EXPIRED
    assert world.ledger(reference).get("liveAuthorizations", 0) == 0


async def test_cancel_during_the_redirect_refunds_a_late_success(world: World) -> None:
    reference = await _redirected(world, "cancel-redirect")
    cancelled = await world.payments.cancel(reference, "basket emptied")
    assert cancelled.status is PaymentStatus.CANCELLED
    assert cancelled.nextAction is None
    assert (await world.buyer(reference, "pay"))["inTime"] is False
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_cancel_during_the_pay_call_is_sent_after_it(world: World) -> None:
    reference = world.reference("cancel-in-flight")
    world.hold(reference, "pay", "delay")
    with world.env.with_time_skipping_disabled():
        order = await world.order(reference, card="4054695723100768")
        paying = asyncio.create_task(world.payments.authorize(order))
        await eventually(lambda: len(world.calls(reference, "pay")) == 1)
        cancelling = asyncio.create_task(world.payments.cancel(reference, "changed their mind"))
        await eventually(lambda: world.has_status(reference, PaymentStatus.CANCELLING))
        world.release(reference)
        assert (await cancelling).status is PaymentStatus.CANCELLED
        assert (await paying).status is PaymentStatus.CANCELLED
    assert len(world.calls(reference, "cancel")) == 1
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_redirect_that_only_an_inquiry_returns_is_shown_to_the_buyer(world: World) -> None:
    """The pay response has result U and no redirect."""
    reference = world.reference("page-found")
    world.fault(reference, "pay", "act_and_code_u", code="PAYMENT_IN_PROCESS")
    with world.env.with_time_skipping_disabled():
        await world.payments.authorize(await world.order(reference))
        payment = await world.becomes(reference, PaymentStatus.ACTION_REQUIRED)
        assert payment.nextAction is not None
        await world.buyer(reference, "pay")
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
    await world.payments.cancel(reference, "end of the test")
