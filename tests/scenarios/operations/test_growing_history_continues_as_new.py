"""A payment whose history grows by thousands of signed claims continues as new, and no caller notices."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle, WorkflowHistory
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from holdfast import AttemptUnconfirmed, Payment, PaymentStatus
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.order import PaymentMethod
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.temporal.names import AUTHORIZE, CAPTURE, CARD_PAYMENT, RECONCILE, TASK_QUEUE, workflow_id
from holdfast.temporal.rpc_errors import is_retryable
from tests.support.eventually import eventually
from tests.support.replay.recording import histories_of
from tests.support.scenarios.accounts import Books, assert_no_difference
from tests.support.scenarios.growth import continue_as_new, run_id, runs, send_claims
from tests.support.world import DECLINED_VISA, World
from workflows.card_payment.continuation import Continuation


async def _redirected(world: World, scenario: str, **fields: object) -> str:
    reference = world.reference(scenario)
    await world.authorize(reference, card=None, **fields)
    return reference


async def test_hundreds_of_claims_leave_one_authorization_and_one_capture(growing: World) -> None:
    reference = growing.reference("many-claims")
    await growing.authorize(reference)
    result = asyncio.create_task(growing.handle(reference).result())
    waiting = asyncio.create_task(growing.payments.wait(reference))
    for _ in range(15):
        await send_claims(growing, reference, 20)
        assert (await growing.payments.get(reference)).status is PaymentStatus.AUTHORIZED
    assert (await growing.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert (await result).status is (await waiting).status is PaymentStatus.CAPTURED
    ledger = growing.ledger(reference)
    assert (ledger["capturedAmount"], ledger["maxLiveAuthorizations"]) == (30000, 1)
    assert len(growing.calls(reference, "pay")) == len(growing.calls(reference, "capture")) == 1
    assert await runs(growing, reference) > 2
    final = await growing.payments.get(reference)
    assert len(final.events) <= 200
    assert final.events[0].to is PaymentStatus.AUTHORIZED
    assert final.events[-1].to is PaymentStatus.CAPTURED


async def test_redirected_buyer_pays_after_the_payment_continued_as_new(growing: World) -> None:
    reference = await _redirected(growing, "redirected")
    before = await growing.payments.get(reference)
    await continue_as_new(growing, reference)
    after = await growing.payments.get(reference)
    assert (after.status, after.nextAction) == (PaymentStatus.ACTION_REQUIRED, before.nextAction)
    assert after.attempts == before.attempts
    with growing.env.with_time_skipping_disabled():
        joined = await growing.payments.authorize(await growing.order(reference))
    assert joined.status is PaymentStatus.ACTION_REQUIRED
    await growing.buyer(reference, "pay")
    await growing.becomes(reference, PaymentStatus.AUTHORIZED)
    assert (await growing.payments.capture(reference)).status is PaymentStatus.CAPTURED
    assert growing.ledger(reference)["maxLiveAuthorizations"] == 1


async def test_deadline_of_the_buyer_does_not_move_when_the_payment_continues_as_new(growing: World) -> None:
    reference = await _redirected(growing, "deadline", completeWithin=600)
    await growing.skip(reference, timedelta(seconds=400))
    await continue_as_new(growing, reference)
    assert await growing.skip(reference, timedelta(seconds=150))
    assert (await growing.payments.get(reference)).status is PaymentStatus.ACTION_REQUIRED
    await growing.skip(reference, timedelta(seconds=60))
    assert (await growing.becomes(reference, PaymentStatus.EXPIRED)).status is PaymentStatus.EXPIRED
    assert growing.ledger(reference)["liveAuthorizations"] == 0


async def test_authorization_is_captured_before_its_expiry_in_the_next_run(growing: World) -> None:
    reference = growing.reference("expiry")
    payment = await growing.authorize(reference, onAuthorizationExpiry="CAPTURE")
    await continue_as_new(growing, reference)
    assert await growing.skip(reference, timedelta(days=6, hours=22))
    payment = await growing.payments.get(reference)
    assert (payment.status, payment.captures) == (PaymentStatus.AUTHORIZED, ())
    await growing.skip(reference, timedelta(hours=1, minutes=30))
    await growing.becomes(reference, PaymentStatus.CAPTURED)
    assert growing.ledger(reference)["capturedAmount"] == 30000
    assert len(growing.calls(reference, "capture")) == 1


async def test_declined_payment_takes_a_retry_in_the_next_run(growing: World) -> None:
    reference = growing.reference("declined")
    await growing.authorize(reference, card=DECLINED_VISA)
    await continue_as_new(growing, reference)
    assert (await growing.payments.get(reference)).status is PaymentStatus.DECLINED
    second = await growing.order(reference, card="4111111111111111")
    payment = await _retried(growing, reference, second.paymentMethod)
    assert payment.status is PaymentStatus.AUTHORIZED
    assert [each.paymentRequestId for each in payment.attempts] == [f"{reference}-1", f"{reference}-2"]
    await growing.payments.cancel(reference, "end of the test")
    assert growing.ledger(reference)["maxLiveAuthorizations"] == 1


async def _retried(world: World, reference: str, method: PaymentMethod) -> Payment:
    """Retries once the inquiry about the last claims, which contradict the decline, is answered."""
    with world.env.with_time_skipping_disabled():
        while True:
            try:
                return await world.payments.retry(reference, method)
            except AttemptUnconfirmed:
                await world.payments.refresh(reference)


async def test_retry_window_does_not_move_when_the_payment_continues_as_new(growing: World) -> None:
    reference = growing.reference("retry-window")
    await growing.authorize(reference, card=DECLINED_VISA, retryWindow=900)
    await growing.skip(reference, timedelta(seconds=600))
    await continue_as_new(growing, reference)
    await growing.skip(reference, timedelta(seconds=310))
    await growing.becomes(reference, PaymentStatus.FAILED)
    assert growing.ledger(reference)["liveAuthorizations"] == 0


async def test_payment_under_review_is_decided_in_the_next_run(growing: World) -> None:
    reference = growing.reference("review")
    await growing.authorize(reference, card=None)
    growing.fault(reference, "notification", "none", times=-1)
    growing.fault(reference, "inquiryPayment", "wrong_amount", times=1)
    await growing.buyer(reference, "pay")
    assert (await growing.payments.refresh(reference)).status is PaymentStatus.NEEDS_REVIEW
    growing.fault(reference, "inquiryPayment", "http_500", times=-1)
    await continue_as_new(growing, reference)
    payment = await growing.payments.get(reference)
    assert (payment.status, payment.progress.reviewCount) == (PaymentStatus.NEEDS_REVIEW, 1)
    growing.simulator.clear_faults()
    await growing.skip_until(reference, PaymentStatus.AUTHORIZED, step=timedelta(hours=1))
    await growing.payments.cancel(reference, "end of the test")
    assert growing.ledger(reference)["liveAuthorizations"] == 0


@pytest.mark.parametrize("fault", ["in_process", "act_and_drop"])
async def test_capture_in_progress_is_sent_once(growing: World, fault: str) -> None:
    """The gateway processes the capture for a while, or its answer is lost."""
    reference = growing.reference(f"capture-{fault.replace('_', '-')}")
    await growing.authorize(reference)
    growing.fault(reference, "notification", "none", times=-1)
    if fault == "in_process":
        growing.fault(reference, "capture", fault, seconds=40)
    else:
        growing.fault(reference, "capture", fault, times=-1)
        growing.fault(reference, "inquiryPayment", "http_500", times=-1)
    payment = await growing.answer(reference, growing.payments.capture(reference))
    assert payment.status is PaymentStatus.CAPTURING
    sent = len(growing.calls(reference, "capture"))
    await continue_as_new(growing, reference)
    assert (await growing.payments.get(reference)).status is PaymentStatus.CAPTURING
    assert len(growing.calls(reference, "capture")) == sent
    growing.simulator.clear_faults()
    await eventually(lambda: growing.ledger(reference)["capturedAmount"] == 30000, within=60)
    final = await growing.skip_until(reference, PaymentStatus.CAPTURED, step=timedelta(hours=1))
    assert len(final.captures) == 1
    assert growing.ledger(reference)["capturedAmount"] == 30000
    assert len(growing.calls(reference, "capture")) == sent


async def test_repeated_capture_of_a_part_is_made_once_in_two_runs(growing: World) -> None:
    """The server's list of updates ends with a run: a repeated update id must not be a second capture."""
    reference = growing.reference("repeated-part")
    await growing.authorize(reference)
    part = {"captureAmount": {"currency": "EUR", "value": "10000"}, "isLastCapture": False}
    for _ in range(2):
        handle = growing.handle(reference)
        await handle.execute_update(CAPTURE, part, id="capture-shipment-1", result_type=Payment)
        await continue_as_new(growing, reference)
    payment = await growing.payments.get(reference)
    assert (payment.status, len(payment.captures)) == (PaymentStatus.PARTIALLY_CAPTURED, 1)
    assert growing.ledger(reference)["capturedAmount"] == 10000
    await growing.payments.capture(reference)
    assert growing.ledger(reference)["capturedAmount"] == 30000


