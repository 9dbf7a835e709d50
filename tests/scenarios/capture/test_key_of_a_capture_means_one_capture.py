"""A merchant repeats a capture under its key: it is made once, again after a failure, and never altered."""

import asyncio
from datetime import timedelta

import pytest

from holdfast import AlreadyCaptured, Amount, CaptureInProgress, InvalidRequest, PaymentStatus
from holdfast.payment import CaptureStatus
from tests.support.eventually import eventually
from tests.support.world import World

PART = Amount(currency="EUR", value="10000")
ANOTHER = Amount(currency="EUR", value="20000")


async def _authorized(world: World, scenario: str) -> str:
    reference = world.reference(scenario)
    assert (await world.authorize(reference)).status is PaymentStatus.AUTHORIZED
    return reference


def _captures(world: World, reference: str) -> list[tuple[str, int]]:
    entries = world.ledger(reference)["captures"]
    return [(e["captureRequestId"], e["amount"]) for e in entries if e["status"] == "SUCCESS"]


async def test_repeat_of_a_failed_capture_with_its_key_captures_under_a_new_request_id(world: World) -> None:
    reference = await _authorized(world, "key-failed")
    world.fault(reference, "capture", "code_f", code="USER_BALANCE_NOT_ENOUGH")
    failed = await world.payments.capture(reference, key="order-1")
    assert (failed.status, failed.captures[0].status) == (PaymentStatus.AUTHORIZED, CaptureStatus.FAIL)
    assert (await world.payments.capture(reference, key="order-1")).status is PaymentStatus.CAPTURED
    assert _captures(world, reference) == [(f"{reference}-c2", 30000)]


async def test_repeat_of_a_failed_part_with_its_key_captures_that_part(world: World) -> None:
    reference = await _authorized(world, "key-failed-part")
    world.fault(reference, "capture", "code_f", code="USER_BALANCE_NOT_ENOUGH")
    for _ in range(2):
        payment = await world.payments.capture(reference, PART, is_last_capture=False, key="parcel-1")
    assert payment.capturedAmount == PART
    assert _captures(world, reference) == [(f"{reference}-c2", 10000)]
    await world.payments.capture(reference)


async def test_key_of_a_capture_with_another_amount_is_refused_and_captures_nothing(world: World) -> None:
    reference = await _authorized(world, "key-other-amount")
    await world.payments.capture(reference, PART, is_last_capture=False, key="parcel-1")
    for other in (ANOTHER, None):
        with pytest.raises(InvalidRequest, match=r"key: .* another captureAmount"):
            await world.payments.capture(reference, other, key="parcel-1")
    assert _captures(world, reference) == [(f"{reference}-c1", 10000)]
    await world.payments.capture(reference)


async def test_key_of_a_failed_capture_with_another_amount_is_refused(world: World) -> None:
    reference = await _authorized(world, "key-failed-other-amount")
    world.fault(reference, "capture", "code_f", code="USER_BALANCE_NOT_ENOUGH")
    await world.payments.capture(reference, PART, is_last_capture=False, key="parcel-1")
    with pytest.raises(InvalidRequest, match="key: "):
        await world.payments.capture(reference, ANOTHER, is_last_capture=False, key="parcel-1")
    assert _captures(world, reference) == []
    await world.payments.cancel(reference, "end of the test")
    assert world.ledger(reference)["liveAuthorizations"] == 0


async def test_repeat_of_a_capture_with_its_key_is_answered_after_the_end_of_the_payment(
    world: World,
) -> None:
    reference = await _authorized(world, "key-after-end")
    await world.payments.capture(reference, PART, is_last_capture=False, key="parcel-1")
    await world.payments.capture(reference, PART, key="parcel-2")
    await world.handle(reference).result()
    for key in ("parcel-1", "parcel-2"):
        answer = await world.payments.capture(reference, PART, is_last_capture=False, key=key)
        assert answer.status is PaymentStatus.CAPTURED
    with pytest.raises(InvalidRequest, match="key: "):
        await world.payments.capture(reference, ANOTHER, key="parcel-1")
    with pytest.raises(AlreadyCaptured):
        await world.payments.capture(reference, ANOTHER, key="parcel-3")
    assert _captures(world, reference) == [(f"{reference}-c1", 10000), (f"{reference}-c2", 10000)]


async def test_ten_concurrent_captures_with_one_key_are_one_capture(world: World) -> None:
    reference = await _authorized(world, "key-concurrent")
    calls = (
        world.payments.capture(reference, PART, is_last_capture=False, key="parcel-1") for _ in range(10)
    )
    await asyncio.gather(*calls)
    await world.becomes(reference, PaymentStatus.PARTIALLY_CAPTURED)
    assert _captures(world, reference) == [(f"{reference}-c1", 10000)]
    await world.payments.capture(reference)


async def test_capture_of_the_rest_with_another_key_is_not_answered_with_the_open_capture(
    world: World,
) -> None:
    reference = await _authorized(world, "key-other-open")
    world.fault(reference, "capture", "in_process", seconds=600)
    with world.env.with_time_skipping_disabled():
        first = asyncio.create_task(world.payments.capture(reference, key="order-1"))
        await eventually(lambda: bool(world.calls(reference, "capture")))
        with pytest.raises(CaptureInProgress):
            await world.payments.capture(reference, key="order-2")
        world.simulator.advance(601)
        assert (await first).status is PaymentStatus.CAPTURED
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]


async def test_capture_with_a_key_is_repeated_after_a_day_of_unknown_outcome(world: World) -> None:
    """The repeat resumes the capture under its own request id: its outcome is unknown and not a failure."""
    reference = await _authorized(world, "key-unknown")
    world.fault(reference, "capture", "in_process", seconds=2 * 86_400)
    world.fault(reference, "notification", "none", times=-1)
    capturing = asyncio.create_task(world.payments.capture(reference, key="order-1"))
    await eventually(lambda: bool(world.calls(reference, "capture")))
    await world.skip_until(reference, PaymentStatus.NEEDS_REVIEW, step=timedelta(hours=5))
    await capturing
    again = asyncio.create_task(world.payments.capture(reference, key="order-1"))
    world.simulator.advance(3 * 86_400)
    await world.answer(reference, again, timedelta(seconds=21))
    await world.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(minutes=10))
    assert _captures(world, reference) == [(f"{reference}-c1", 30000)]
