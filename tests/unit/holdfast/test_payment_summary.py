"""A payment that another client has started without a summary has the amount of its order in the list."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode

from holdfast.payment_summary import payment_summary
from holdfast.temporal.connection import data_converter
from tests.support.fake_temporal import rpc_error
from tests.support.leaks.scanned import CODEC_KEY
from tests.support.orders import order_fields

LINE = "EUR 300.00 · ORDER_1 · MANUAL"


@dataclass
class Stored:
    """A workflow as Temporal stores it, which stands in for the client and for the handle."""

    payloads: list[Payload] = field(default_factory=list)
    summary: str | None = None
    data_converter: DataConverter = field(default_factory=data_converter)
    error: RPCError | None = None
    pages: list[int] = field(default_factory=list)

    def get_workflow_handle(self, workflow_id: str, *, run_id: str) -> "Stored":
        assert (workflow_id, run_id) == ("card-payment-ORDER_1", "run")
        return self

    async def describe(self) -> SimpleNamespace:
        if self.error:
            raise self.error

        async def static_summary() -> str | None:
            return self.summary

        return SimpleNamespace(static_summary=static_summary)

    async def fetch_history_events(self, *, page_size: int) -> AsyncIterator[HistoryEvent]:
        self.pages.append(page_size)
        event = HistoryEvent()
        event.workflow_execution_started_event_attributes.input.payloads.extend(self.payloads)
        yield event


async def summary_of(stored: Stored) -> str | None:
    return await payment_summary(cast(Client, stored), "card-payment-ORDER_1", "run")


async def encoded(argument: Any, codec_key: str | None = None) -> list[Payload]:
    return await data_converter(codec_key).encode([argument])


async def test_stored_summary_needs_no_history() -> None:
    stored = Stored(summary=LINE)
    assert await summary_of(stored) == LINE
    assert stored.pages == []


@pytest.mark.parametrize("codec_key", [None, CODEC_KEY])
async def test_summary_is_made_of_the_order_where_none_is_stored(codec_key: str | None) -> None:
    argument = await encoded(order_fields(captureMode="MANUAL"), codec_key)
    stored = Stored(argument, data_converter=data_converter(codec_key))
    assert await summary_of(stored) == LINE
    assert stored.pages == [1], "one event of the history is read"


async def test_order_that_this_process_cannot_decrypt_has_no_summary() -> None:
    other = data_converter("k2:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=")
    assert await summary_of(Stored(await encoded(order_fields(), CODEC_KEY), data_converter=other)) is None


@pytest.mark.parametrize("argument", [None, 7, {"paymentReference": "ORDER_1"}])
async def test_argument_that_is_no_order_has_no_summary(argument: object) -> None:
    assert await summary_of(Stored(await encoded(argument))) is None
    assert await summary_of(Stored()) is None
    strange = Payload(metadata={"encoding": b"binary/unknown"}, data=b"x")
    assert await summary_of(Stored([strange])) is None


async def test_payment_that_is_deleted_meanwhile_has_no_summary() -> None:
    assert await summary_of(Stored(error=rpc_error(RPCStatusCode.NOT_FOUND))) is None
    with pytest.raises(RPCError):
        await summary_of(Stored(error=rpc_error(RPCStatusCode.UNAVAILABLE)))
