"""A reconciliation finds every kind of difference between Holdfast and the gateway, and reports it."""

import asyncio
from datetime import timedelta

import pytest

from holdfast import PaymentStatus
from holdfast.temporal.names import difference_id, workflow_id
from tests.support.eventually import eventually
from tests.support.scenarios.accounts import Books, kinds
from tests.support.world import DECLINED_VISA


async def test_authorization_of_cancelled_payment_is_reported(shop: Books) -> None:
    reference = await shop.cancelled("cancelled-held")
    shop.operate_dashboard(f"{reference}-1", "hold")
    report = await shop.reconcile()
    [found] = report.differences
    assert kinds(report.differences) == ["UNKNOWN_HOLD REPORTED"]
    assert (found.difference.holdfastState, found.difference.gatewayState) == (
        "CANCELLED",
        "SUCCEEDED EUR 300.00",
    )
    assert (report.compared, report.different, report.agreed) == (1, 1, 0)
    assert await shop.becomes_listed(1) == [difference_id(reference, found.difference.digest)]


async def test_authorization_of_failed_payment_is_reported(shop: Books) -> None:
    reference = await shop.started("failed-held", card=DECLINED_VISA)
    assert not await shop.world.skip(reference, timedelta(minutes=16))
    assert (await shop.payment(reference)).status is PaymentStatus.FAILED
    shop.operate_dashboard(f"{reference}-1", "hold")
    assert kinds((await shop.reconcile()).differences) == ["UNKNOWN_HOLD REPORTED"]


async def test_authorization_of_former_attempt_is_voided_by_the_running_payment(shop: Books) -> None:
    shop.keeps_histories = True
    reference = await shop.second_card("former-held")
    shop.operate_dashboard(f"{reference}-1", "hold")
    assert shop.world.ledger(reference)["liveAuthorizations"] == 2
    report = await shop.reconcile()
    assert kinds(report.differences) in (["UNKNOWN_HOLD CORRECTED"], ["UNKNOWN_HOLD IN_PROGRESS"])
    await eventually(lambda: shop.world.ledger(reference)["liveAuthorizations"] == 1)
    payment = await shop.payment(reference)
    assert (payment.status, payment.review is not None) == (PaymentStatus.AUTHORIZED, True)
    assert await shop.becomes_listed(1) == [workflow_id(reference)]


async def test_authorization_of_former_attempt_of_ended_payment_is_reported(shop: Books) -> None:
    reference = await shop.second_card("former-held-ended")
    await shop.world.payments.capture(reference)
    shop.operate_dashboard(f"{reference}-1", "hold")
    report = await shop.reconcile()
    assert kinds(report.differences) == ["UNKNOWN_HOLD REPORTED"]
    assert report.differences[0].difference.paymentRequestId == f"{reference}-1"


async def test_dashboard_capture_is_applied_and_reviewed(shop: Books) -> None:
    shop.keeps_histories = True
    reference = await shop.started("dashboard-capture-counted")
    shop.operate_dashboard(f"{reference}-1", "capture", captureRequestId="by-hand")
    report = await shop.reconcile()
    assert kinds(report.differences) == ["UNKNOWN_CAPTURE CORRECTED"]
    payment = await shop.payment(reference)
    assert payment.status is PaymentStatus.CAPTURED
    assert payment.review is not None
    assert payment.review.reason == "a capture that this payment did not request: by-hand"


async def test_capture_of_cancelled_payment_is_reported(shop: Books) -> None:
    reference = await shop.cancelled("cancelled-taken")
    shop.operate_dashboard(f"{reference}-1", "hold")
    shop.operate_dashboard(f"{reference}-1", "capture", captureRequestId="by-hand")
    report = await shop.reconcile()
    assert kinds(report.differences) == ["UNKNOWN_CAPTURE REPORTED"]
    assert report.differences[0].difference.captureRequestId == "by-hand"


async def test_capture_reversed_by_the_gateway_is_reported(shop: Books) -> None:
    reference = await shop.captured("taken-back")
    shop.operate_dashboard(f"{reference}-1", "take_back")
    report = await shop.reconcile()
    assert kinds(report.differences) == ["LOST_CAPTURE REPORTED"]
    assert report.differences[0].difference.captureRequestId == f"{reference}-c1"


async def test_authorization_voided_in_the_dashboard_cancels_the_running_payment(shop: Books) -> None:
    shop.keeps_histories = True
    reference = await shop.started("dashboard-void")
    shop.operate_dashboard(f"{reference}-1", "void")
    report = await shop.reconcile()
    assert kinds(report.differences) == ["LOST_HOLD CORRECTED"]
    assert (await shop.payment(reference)).status is PaymentStatus.CANCELLED


async def test_different_amount_is_found_for_running_and_ended_payments(shop: Books) -> None:
    shop.keeps_histories = True
    running, ended = await shop.started("amount-running"), await shop.captured("amount-ended")
    for reference in (running, ended):
        shop.operate_dashboard(f"{reference}-1", "amount", value=29999)
    report = await shop.reconcile()
    assert kinds(report.differences) == ["AMOUNT FLAGGED", "AMOUNT REPORTED"]
    assert {each.difference.gatewayState for each in report.differences} == {"EUR 299.99"}
    assert (await shop.payment(running)).status is PaymentStatus.NEEDS_REVIEW
    await shop.becomes_listed(2)