async def test_late_authorization_is_released_in_the_next_run(growing: World) -> None:
    reference = growing.reference("late-authorization")
    growing.fault(reference, "notification", "none", times=-1)
    growing.fault(reference, "pay", "act_and_drop")
    growing.fault(reference, "pay", "code_f", code="DO_NOT_HONOR")
    growing.fault(reference, "inquiryPayment", "code_f", code=ORDER_NOT_EXIST, times=3)
    growing.fault(reference, "cancel", "code_f", code=ORDER_NOT_EXIST)
    paying = asyncio.create_task(growing.authorize(reference))
    await eventually(lambda: bool(growing.calls(reference, "inquiryPayment")))
    await growing.skip_until(reference, PaymentStatus.DECLINED, step=timedelta(seconds=16))
    await paying
    with growing.env.with_time_skipping_disabled():
        await growing.payments.retry(reference, {"paymentMethodType": "CARD"})
        growing.fault(reference, "cancel", "http_500", times=-1)
        await growing.notify_success(reference)
        await eventually(lambda: len(growing.calls(reference, "cancel")) > 1)
    await continue_as_new(growing, reference)
    payment = await growing.payments.get(reference)
    assert payment.attempts[0].status is AttemptStatus.AUTHORIZED_AFTER_CLOSE
    growing.simulator.clear_faults()
    with growing.env.with_time_skipping_disabled():
        await growing.payments.cancel(reference, "changed their mind")
    await growing.skip(reference, timedelta(hours=7))
    await growing.handle(reference).result()
    assert growing.ledger(reference)["liveAuthorizations"] == 0


