"""A reset removes a capture from a payment, an inquiry finds it, and its repetition does not capture again.

The gateway's ledger judges: a part that was captured before the reset is captured once.
"""

from holdfast import Amount, Payment, PaymentStatus
from holdfast.payment import CaptureStatus
from tests.support.scenarios.resets import last_task, reset_workflow
from tests.support.scenarios.split_workers import SplitWorkers
from tests.support.world import VISA, World

PART = Amount(currency="EUR", value="10000")
ANOTHER_PART = Amount(currency="EUR", value="5000")
KEY = "parcel-1"


async def _authorized(world: World, split: SplitWorkers, scenario: str) -> str:
    reference = world.reference(scenario)
    order = await world.order(reference, card=VISA)
    assert (await split.payments.authorize(order)).status is PaymentStatus.AUTHORIZED
    world.fault(reference, "notification", "none", times=-1)
    return reference


async def _captured(split: SplitWorkers, reference: str, amount: Amount = PART, key: str = KEY) -> Payment:
    return await split.payments.capture(reference, amount, is_last_capture=False, key=key)


async def _forget(world: World, split: SplitWorkers, reference: str, event: int) -> Payment:
    """Resets the payment without its updates, and lets an inquiry find what it has forgotten."""
    await reset_workflow(world, reference, event, reapply=False)
    return await split.payments.refresh(reference)


async def test_repetition_of_a_forgotten_capture_is_answered_with_it(
    world: World, split: SplitWorkers
) -> None:
    async with split.workflows(), split.activities():
        reference = await _authorized(world, split, "forgotten-capture")
        before = await last_task(world, reference)
        await _captured(split, reference)
        found = await _forget(world, split, reference, before)
        assert (found.status, found.capturedAmount) == (PaymentStatus.PARTIALLY_CAPTURED, PART)
        for _ in range(2):
            again = await _captured(split, reference)
    assert world.ledger(reference)["capturedAmount"] == 10000
    assert [(c.captureRequestId, c.key) for c in again.captures] == [(f"{reference}-c1", KEY)]
    assert again.review is not None


async def test_capture_with_another_amount_is_made_beside_a_forgotten_one(
    world: World, split: SplitWorkers
) -> None:
    async with split.workflows(), split.activities():
        reference = await _authorized(world, split, "forgotten-and-another")
        before = await last_task(world, reference)
        await _captured(split, reference)
        await _forget(world, split, reference, before)
        await _captured(split, reference, ANOTHER_PART, "parcel-2")
        await _captured(split, reference)
    assert world.ledger(reference)["capturedAmount"] == 15000


async def test_forgotten_repetition_of_a_failed_capture_is_answered_with_it(
    world: World, split: SplitWorkers
) -> None:
    """The payment still knows the first try of the key, which failed, and has forgotten the second one."""
    async with split.workflows(), split.activities():
        reference = await _authorized(world, split, "forgotten-second-try")
        world.fault(reference, "capture", "code_f", code="USER_BALANCE_NOT_ENOUGH")
        failed = await _captured(split, reference)
        assert failed.captures[0].status is CaptureStatus.FAIL
        before = await last_task(world, reference)
        await _captured(split, reference)
        await _forget(world, split, reference, before)
        await _captured(split, reference)
    assert world.ledger(reference)["capturedAmount"] == 10000


async def test_repetition_of_a_forgotten_capture_of_the_whole_amount_is_answered_after_the_end(
    world: World, split: SplitWorkers
) -> None:
    async with split.workflows(), split.activities():
        reference = await _authorized(world, split, "forgotten-whole")
        before = await last_task(world, reference)
        await split.payments.capture(reference, key=KEY)
        found = await _forget(world, split, reference, before)
        assert found.status is PaymentStatus.CAPTURED
        assert (await split.payments.capture(reference, key=KEY)).status is PaymentStatus.CAPTURED
    assert world.ledger(reference)["capturedAmount"] == 30000
