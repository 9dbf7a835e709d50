"""Each method of `ReconciliationClient` while Temporal does not answer raises the package's own error."""

from collections.abc import Awaitable, Callable
from typing import NoReturn, cast

import pytest
from temporalio.api.common.v1 import GrpcStatus
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from holdfast import Outcome, PaymentUnavailable, Resolution
from holdfast.reconciliation.client import ReconciliationClient

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
    with pytest.raises(PaymentUnavailable):
        await call(ReconciliationClient(cast(Client, UnreachableTemporal())))