async def test_workflow_that_an_operator_cancels_releases_the_authorization_in_the_next_run(
    growing: World,
) -> None:
    reference = growing.reference("cancelled-workflow")
    await growing.authorize(reference)
    await continue_as_new(growing, reference)
    await growing.handle(reference).cancel()
    assert (await growing.handle(reference).result()).status is PaymentStatus.CANCELLED
    assert growing.ledger(reference)["liveAuthorizations"] == 0


async def test_stream_of_claims_and_calls_does_not_prevent_the_next_run(growing: World) -> None:
    """Claims and refreshes overlap: there is hardly a moment without one of them."""
    reference = growing.reference("stream")
    await growing.authorize(reference)
    first, is_over = await run_id(growing, reference), asyncio.Event()

    async def send() -> None:
        while not is_over.is_set():
            await send_claims(growing, reference, 5)

    async def refresh() -> None:
        while not is_over.is_set():
            await growing.payments.refresh(reference)

    callers = [asyncio.create_task(caller()) for caller in (send, send, refresh, refresh, refresh)]
    try:
        async with asyncio.timeout(60):
            while await run_id(growing, reference) == first:
                await growing.skip(reference, timedelta(seconds=10))
    finally:
        is_over.set()
    await asyncio.gather(*callers)
    await growing.payments.cancel(reference, "end of the test")
    assert growing.ledger(reference)["liveAuthorizations"] == 0


