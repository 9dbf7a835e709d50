"""PaymentClient validates requests, joins and repeats calls, and translates the errors of Temporal."""

import asyncio
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCStatusCode

from holdfast import (
    AlreadyCaptured,
    CaptureRequest,
    InvalidOrder,
    InvalidRequest,
    PaymentEnded,
    PaymentMethod,
    PaymentNotFound,
    PaymentReferenceReused,
    PaymentUnavailable,
    RateLimited,
    TemporalUnavailable,
    WaitTimedOut,
)
from holdfast.order import CancelRequest, RetryRequest
from holdfast.statuses.payment_status import PaymentStatus as S
from tests.support.fake_temporal import (
    Temporal,
    Untouchable,
    all_but_final,
    client_of,
    raises,
    refused,
    rpc_error,
)
from tests.support.orders import PAN, order_fields, with_metadata
from tests.support.settlement.evidence import PART, WHOLE, payment_at
from tests.support.skipped_time import in_skipped_time

CARD: dict[str, object] = {"paymentMethodType": "CARD"}
NOT_FOUND = rpc_error(RPCStatusCode.NOT_FOUND, "workflow not found for ID: card-payment-ORDER_1")
ENDED = rpc_error(RPCStatusCode.NOT_FOUND, "workflow execution already completed")
ALREADY = WorkflowAlreadyStartedError("card-payment-ORDER_1", "CardPayment")
BAD_REFERENCES = ["", ".", "..", "a/b", "a b", "x" * 49]


async def test_authorize_with_invalid_order_sends_nothing_to_temporal() -> None:
    for fields in ({"paymentMethod": with_metadata(cardNo=PAN)}, {"paymentReference": ".."}, {"new": 1}):
        with pytest.raises(InvalidOrder) as caught:
            await client_of(Untouchable()).authorize(order_fields(**fields))
        assert PAN not in str(caught.value)


async def test_update_with_invalid_request_sends_nothing_to_temporal() -> None:
    pay = client_of(Untouchable())
    with pytest.raises(InvalidRequest, match="reason: must not be empty"):
        await pay.cancel("ORDER_1", "")
    with pytest.raises(InvalidRequest, match="captureAmount: must be an object"):
        await pay.capture("ORDER_1", "100")  # type: ignore[arg-type]  # as a caller without mypy may
    with pytest.raises(InvalidRequest, match="cvv: card data is not allowed here"):
        await pay.retry("ORDER_1", with_metadata(cvv="987"))


@pytest.mark.parametrize("reference", BAD_REFERENCES)
async def test_get_with_impossible_reference_raises_payment_not_found(reference: str) -> None:
    pay = client_of(Untouchable())
    calls = [pay.get(reference), pay.capture(reference), pay.cancel(reference, "why"), pay.refresh(reference)]
    for call in [*calls, pay.retry(reference, CARD), pay.wait(reference)]:
        with pytest.raises(PaymentNotFound):
            await call


async def test_authorize_starts_the_workflow_under_the_names_of_the_contract() -> None:
    temporal = Temporal(start=raises(then=payment_at(S.AUTHORIZED)))
    payment = await client_of(temporal).authorize(order_fields(captureMode="MANUAL"))
    assert payment == payment_at(S.AUTHORIZED)
    [start] = temporal.started
    given = start._start_workflow_input
    assert (given.workflow, given.id, given.task_queue) == ("CardPayment", "card-payment-ORDER_1", "queue-1")
    assert given.id_conflict_policy is WorkflowIDConflictPolicy.USE_EXISTING
    assert given.id_reuse_policy is WorkflowIDReusePolicy.REJECT_DUPLICATE
    assert given.static_summary == "EUR 300.00 · ORDER_1 · MANUAL"
    assert given.priority.fairness_key == "default"


