"""The usual payment flows, without any fault."""

from datetime import timedelta

from holdfast import PaymentStatus
from holdfast.evidence import Source
from holdfast.payment import CaptureStatus
from tests.support.world import World


async def _pay_on_the_hosted_page(world: World, reference: str) -> None:
    payment = await world.authorize(reference, card=None)
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    assert payment.nextAction is not None
    assert payment.nextAction.normalUrl
    await world.buyer(reference, "pay")
    await world.becomes(reference, PaymentStatus.AUTHORIZED)


async def test_hosted_manual_payment_is_captured_within_forty_events(world: World) -> None:
    reference = world.reference("hosted")
    await _pay_on_the_hosted_page(world, reference)
    captured = await world.payments.capture(reference)
    assert captured.status is PaymentStatus.CAPTURED
    assert (await world.handle(reference).result()).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert world.calls(reference, "inquiryPayment") == [], "no inquiry after a notification"
    assert len(await world.events(reference)) <= 40


async def test_ten_days_before_the_capture_add_at_most_five_events(long_holds: World) -> None:
    at_once, later = long_holds.reference("at-once"), long_holds.reference("ten-days")
    for reference in (at_once, later):
        await _pay_on_the_hosted_page(long_holds, reference)
    assert await long_holds.skip(later, timedelta(days=10))
    for reference in (at_once, later):
        assert (await long_holds.payments.capture(reference)).status is PaymentStatus.CAPTURED
        assert long_holds.ledger(reference)["capturedAmount"] == 30000
    waited = [event for event in await long_holds.events(later) if "TIME_SKIPPING" not in event]
    assert len(waited) <= 40 + 5


async def test_server_to_server_automatic_payment_is_captured_by_the_gateway(world: World) -> None:
    reference = world.reference("s2s")
    payment = await world.authorize(reference, captureMode="AUTOMATIC")
    assert payment.status in {PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED}
    final = await world.becomes(reference, PaymentStatus.CAPTURED)
    assert final.captures[0].status is CaptureStatus.SUCCESS
    assert world.ledger(reference)["capturedAmount"] == 30000
    assert world.calls(reference, "capture") == []


async def test_server_to_server_card_with_3ds_is_authorized_after_the_challenge(world: World) -> None:
    reference = world.reference("3ds")
    order = await world.order(reference, card="4054695723100768")
    method = order.paymentMethod.model_dump(exclude_none=True)
    method["paymentMethodMetaData"] = {"is3DSAuthentication": True}
    payment = await world.authorize(reference, card=None, paymentMethod=method)
    assert payment.status is PaymentStatus.ACTION_REQUIRED
    await world.buyer(reference, "pay")
    authorized = await world.becomes(reference, PaymentStatus.AUTHORIZED)
    info = authorized.attempts[0].paymentResultInfo
    assert info is not None
    assert info.threeDSResult is not None
    assert info.threeDSResult.eci == "05"
    assert authorized.attempts[0].decidedBy is Source.NOTIFICATION
    await world.payments.cancel(reference, "end of the test")


async def test_cancelled_authorization_is_released(world: World) -> None:
    reference = world.reference("void")
    assert (await world.authorize(reference)).status is PaymentStatus.AUTHORIZED
    cancelled = await world.payments.cancel(reference, "out of stock")
    assert cancelled.status is PaymentStatus.CANCELLED
    assert world.ledger(reference)["liveAuthorizations"] == 0
    again = await world.payments.cancel(reference, "out of stock")
    assert again.status is PaymentStatus.CANCELLED


async def test_declined_card_is_followed_by_an_authorized_one(world: World) -> None:
    reference = world.reference("second-card")
    declined = await world.authorize(reference, card="4054692760174822")
    assert declined.status is PaymentStatus.DECLINED
    another = (await world.order(reference, card="4054695723100768")).paymentMethod
    paid = await world.payments.retry(reference, another)
    assert paid.status is PaymentStatus.AUTHORIZED
    assert [a.paymentRequestId for a in paid.attempts] == [f"{reference}-1", f"{reference}-2"]
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["maxLiveAuthorizations"] == 1


async def test_declined_payment_without_a_retry_fails(world: World) -> None:
    reference = world.reference("no-second-card")
    assert (await world.authorize(reference, card="4054692760174822")).status is PaymentStatus.DECLINED
    assert not await world.skip(reference, timedelta(minutes=16))
    assert (await world.handle(reference).result()).status is PaymentStatus.FAILED