async def _forged(world: World, scenario: str, cron: str = "") -> WorkflowHandle[Any, Any]:
    """Returns a workflow that a client has started with the state of another payment."""
    other, reference = world.reference(scenario), world.reference(scenario)
    payment = await world.authorize(other)
    order = await world.order(reference, card=None)
    await world.payments.cancel(other, "end of the test")
    return await world.client.start_workflow(
        CARD_PAYMENT,
        args=[order, Continuation(payment=payment)],
        id=workflow_id(reference),
        task_queue=TASK_QUEUE,
        cron_schedule=cron,
    )


async def test_state_that_a_client_passes_is_refused(growing: World) -> None:
    handle = await _forged(growing, "forged-state")
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "InvalidOrder"


async def test_state_that_a_client_passes_is_refused_in_each_run_of_a_cron_schedule(growing: World) -> None:
    """A cron schedule begins new runs, with the arguments that the client has passed."""
    handle = await _forged(growing, "forged-cron", cron="* * * * *")
    histories: list[WorkflowHistory] = []
    while len(histories) < 3:
        histories = await histories_of(growing.client, handle.id)
    await handle.terminate()
    for history in histories[:-1]:
        end = history.events[-1].workflow_execution_failed_event_attributes
        assert end.failure.application_failure_info.type == "InvalidOrder"


async def test_payment_of_several_runs_is_reconciled_and_listed_once(growing: World) -> None:
    shop = Books(growing, "shop-0")
    running, ended = await shop.started("listed-running"), await shop.started("listed-ended")
    for reference in (running, ended):
        await continue_as_new(growing, reference)
    await growing.payments.capture(ended)
    await growing.handle(ended).result()
    assert_no_difference(await shop.reconcile(), 2)
    items = [item async for item in growing.payments.needing_review(with_ended=True)]
    listed = [item.payment_reference for item in items if item.merchant_account == "shop-0"]
    assert sorted(filter(None, listed)) == sorted([running, ended])
    await growing.payments.cancel(running, "end of the test")


async def test_dashboard_notification_finds_a_payment_of_several_runs(growing: World) -> None:
    """A URL of the gateway's dashboard names no payment: it is found by the gateway's payment id."""
    reference = growing.reference("dashboard-url")
    growing.fault(reference, "automaticCapture", "none")
    payment = await growing.authorize(reference, captureMode="AUTOMATIC")
    await continue_as_new(growing, reference)
    body = {
        "notifyType": "CAPTURE_RESULT",
        "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"},
        "captureRequestId": "chosen-by-the-gateway",
        "captureId": "202611230000000099",
        "paymentId": payment.attempt.paymentId,
        "captureAmount": {"currency": "EUR", "value": "30000"},
    }
    assert await growing.notify("", json.dumps(body).encode()) == 200
    await growing.becomes(reference, PaymentStatus.CAPTURED)


async def test_update_of_a_client_in_any_language_is_answered_across_runs(growing: World) -> None:
    """The server and the client's SDK alone deliver the update.

    While messages arrive faster than the run can end, the server refuses some of them as not ready; the guide
    asks such a client to repeat them.
    """
    reference = growing.reference("raw-updates")
    await growing.authorize(reference)
    handle, is_over = growing.handle(reference), asyncio.Event()

    async def update(name: str) -> int:
        answered = 0
        while not is_over.is_set():
            try:
                payment = await handle.execute_update(name, result_type=Payment)
            except RPCError as error:
                if not is_retryable(error):
                    raise
                continue
            assert payment.status is PaymentStatus.AUTHORIZED
            answered += 1
        return answered

    updates = [asyncio.create_task(update(name)) for name in (AUTHORIZE, AUTHORIZE, RECONCILE)]
    try:
        for _ in range(3):
            await continue_as_new(growing, reference)
    finally:
        is_over.set()
    assert min(await asyncio.gather(*updates)) > 0
    await growing.payments.cancel(reference, "end of the test")
