"""The worker logs overdue payments once, and shows their number as a metric."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import MetricMeter, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from holdfast.temporal.names import CARD_PAYMENT, TASK_QUEUE, workflow_id
from holdfast.temporal.search_attributes import OUTCOME_DUE, PAYMENT_STATUS
from services.worker.overdue_payments import METRIC, reporting_overdue_payments
from tests.support.eventually import eventually
from tests.support.services.standin_payment import StandInPayment

OFTEN = timedelta(milliseconds=20)


class Meter:
    """A meter with one gauge, whose values are kept."""

    def __init__(self) -> None:
        self.name = ""
        self.values: list[int] = []

    def create_gauge(self, name: str, description: str) -> "Meter":
        assert description
        self.name = name
        return self

    def set(self, value: int) -> None:
        self.values.append(value)


async def overdue_payment(client: Client, *, due: timedelta) -> WorkflowHandle[Any, Any]:
    due_pair = SearchAttributePair(OUTCOME_DUE, datetime.now(UTC) + due)
    status_pair = SearchAttributePair(PAYMENT_STATUS, "CAPTURING")
    return await client.start_workflow(
        CARD_PAYMENT,
        args=[None],
        id=workflow_id(f"OVERDUE_{uuid4().hex[:8]}"),
        task_queue=TASK_QUEUE,
        search_attributes=TypedSearchAttributes([due_pair, status_pair]),
    )


async def test_overdue_payment_is_logged_and_counted_until_it_has_its_answer(
    temporal: Client, caplog: pytest.LogCaptureFixture
) -> None:
    meter = Meter()
    late = await overdue_payment(temporal, due=timedelta(minutes=-1))
    early = await overdue_payment(temporal, due=timedelta(minutes=4))
    with caplog.at_level(logging.INFO, logger="holdfast.overdue"):
        async with reporting_overdue_payments(temporal, cast("MetricMeter", meter), OFTEN):
            await eventually(lambda: meter.values[-3:] == [1, 1, 1])
            for payment in (late, early):
                await payment.signal(StandInPayment.end)
                await payment.result()
            await eventually(lambda: meter.values[-1] == 0)
            await eventually(lambda: len(caplog.records) == 2)
    assert meter.name == METRIC
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        ("WARNING", f"1 overdue payments wait for the gateway: {late.id} (CAPTURING)"),
        ("INFO", "no payment is overdue any more"),
    ]


async def test_outage_of_temporal_is_logged_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    outage = [RPCError("no connection", RPCStatusCode.UNAVAILABLE, b"")]

    async def count_workflows(query: str) -> SimpleNamespace:
        return SimpleNamespace(count=12)

    async def list_workflows(query: str, limit: int) -> AsyncIterator[SimpleNamespace]:
        if outage:
            raise outage.pop()
        for number in range(limit):
            yield SimpleNamespace(
                id=f"card-payment-{number}",
                workflow_type=CARD_PAYMENT,
                typed_search_attributes={PAYMENT_STATUS: "AUTHORIZING"},
                start_time=datetime.now(UTC),
                status=None,
            )

    meter = Meter()
    client = SimpleNamespace(
        count_workflows=count_workflows,
        list_workflows=list_workflows,
        namespace="default",
        service_client=SimpleNamespace(
            config=SimpleNamespace(target_host="127.0.0.1:7233", tls=None, api_key=None)
        ),
    )
    async with reporting_overdue_payments(cast("Client", client), cast("MetricMeter", meter), OFTEN):
        await eventually(lambda: len(meter.values) > 2)
    messages = [each.getMessage() for each in caplog.records if each.name == "holdfast.overdue"]
    assert messages[0].startswith("overdue payments cannot be listed: ")
    assert messages[1:] == [
        "12 overdue payments wait for the gateway: "
        + ", ".join(f"card-payment-{number} (AUTHORIZING)" for number in range(5)),
    ]