async def test_each_authorize_call_has_a_new_update_id() -> None:
    """A repeated update id would return its first result, which may be out of date."""
    temporal = Temporal(
        start=raises(then=payment_at(S.AUTHORIZED)), update=raises(then=payment_at(S.PENDING))
    )
    pay = client_of(temporal)
    for _ in range(3):
        await pay.authorize(order_fields(captureMode="MANUAL"))
        await pay.refresh("ORDER_1")
    assert len(set(temporal.update_ids)) == 6


@pytest.mark.parametrize("status", [S.CAPTURED, S.FAILED, S.CANCELLED, S.EXPIRED])
async def test_authorize_after_the_end_returns_the_final_payment(status: S) -> None:
    temporal = Temporal(start=raises(ALREADY), payment=payment_at(status))
    order = order_fields(captureMode="MANUAL")
    assert (await client_of(temporal).authorize(order)).status is status


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"paymentAmount": {"currency": "EUR", "value": "30001"}}, "paymentAmount"),
        ({"paymentAmount": {"currency": "USD", "value": "30000"}}, "paymentAmount"),
        ({"merchantAccount": "shop-2"}, "merchantAccount"),
        ({"captureMode": "AUTOMATIC"}, "captureMode"),
        ({"paymentMethod": {**CARD, "paymentMethodId": "token-1"}}, "paymentMethod"),
        ({"paymentMethod": {**CARD, "cardReference": f"card_{'1' * 20}"}}, "paymentMethod"),
    ],
)
@pytest.mark.parametrize("status", [S.AUTHORIZED, S.CAPTURED])
async def test_authorize_with_reference_of_another_payment_raises_payment_reference_reused(
    fields: dict[str, Any], name: str, status: S
) -> None:
    page = PaymentMethod.model_validate(CARD).fingerprint
    payment = payment_at(status, paymentMethodFingerprint=page)
    start = raises(ALREADY) if status.is_final else raises(then=payment)
    order = order_fields(**{"captureMode": "MANUAL", **fields})
    with pytest.raises(PaymentReferenceReused, match=f"{name}: the reference belongs to a payment"):
        await client_of(Temporal(start=start, payment=payment)).authorize(order)


async def test_authorize_with_another_reference_to_a_card_joins_the_payment() -> None:
    """A buyer who enters the card again gets another card reference."""
    first, second = ({**CARD, "cardReference": f"card_{digit * 20}"} for digit in "12")
    stored = PaymentMethod.model_validate(first).fingerprint
    payment = payment_at(S.AUTHORIZED, paymentMethodFingerprint=stored)
    order = order_fields(captureMode="MANUAL", paymentMethod=second)
    assert await client_of(Temporal(start=raises(then=payment))).authorize(order) == payment


async def test_each_update_sends_its_request() -> None:
    temporal = Temporal(update=raises(then=payment_at(S.AUTHORIZED)))
    pay = client_of(temporal)
    await pay.capture("ORDER_1")
    await pay.capture("ORDER_1", PART)
    await pay.cancel("ORDER_1", "out of stock")
    await pay.retry("ORDER_1", CARD)
    await pay.refresh("ORDER_1")
    method = RetryRequest.model_validate({"paymentMethod": CARD})
    assert temporal.calls == [
        ("capture", (CaptureRequest(),)),
        ("capture", (CaptureRequest(captureAmount=PART, isLastCapture=True),)),
        ("cancel", (CancelRequest(reason="out of stock"),)),
        ("retry", (method,)),
        ("refresh", ()),
    ]
    assert set(temporal.workflow_ids) == {"card-payment-ORDER_1"}


async def test_capture_that_is_not_the_last_requires_a_key() -> None:
    with pytest.raises(InvalidRequest, match="key: is needed"):
        await client_of(Untouchable()).capture("ORDER_1", PART, is_last_capture=False)
    temporal = Temporal(update=raises(then=payment_at(S.PARTIALLY_CAPTURED)))
    await client_of(temporal).capture("ORDER_1", PART, is_last_capture=False, key="parcel-1")
    assert len(temporal.calls) == 1


