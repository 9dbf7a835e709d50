"""An authorization lasts seven days: the chosen action is taken before it expires."""

from datetime import UTC, datetime, timedelta

from holdfast import Amount, PaymentStatus
from holdfast.payment import Payment
from tests.support.world import World

BEFORE_EXPIRY = timedelta(hours=2)


async def _near_expiry(world: World, choice: str) -> str:
    reference = world.reference(f"expiry-{choice.lower()}")
    payment = await world.authorize(reference, onAuthorizationExpiry=choice)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.authExpiryTime is not None
    # by the time in the answer: the gateway's clock may be ahead of the local one
    assert await world.skip(reference, payment.authExpiryTime - datetime.now(UTC) - BEFORE_EXPIRY)
    assert (await world.payments.get(reference)).status is PaymentStatus.AUTHORIZED
    return reference


async def test_uncaptured_authorization_with_void_is_released_an_hour_before_expiry(world: World) -> None:
    reference = await _near_expiry(world, "VOID")
    await world.skip_until(reference, PaymentStatus.EXPIRED, step=timedelta(minutes=65))
    assert world.ledger(reference)["liveAuthorizations"] == 0
    assert len(world.calls(reference, "cancel")) == 1


async def test_uncaptured_authorization_with_capture_is_captured_an_hour_before_expiry(world: World) -> None:
    reference = await _near_expiry(world, "CAPTURE")
    await world.skip(reference, timedelta(hours=1, minutes=5))
    final: Payment = await world.handle(reference).result()
    assert final.status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_uncaptured_authorization_with_notify_is_reviewed_and_unchanged(world: World) -> None:
    reference = await _near_expiry(world, "NOTIFY")
    assert await world.skip(reference, timedelta(hours=1, minutes=5))
    payment = await world.payments.get(reference)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert payment.review is not None
    assert "expires" in payment.review.reason
    assert (await world.payments.capture(reference)).status is PaymentStatus.CAPTURED


async def test_void_refused_by_the_gateway_is_reviewed_and_not_repeated(world: World) -> None:
    reference = await _near_expiry(world, "VOID")
    world.fault(reference, "cancel", "code_f", times=-1, code="CANCEL_WINDOW_EXCEED")
    assert await world.skip(reference, timedelta(hours=1, minutes=5))
    payment = await world.becomes(reference, PaymentStatus.AUTHORIZED)
    assert payment.review is not None
    assert "CANCEL_WINDOW_EXCEED" in payment.review.reason
    assert len(world.calls(reference, "cancel")) == 1


async def test_remainder_without_a_known_expiry_is_still_captured_after_an_inquiry(long_holds: World) -> None:
    """The expiry is unknown: an inquiry is made before the remainder counts as released."""
    world = long_holds
    reference = world.reference("remainder")
    await world.authorize(reference, card=None)
    world.fault(reference, "notification", "none", times=-1)
    await world.buyer(reference, "pay")
    await world.notify_success(reference)
    part = Amount(currency="EUR", value="10000")
    await world.becomes(reference, PaymentStatus.AUTHORIZED)
    await world.payments.capture(reference, part, is_last_capture=False, key="first")
    assert await world.skip(reference, timedelta(days=10))
    await world.payments.capture(reference)
    assert world.ledger(reference)["capturedAmount"] == 30000
