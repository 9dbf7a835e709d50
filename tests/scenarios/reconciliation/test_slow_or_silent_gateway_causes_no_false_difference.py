"""A gateway that is slow, silent or rate limited, or a payment in progress, causes no false difference."""

import secrets
import time

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateStage
from temporalio.exceptions import ApplicationError

from holdfast import Payment, PaymentStatus
from holdfast.temporal.names import CARD_PAYMENT, RECONCILE, RECONCILIATION, TASK_QUEUE, workflow_id
from tests.support.eventually import eventually
from tests.support.scenarios.accounts import Books, assert_no_difference, kinds
from tests.support.world import World
from tools.chaos.settling import in_parallel


async def test_inquiry_that_lags_behind_a_capture_is_repeated(shop: Books) -> None:
    reference = await shop.captured("lagging")
    shop.world.fault(reference, "inquiryPayment", "without_captures", times=2)
    assert_no_difference(await shop.reconcile(), 1)


async def test_payment_captured_during_its_check_is_checked_again(shop: Books) -> None:
    reference = await shop.started("moving")
    shop.world.hold(reference, "inquiryPayment", "act_and_delay")
    run = await shop.start()
    await eventually(lambda: bool(shop.world.calls(reference, "inquiryPayment")))
    await shop.world.payments.capture(reference)
    shop.world.release(reference)
    assert_no_difference(await shop.reconciliations.result(run), 1)


async def test_payment_captured_during_its_own_inquiry_is_not_flagged(shop: Books) -> None:
    shop.keeps_histories = True
    reference = await shop.started("moving-itself")
    shop.world.hold(reference, "inquiryPayment", "act_and_delay")
    asking = await shop.world.handle(reference).start_update(
        RECONCILE, wait_for_stage=WorkflowUpdateStage.ACCEPTED, result_type=Payment
    )
    await eventually(lambda: bool(shop.world.calls(reference, "inquiryPayment")))
    await shop.world.payments.capture(reference)
    shop.world.release(reference)
    payment = await asking.result()
    assert (payment.status, payment.review) == (PaymentStatus.CAPTURED, None)
    assert len(shop.world.calls(reference, "inquiryPayment")) == 2


async def test_unanswered_inquiry_counts_as_unanswered(shop: Books) -> None:
    silent, answered = await shop.captured("silent"), await shop.captured("answered")
    shop.world.fault(silent, "inquiryPayment", "code_u", times=-1)
    report = await shop.reconcile()
    assert (report.compared, report.agreed, report.unanswered) == (2, 1, 1)
    assert report.unansweredReferences == (silent,)
    assert report.differences == ()
    assert len(shop.world.calls(answered, "inquiryPayment")) == 1


@pytest.mark.parametrize("fault", ["http_500", "unsigned", "garbage", "code_f"])
async def test_unanswered_inquiry_is_repeated_until_it_is_answered(shop: Books, fault: str) -> None:
    reference = await shop.captured(f"silent-{fault}")
    shop.world.fault(reference, "inquiryPayment", fault, times=12)
    report = await shop.reconcile()
    assert (report.compared, report.agreed, report.unanswered) == (1, 1, 0)


async def test_difference_is_found_after_unanswered_inquiries(shop: Books) -> None:
    reference = await shop.captured("silent-taken-back")
    shop.operate_dashboard(f"{reference}-1", "take_back")
    shop.world.fault(reference, "inquiryPayment", "drop_before", times=4)
    assert kinds((await shop.reconcile()).differences) == ["LOST_CAPTURE REPORTED"]


async def test_rate_limited_inquiries_are_slowed_down(shop: Books) -> None:
    reference = await shop.captured("rate-limited")
    limit = "REQUEST_TRAFFIC_EXCEED_LIMIT"
    shop.world.fault(reference, "inquiryPayment", "code_u", times=2, code=limit)
    began = time.monotonic()
    report = await shop.reconcile()
    assert time.monotonic() - began >= 3, "one second more, then two"
    assert (report.agreed, report.trafficLimits) == (1, 2)


async def test_inquiries_keep_the_requested_rate(shop: Books) -> None:
    await in_parallel(shop.captured, ["paced"] * 6, at_once=3)
    began = time.monotonic()
    report = await shop.reconcile(inquiriesPerSecond=2)
    assert time.monotonic() - began >= 6 / 2
    assert report.agreed == 6


async def test_refused_order_is_compared_without_difference(shop: Books) -> None:
    reference = shop.world.reference("refused")
    handle = await shop.world.client.start_workflow(
        CARD_PAYMENT, {"paymentReference": reference}, id=workflow_id(reference), task_queue=TASK_QUEUE
    )
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert_no_difference(await shop.reconcile(references=[reference]), 1)


@pytest.mark.parametrize(
    ("request_fields", "rule"),
    [
        ({}, "a period (since, or last) or references are needed"),
        ({"last": 0}, "last: must be at least 1"),
        ({"last": 60, "since": "2026-11-23T00:00:00Z"}, "last excludes since and until"),
        ({"until": "2026-11-23T00:00:00Z"}, "until needs since"),
        ({"since": "2026-11-23T00:00:00"}, "since:"),
        ({"since": "2999-01-01T00:00:00Z"}, "must not be in the future"),
        ({"since": "2026-11-23T00:00:00Z", "until": "2026-11-22T00:00:00Z"}, "since must be before until"),
        ({"references": ["a/b"]}, "references.0:"),
        ({"last": 60, "inquiriesPerSecond": 0}, "inquiriesPerSecond:"),
        ({"last": 60, "merchantAccount": "unknown"}, "merchantAccount: is not configured"),
        ({"last": 60, "surplus": 1}, "surplus:"),
        ("yesterday", "must be an object"),
    ],
)
async def test_invalid_reconciliation_request_fails_with_one_line(
    books: World, request_fields: object, rule: str
) -> None:
    run = f"reconciliation-refused-{secrets.token_hex(4)}"
    handle = await books.client.start_workflow(RECONCILIATION, request_fields, id=run, task_queue=TASK_QUEUE)
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidRequest"
    assert rule in failed.value.cause.message
