"""Money that somebody took in the dashboard, or Holdfast before it was restored from a backup, counts."""

from datetime import timedelta

from payments import Amount, Payment, PaymentStatus
from tests.scenarios.world import World, eventually_true

FOREIGN = "a capture that this payment never asked for"
PART = Amount(currency="EUR", value="10000")


async def test_a_capture_by_hand_ends_the_payment_once_an_inquiry_shows_it(world: World) -> None:
    reference = world.reference("by-hand")
    await world.authorize(reference)
    world.simulator.plant(f"{reference}-1", "capture", captureRequestId="by-hand")
    assert (await world.payments.refresh(reference)).status is PaymentStatus.CAPTURED
    final: Payment = await world.handle(reference).result()
    assert (final.capturedAmount, final.captures[0].captureRequestId) == (final.paymentAmount, "by-hand")
    assert final.review is not None
    assert final.review.reason == f"{FOREIGN}: by-hand"
    assert await world.payments.capture(reference) == final
    assert not world.calls(reference, "capture")


async def test_a_capture_by_hand_of_which_nobody_told_is_found_when_the_hold_is_to_be_let_go(
    world: World,
) -> None:
    reference = world.reference("by-hand-unheard")
    await world.authorize(reference, onAuthorizationExpiry="VOID")
    world.simulator.plant(f"{reference}-1", "capture", captureRequestId="by-hand")
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=12))
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_part_taken_by_hand_leaves_the_rest_to_the_merchant(world: World) -> None:
    reference = world.reference("by-hand-part")
    await world.authorize(reference)
    world.simulator.plant(f"{reference}-1", "capture", captureRequestId="by-hand", value=10000)
    payment = await world.payments.refresh(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.PARTIALLY_CAPTURED, PART)
    payment = await world.payments.capture(reference)
    assert (payment.status, payment.capturedAmount) == (PaymentStatus.CAPTURED, payment.paymentAmount)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_capture_asked_for_beside_one_by_hand_takes_nothing_twice(world: World) -> None:
    """The merchant did not know, and the gateway refuses the second one."""
    reference = world.reference("by-hand-meets-capture")
    await world.authorize(reference)
    world.simulator.plant(f"{reference}-1", "capture", captureRequestId="by-hand")
    await world.payments.capture(reference)

    async def is_captured() -> bool:
        await world.payments.refresh(reference)
        return (await world.payments.get(reference)).status is PaymentStatus.CAPTURED

    await eventually_true(is_captured)
    assert world.ledger(reference)["capturedAmount"] == 30000


async def test_a_remainder_that_the_gateway_no_longer_holds_is_not_waited_for(world: World) -> None:
    reference = world.reference("remainder-gone")
    await world.authorize(reference)
    await world.payments.capture(reference, PART, is_last_capture=False, key="first")
    world.fault(reference, "capture", "code_f", code="AUTH_EXPIRED")
    await world.payments.capture(reference)
    final: Payment = await world.handle(reference).result()
    assert (final.status, final.capturedAmount) == (PaymentStatus.CAPTURED, PART)
    assert world.ledger(reference)["capturedAmount"] == 10000