async def test_authorization_without_notification_is_applied(shop: Books) -> None:
    shop.keeps_histories = True
    reference = await shop.started("paid-unnoticed", card=None)
    shop.world.fault(reference, "notification", "none", times=-1)
    await shop.world.buyer(reference, "pay")
    report = await shop.reconcile()
    assert kinds(report.differences) == ["STATUS CORRECTED"]
    assert (await shop.payment(reference)).status is PaymentStatus.AUTHORIZED
    assert await shop.review_items() == []


async def test_capture_without_notification_is_applied(shop: Books) -> None:
    shop.keeps_histories = True
    reference = await shop.started("captured-unnoticed")
    shop.world.fault(reference, "notification", "none", times=-1)
    shop.world.fault(reference, "capture", "in_process", seconds=1)
    capturing = asyncio.create_task(shop.world.payments.capture(reference))
    await eventually(lambda: shop.world.ledger(reference)["capturedAmount"] == 30000)
    await shop.world.answer(reference, capturing)
    report = await shop.reconcile()
    assert kinds(report.differences) in ([], ["STATUS CORRECTED"]), "the payment may have inquired first"
    assert (report.compared, report.different) == (1, 0)
    await shop.world.becomes(reference, PaymentStatus.CAPTURED)


async def test_authorization_of_terminated_workflow_is_reported(shop: Books) -> None:
    reference = await shop.started("terminated")
    await shop.world.handle(reference).terminate("a mistake")
    report = await shop.reconcile()
    assert kinds(report.differences) == ["UNATTENDED REPORTED"]
    assert report.differences[0].difference.holdfastState == "AUTHORIZED - stopped"


async def test_attempt_unknown_to_its_workflow_is_reported(shop: Books) -> None:
    reference = await shop.cancelled("forgotten-attempt")
    await shop.paid_without_holdfast(reference, attempt=2)
    report = await shop.reconcile()
    assert kinds(report.differences) == ["UNKNOWN_PAYMENT REPORTED"]
    assert report.differences[0].difference.holdfastState == "no such attempt"


async def test_order_without_workflow_is_found_by_its_reference(shop: Books) -> None:
    lost, never = shop.world.reference("lost-order"), shop.world.reference("never-paid")
    kept = await shop.captured("kept-order")
    await shop.paid_without_holdfast(lost)
    report = await shop.reconcile(references=[lost, kept, never])
    assert kinds(report.differences) == ["UNKNOWN_PAYMENT REPORTED"]
    assert report.differences[0].paymentReference == lost
    assert report.differences[0].difference.holdfastState == "no such payment"
    assert (report.expected, report.compared, report.agreed) == (3, 3, 2)


async def test_order_without_workflow_is_found_in_the_gateways_notification_list(shop: Books) -> None:
    lost = shop.world.reference("unmatched-order")
    await shop.paid_without_holdfast(lost)
    for _ in range(11):
        await shop.started("known-order")
    report = await shop.reconcile()
    assert kinds(report.differences) == ["UNKNOWN_PAYMENT REPORTED"]
    assert report.differences[0].paymentReference == lost
    assert (report.compared, report.agreed, report.eventsRefusedAs) == (12, 11, None)
    assert report.eventsRead >= 12, "more than one page of the gateway's list"


async def test_payment_with_two_listed_notifications_is_compared_once(shop: Books) -> None:
    lost = shop.world.reference("unmatched-twice")
    await shop.paid_without_holdfast(lost)
    for _ in range(10):
        await shop.started("known-order")
    await shop.paid_without_holdfast(lost, attempt=2)
    report = await shop.reconcile(pageSize=1)
    assert kinds(report.differences) == ["UNKNOWN_PAYMENT REPORTED"] * 2
    assert {found.difference.paymentRequestId for found in report.differences} == {f"{lost}-1", f"{lost}-2"}
    assert (report.compared, report.agreed, report.different) == (11, 10, 1)


async def test_request_ids_of_other_systems_are_ignored(shop: Books) -> None:
    await shop.paid_without_holdfast(shop.world.reference("others"), request_id="LEGACY/4711")
    report = await shop.reconcile()
    assert (report.compared, report.differences) == (0, ())
    assert report.eventsRead >= 1
    assert (await shop.reconcile(readEvents=False)).eventsRead == 0


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "INVALID_API"])
async def test_refused_notification_list_is_named_in_the_report(shop: Books, code: str) -> None:
    await shop.captured("no-list")
    shop.world.simulator.inject_fault("inquireNotificationList", "code_f", code=code)
    report = await shop.reconcile()
    assert (report.compared, report.agreed, report.eventsRefusedAs) == (1, 1, code)


async def test_notification_list_is_requested_again_after_an_error(shop: Books) -> None:
    await shop.paid_without_holdfast(shop.world.reference("list-silent"))
    shop.world.simulator.inject_fault("inquireNotificationList", "http_500", times=4)
    assert kinds((await shop.reconcile()).differences) == ["UNKNOWN_PAYMENT REPORTED"]
