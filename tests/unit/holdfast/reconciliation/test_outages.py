"""Each method of `ReconciliationClient` while Temporal does not answer raises the package's own error."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import NoReturn, cast

import pytest
from temporalio.api.common.v1 import GrpcStatus
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Outcome, PaymentUnavailable, Resolution, TemporalUnavailable
from holdfast.reconciliation.client import ReconciliationClient
from tests.support.skipped_time import in_skipped_time

RESOLUTION = Resolution(outcome=Outcome.ACKNOWLEDGED, resolvedBy="ops-7", reason="voided", evidence="x")
CALLS: dict[str, Callable[[ReconciliationClient], Awaitable[object]]] = {
    "start": lambda client: client.start({"last": 3600}),
    "report": lambda client: client.report("reconciliation-default-1"),
    "result": lambda client: client.result("reconciliation-default-1"),
    "schedule": lambda client: client.schedule({"last": 3600}, cron="0 3 * * *"),
    "close": lambda client: client.close("difference-1", RESOLUTION),
}


class UnreachableTemporal:
    """A Temporal client, and the handles that it returns, whose calls all fail."""

    namespace = "shop"
    service_client = SimpleNamespace(
        config=SimpleNamespace(target_host="127.0.0.1:7233", tls=None, api_key=None)
    )

    def get_workflow_handle(self, _: str, **__: object) -> "UnreachableTemporal":
        return self

    async def _fails(self, *_: object, **__: object) -> NoReturn:
        status = RPCStatusCode.UNAVAILABLE
        raise RPCError("text", status, GrpcStatus(code=status).SerializeToString())

    start_workflow = create_schedule = describe = result = execute_update = _fails


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_unreachable_temporal_is_payment_unavailable(
    call: Callable[[ReconciliationClient], Awaitable[object]],
) -> None:
    with pytest.raises(TemporalUnavailable, match=r"127.0.0.1:7233 cannot be reached \(namespace shop\)"):
        await call(ReconciliationClient(cast(Client, UnreachableTemporal())))


class SilentTemporal(UnreachableTemporal):
    """A Temporal client whose calls have no answer."""

    async def _waits(self, *_: object, **__: object) -> None:
        await asyncio.sleep(600)

    start_workflow = create_schedule = describe = execute_update = _waits  # type: ignore[assignment]  # it only waits


@pytest.mark.parametrize("call", [call for name, call in CALLS.items() if name != "result"])
@in_skipped_time
async def test_silent_temporal_is_payment_unavailable_after_the_limit(
    call: Callable[[ReconciliationClient], Awaitable[object]],
) -> None:
    client = ReconciliationClient(cast(Client, SilentTemporal()), answer_within=timedelta(seconds=7))
    with pytest.raises(PaymentUnavailable, match="no answer within 7 s"):
        await call(client)
