"""A call that Temporal or a worker is too busy for is repeated under the same id, within a time limit."""

import asyncio

import pytest
from temporalio.service import RPCStatusCode

from holdfast import (
    PaymentUnavailable,
    TemporalUnavailable,
)
from holdfast.statuses.payment_status import PaymentStatus as S
from tests.support.fake_temporal import (
    Temporal,
    client_of,
    raises,
    refused,
    rpc_error,
)
from tests.support.orders import order_fields
from tests.support.settlement.evidence import payment_at
from tests.support.skipped_time import in_skipped_time

CARD: dict[str, object] = {"paymentMethodType": "CARD"}
BUSY = rpc_error(RPCStatusCode.RESOURCE_EXHAUSTED, "limit on number of concurrent in-flight updates")
ABORTED = rpc_error(RPCStatusCode.UNAVAILABLE, "workflow update was aborted")


async def test_update_to_busy_server_is_repeated_until_it_answers() -> None:
    temporal = Temporal(update=raises(BUSY, BUSY, BUSY, then=payment_at(S.PENDING)))
    assert (await client_of(temporal).refresh("ORDER_1")).status is S.PENDING
    assert len(temporal.calls) == 4
    assert len(set(temporal.update_ids)) == 1, "if an earlier request was accepted, the next one joins it"


async def test_update_lost_by_busy_server_is_repeated_with_the_same_id() -> None:
    temporal = Temporal(update=raises(ABORTED, ABORTED, then=payment_at(S.AUTHORIZED)))
    assert (await client_of(temporal).retry("ORDER_1", CARD)).status is S.AUTHORIZED
    assert len(temporal.calls) == 3
    assert len(set(temporal.update_ids)) == 1, "a second retry would be refused"


async def test_update_lost_by_worker_is_repeated_with_the_same_id() -> None:
    temporal = Temporal(update=raises(refused("UnprocessedUpdate"), then=payment_at(S.CAPTURED)))
    assert (await client_of(temporal).capture("ORDER_1")).status is S.CAPTURED
    assert len(temporal.calls) == 2
    assert len(set(temporal.update_ids)) == 1


async def test_start_on_busy_server_is_repeated() -> None:
    temporal = Temporal(start=raises(BUSY, ABORTED, then=payment_at(S.AUTHORIZED)))
    await client_of(temporal).authorize(order_fields(captureMode="MANUAL"))
    assert len(temporal.started) == 3
    assert len(set(temporal.update_ids)) == 1


@in_skipped_time
async def test_server_that_stays_busy_raises_payment_unavailable_after_the_limit() -> None:
    temporal = Temporal(update=raises(BUSY))
    with pytest.raises(PaymentUnavailable, match="no answer within"):
        await client_of(temporal, seconds=0.3).refresh("ORDER_1")
    assert len(temporal.calls) > 1


async def test_other_errors_are_not_repeated() -> None:
    temporal = Temporal(update=raises(rpc_error(RPCStatusCode.PERMISSION_DENIED), then=payment_at(S.PENDING)))
    with pytest.raises(TemporalUnavailable, match="refuses this client") as caught:
        await client_of(temporal).refresh("ORDER_1")
    assert len(temporal.calls) == 1
    assert caught.value.payment_reference == "ORDER_1"


@in_skipped_time
async def test_update_without_answer_raises_payment_unavailable_after_the_limit() -> None:
    temporal = Temporal(update=lambda: asyncio.sleep(60))
    with pytest.raises(PaymentUnavailable, match="no answer within"):
        await client_of(temporal, seconds=0.05).refresh("ORDER_1")


async def test_query_lost_by_worker_is_repeated() -> None:
    lost = rpc_error(RPCStatusCode.CANCELLED, "Timeout expired")
    temporal = Temporal(payment=payment_at(S.AUTHORIZED), query=raises(lost, lost, then="answered"))
    assert (await client_of(temporal).get("ORDER_1")).status is S.AUTHORIZED
    assert [name for name, _ in temporal.calls].count("payment") == 3


@in_skipped_time
async def test_query_without_answer_raises_payment_unavailable_after_the_limit() -> None:
    lost = rpc_error(RPCStatusCode.CANCELLED, "Timeout expired")
    temporal = Temporal(payment=payment_at(S.AUTHORIZED), query=raises(lost))
    with pytest.raises(PaymentUnavailable, match="no answer within"):
        await client_of(temporal, seconds=0.3).get("ORDER_1")
