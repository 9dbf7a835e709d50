"""A hold lasts seven days: nobody may forget it, and nobody may be surprised by it."""

from datetime import UTC, datetime, timedelta

from holdfast import Amount, PaymentStatus
from holdfast.payment import Payment
from tests.support.world import World

BEFORE_THE_END = timedelta(hours=2)


async def _left_alone(world: World, choice: str) -> str:
    reference = world.reference(f"expiry-{choice.lower()}")
    payment = await world.authorize(reference, onAuthorizationExpiry=choice)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.authExpiryTime is not None
    # by the gateway's word: its clock may be ahead of ours
    assert await world.skip(reference, payment.authExpiryTime - datetime.now(UTC) - BEFORE_THE_END)
    assert (await world.payments.get(reference)).status is PaymentStatus.AUTHORIZED
    return reference


async def test_void_lets_the_money_go_an_hour_before(world: World) -> None:
    reference = await _left_alone(world, "VOID")
    await world.skip_until(reference, PaymentStatus.EXPIRED, step=timedelta(minutes=65))
    assert world.ledger(reference)["liveAuthorizations"] == 0
    assert len(world.calls(reference, "cancel")) == 1


async def test_capture_takes_the_money_an_hour_before(world: World) -> None:
    reference = await _left_alone(world, "CAPTURE")
    await world.skip(reference, timedelta(hours=1, minutes=5))
    final: Payment = await world.handle(reference).result()
    assert final.status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_notify_asks_a_person_and_does_nothing(world: World) -> None:
    reference = await _left_alone(world, "NOTIFY")
    assert await world.skip(reference, timedelta(hours=1, minutes=5))
    payment = await world.payments.get(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None
    assert "expires" in payment.review.reason
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED


async def test_a_void_that_the_gateway_refuses_is_reviewed_and_not_repeated_for_ever(world: World) -> None:
    reference = await _left_alone(world, "VOID")
    world.fault(reference, "cancel", "code_f", times=-1, code="CANCEL_WINDOW_EXCEED")
    assert await world.skip(reference, timedelta(hours=1, minutes=5))
    payment = await world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert payment.review is not None
    assert "CANCEL_WINDOW_EXCEED" in payment.review.reason
    assert len(world.calls(reference, "cancel")) == 1


async def test_a_remainder_is_not_given_up_while_the_gateway_holds_it(long_holds: World) -> None:
    """Nobody has told for how long: that is asked before the rest is taken for released."""
    world = long_holds
    reference = world.reference("remainder")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    await world.buyer(reference, "pay")
    await world.tell_success(reference)
    part = Amount(currency="EUR", value="10000")
    await world.becomes(reference, PaymentStatus.AUTHORIZED)
    await world.payments.capture(reference, part, is_last_capture=False, key="first")
    assert await world.skip(reference, timedelta(days=10))
    await world.payments.capture(reference)
    assert world.ledger(reference)["capturedAmount"] == 30000
