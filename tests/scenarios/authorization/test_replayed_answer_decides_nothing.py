"""Signed answers of another time or of another call are sent again: they decide nothing.

ORDER_NOT_EXIST has no id. Its signature is valid for every inquiry of the account, whenever it was made.
"""

import pytest

from holdfast import PaymentStatus
from tests.support.world import VISA, World

ABSENT = "ORDER_NOT_EXIST"
REPLAYS = ["stale_time", "replayed", "act_and_replayed"]


async def _payment_that_never_arrived(world: World, story: str) -> None:
    """The gateway answers ORDER_NOT_EXIST to all inquiries about another payment, and to its cancel."""
    reference = world.reference(story)
    world.fault(reference, "pay", "drop_before", times=5)
    order = await world.order(reference, card=VISA)
    assert (await world.payments.authorize(order)).status is PaymentStatus.DECLINED
    assert {call["resultCode"] for call in world.calls(reference, "cancel")} == {ABSENT}


async def test_order_not_exist_of_another_payment_does_not_decline_a_live_authorization(world: World) -> None:
    """The answers to the pay calls are lost, and those to the inquiries and the cancel are replaced."""
    await _payment_that_never_arrived(world, "replayed-not-exist-source")
    reference = world.reference("replayed-not-exist")
    world.fault(reference, "pay", "act_and_drop", times=5)
    world.fault(reference, "notification", "none", times=-1)
    world.fault(reference, "inquiryPayment", "replayed", code=ABSENT, times=4)
    world.fault(reference, "cancel", "replayed", code=ABSENT)
    payment = await world.payments.authorize(await world.order(reference, card=VISA))
    assert payment.status is PaymentStatus.AUTHORIZED
    ledger = world.ledger(reference)
    assert (ledger["liveAuthorizations"], ledger["maxLiveAuthorizations"]) == (1, 1)
    await world.payments.cancel(reference, "end of the test")


@pytest.mark.parametrize("fault", REPLAYS)
async def test_payment_with_old_answers_is_authorized_and_captured_once(world: World, fault: str) -> None:
    reference = world.reference(f"old-answers-{fault}")
    world.fault(reference, "notification", "none", times=-1)
    for call in ("pay", "inquiryPayment", "capture"):
        world.fault(reference, call, fault)
    assert (await world.authorize(reference)).status is PaymentStatus.AUTHORIZED
    await world.payments.refresh(reference)
    payment = await world.payments.capture(reference)
    assert payment.status is PaymentStatus.CAPTURED
    ledger = world.ledger(reference)
    assert (ledger["maxLiveAuthorizations"], ledger["capturedAmount"]) == (1, 30000)


@pytest.mark.parametrize("fault", REPLAYS)
async def test_cancel_with_old_answers_leaves_no_authorization(world: World, fault: str) -> None:
    reference = world.reference(f"old-answer-to-cancel-{fault}")
    world.fault(reference, "notification", "none", times=-1)
    assert (await world.authorize(reference)).status is PaymentStatus.AUTHORIZED
    world.fault(reference, "cancel", fault)
    world.fault(reference, "inquiryPayment", fault)
    payment = await world.payments.cancel(reference, "out of stock")
    assert payment.status is PaymentStatus.CANCELLED
    assert world.ledger(reference)["liveAuthorizations"] == 0
