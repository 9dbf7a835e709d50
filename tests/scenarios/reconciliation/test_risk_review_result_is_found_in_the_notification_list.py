"""The notification of a risk review's result is lost: a reconciliation finds it in the gateway's list."""

from holdfast import PaymentStatus
from holdfast.statuses.payment_status import FINAL
from tests.support.eventually import eventually
from tests.support.scenarios.accounts import Books
from tests.support.world import AGAIN


async def _under_review(shop: Books, scenario: str, result: str) -> str:
    """Returns a payment under risk review, whose result is notified and never arrives."""
    shop.keeps_histories = True
    world, reference = shop.world, shop.reference(scenario)
    world.fault(reference, "riskReview", "processing", code=result, seconds=1)
    world.fault(reference, "notification", "none", times=-1, skip=1)
    await world.authorize(reference, card=None, merchantAccount=shop.account)
    await world.buyer(reference, "pay")
    with world.env.with_time_skipping_disabled():
        await world.becomes(reference, PaymentStatus.AUTHORIZED)
        await eventually(lambda: len(_notified(shop, reference)) == 2)
    return reference


def _notified(shop: Books, reference: str) -> list[object]:
    notifications = shop.world.simulator.notifications()
    return [n["notifyType"] for n in notifications if n["paymentRequestId"] == f"{reference}-1"]


async def test_accepted_risk_review_is_found_in_the_list(shop: Books) -> None:
    """Inquiries of the payment itself are not answered, so that the list is the only source."""
    reference = await _under_review(shop, "risk-list-accepted", "ACCEPT")
    shop.world.fault(reference, "inquiryPayment", "http_500", times=-1)
    assert (await shop.payment(reference)).authReviewStatus == "PROCESSING"
    await shop.reconcile()
    assert (await shop.payment(reference)).authReviewStatus == "ACCEPT"
    shop.world.simulator.clear_faults(reference)
    payment = await shop.world.payments.capture(reference)
    assert payment.status is PaymentStatus.CAPTURED
    assert shop.world.ledger(reference)["capturedAmount"] == 30000


async def test_rejected_risk_review_is_found_in_the_list(shop: Books) -> None:
    reference = await _under_review(shop, "risk-list-rejected", "REJECT")
    shop.world.fault(reference, "inquiryPayment", "http_500", times=3)
    await shop.reconcile()
    payment = await shop.world.skip_until(reference, *FINAL, step=AGAIN)
    assert payment.status is PaymentStatus.CANCELLED
    assert shop.world.ledger(reference)["liveAuthorizations"] == 0


async def test_rejection_is_found_in_the_list_by_a_payment_that_knows_no_review(shop: Books) -> None:
    """The pay response has no status of the review, and both notifications are lost."""
    shop.keeps_histories = True
    world, reference = shop.world, shop.reference("risk-list-unknown")
    world.fault(reference, "riskReview", "processing", code="REJECT", seconds=1)
    world.fault(reference, "notification", "none", times=-1)
    await world.authorize(reference, merchantAccount=shop.account)
    with world.env.with_time_skipping_disabled():
        await eventually(lambda: len(_notified(shop, reference)) == 2)
    assert (await shop.payment(reference)).authReviewStatus is None
    await shop.reconcile()
    payment = await world.skip_until(reference, *FINAL, step=AGAIN)
    assert (payment.status, payment.authReviewStatus) == (PaymentStatus.CANCELLED, "REJECT")
    assert world.ledger(reference)["liveAuthorizations"] == 0