async def _never_answered() -> None:
    """Temporal's client raises its own error when the caller of an update is cancelled."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise WorkflowUpdateRPCTimeoutOrCancelledError from None


@in_skipped_time
async def test_cancellation_of_the_caller_raises_cancelled_error() -> None:
    """A cancelled task must not receive an error that asks it to call again."""
    pay = client_of(Temporal(update=_never_answered))
    task = asyncio.create_task(pay.refresh("ORDER_1"))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pay.refresh("ORDER_1"), 0.01)
    with pytest.raises(PaymentUnavailable):
        await client_of(Temporal(update=_never_answered), seconds=0.01).refresh("ORDER_1")


@in_skipped_time
async def test_cancelled_task_can_still_read_a_payment() -> None:
    async def cancels_its_payment_when_cancelled() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await client_of(Temporal(update=_never_answered), seconds=0.01).cancel("ORDER_1", "shutdown")

    task = asyncio.create_task(cancels_its_payment_when_cancelled())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(PaymentUnavailable):
        await task


@pytest.mark.parametrize("error", [refused("AlreadyCaptured"), refused("PaymentEnded"), ENDED])
@pytest.mark.parametrize("amount", [None, WHOLE])
async def test_repeated_capture_of_the_same_amount_returns_the_payment(error: Exception, amount: Any) -> None:
    temporal = Temporal(update=raises(error), payment=payment_at(S.CAPTURED))
    assert (await client_of(temporal).capture("ORDER_1", amount)).status is S.CAPTURED


@pytest.mark.parametrize(
    ("error", "status", "amount", "raised"),
    [
        (refused("AlreadyCaptured"), S.CAPTURED, PART, AlreadyCaptured),
        (ENDED, S.CANCELLED, None, PaymentEnded),
        (ENDED, S.FAILED, WHOLE, PaymentEnded),
        (NOT_FOUND, S.CAPTURED, None, PaymentNotFound),
    ],
)
async def test_capture_of_another_amount_after_the_capture_raises_its_error(
    error: Exception, status: S, amount: Any, raised: Any
) -> None:
    temporal = Temporal(update=raises(error), payment=payment_at(status))
    with pytest.raises(raised):
        await client_of(temporal).capture("ORDER_1", amount)


@pytest.mark.parametrize(
    ("status", "raised"),
    [(S.CANCELLED, None), (S.CAPTURED, AlreadyCaptured), (S.FAILED, PaymentEnded), (S.EXPIRED, PaymentEnded)],
)
async def test_cancel_after_the_end_depends_on_the_final_status(
    status: S, raised: type[Exception] | None
) -> None:
    pay = client_of(Temporal(update=raises(ENDED), payment=payment_at(status)))
    if raised is None:
        assert (await pay.cancel("ORDER_1", "why")).status is status
        return
    with pytest.raises(raised):
        await pay.cancel("ORDER_1", "why")


async def test_rate_limited_call_returns_the_payment_as_known() -> None:
    often, payment = raises(refused("RateLimited")), payment_at(S.PENDING)
    temporal = Temporal(start=often, update=often, payment=payment)
    assert await client_of(temporal).refresh("ORDER_1") == payment
    assert await client_of(temporal).authorize(order_fields(captureMode="MANUAL")) == payment


async def test_rate_limited_command_is_answered_where_it_would_change_nothing() -> None:
    often = raises(refused("RateLimited"))
    capturing, cancelling = payment_at(S.CAPTURING), payment_at(S.CANCELLING)
    assert await client_of(Temporal(update=often, payment=capturing)).capture("ORDER_1") == capturing
    assert await client_of(Temporal(update=often, payment=cancelling)).cancel("ORDER_1", "why") == cancelling
    pay = client_of(Temporal(update=often, payment=payment_at(S.AUTHORIZED)))
    for call in (pay.capture("ORDER_1"), pay.cancel("ORDER_1", "why"), pay.retry("ORDER_1", CARD)):
        with pytest.raises(RateLimited):
            await call


async def test_update_above_the_limit_of_the_server_raises_rate_limited() -> None:
    limit = "The limit on the total number of distinct updates in this workflow has been reached (2000)."
    used_up = rpc_error(RPCStatusCode.FAILED_PRECONDITION, limit)
    pay = client_of(Temporal(update=raises(used_up), payment=payment_at(S.AUTHORIZED)))
    with pytest.raises(RateLimited, match="payment ORDER_1: Temporal accepts no further update"):
        await pay.cancel("ORDER_1", "why")
    assert (await pay.refresh("ORDER_1")).status is S.AUTHORIZED


async def test_refresh_after_the_end_returns_the_final_payment() -> None:
    temporal = Temporal(update=raises(ENDED), payment=payment_at(S.EXPIRED))
    assert (await client_of(temporal).refresh("ORDER_1")).status is S.EXPIRED


@pytest.mark.parametrize("status", S)
async def test_get_of_ended_payment_needs_no_worker(status: S) -> None:
    temporal = Temporal(payment=payment_at(status))
    assert (await client_of(temporal).get("ORDER_1")).status is status
    assert temporal.calls[-1][0] == ("result" if status.is_final else "payment")


@pytest.mark.parametrize("status", all_but_final())
async def test_wait_returns_at_one_of_the_statuses(status: S) -> None:
    temporal = Temporal(payment=payment_at(status))
    assert (await client_of(temporal).wait("ORDER_1", until={status})).status is status


@in_skipped_time
async def test_wait_returns_when_the_payment_has_ended_in_another_status() -> None:
    rounds = count()

    def becomes() -> None:
        temporal.payment = payment_at(S.PENDING if next(rounds) < 3 else S.FAILED)

    temporal = Temporal(describe=becomes)
    patience = timedelta(seconds=5)
    payment = await client_of(temporal).wait("ORDER_1", until={S.AUTHORIZED}, timeout=patience)
    assert payment.status is S.FAILED
    assert next(rounds) == 4


@in_skipped_time
async def test_wait_raises_timeout_error_after_the_timeout() -> None:
    temporal = Temporal(payment=payment_at(S.PENDING))
    with pytest.raises(TimeoutError, match="payment ORDER_1 is PENDING after the time") as caught:
        await client_of(temporal).wait("ORDER_1", timeout=timedelta(seconds=0.1))
    assert isinstance(caught.value, WaitTimedOut)
    assert caught.value.payment == temporal.payment
    assert caught.value.payment_reference == "ORDER_1"


@pytest.mark.parametrize("seconds", [0, -1])
async def test_wait_without_time_reads_the_payment_once(seconds: int) -> None:
    temporal, limit = Temporal(payment=payment_at(S.PENDING)), timedelta(seconds=seconds)
    pay = client_of(temporal)
    with pytest.raises(TimeoutError):
        await pay.wait("ORDER_1", timeout=limit)
    assert [name for name, _ in temporal.calls] == ["describe", "payment"]
    assert (await pay.wait("ORDER_1", until={S.PENDING}, timeout=limit)).status is S.PENDING


async def test_lazy_client_that_cannot_connect_raises_temporal_unavailable() -> None:
    unreachable = raises(RuntimeError("Failed client connect: Server connection error"))
    with pytest.raises(TemporalUnavailable, match=r"127.0.0.1:7233 cannot be reached") as caught:
        await client_of(Temporal(update=unreachable)).refresh("ORDER_1")
    assert (caught.value.payment_reference, caught.value.namespace) == ("ORDER_1", "shop")
    with pytest.raises(RuntimeError, match="another error"):
        await client_of(Temporal(update=raises(RuntimeError("another error")))).refresh("ORDER_1")
