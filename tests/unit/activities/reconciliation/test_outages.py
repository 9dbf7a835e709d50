"""A reconciliation while Temporal, a payment's worker or the gateway does not answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.api.common.v1 import GrpcStatus
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.calls import Failure
from activities.errors import TRAFFIC_LIMIT
from activities.reconciliation import activities as reconciliation
from activities.reconciliation.activities import ReconciliationActivities
from activities.reconciliation.calls import CheckOutcome, CompareCall, ReconcileCall, UnknownPaymentsCall
from activities.reconciliation.payment_check import PaymentChecker
from activities.reconciliation.payment_state import ObservedPayment, observe_payment
from activities.reconciliation.rate_limiter import RateLimiter
from activities.reconciliation.unknown_payments import unknown_payments
from holdfast.antom.client import AntomClient
from holdfast.antom.outcome import Unknown
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal.existence import payment_exists
from tests.support.settlement.evidence import payment_at
from tests.support.skipped_time import in_skipped_time

WORKFLOW_ID = "card-payment-ORDER_1"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def rpc_error(status: RPCStatusCode, message: str = "text") -> RPCError:
    return RPCError(message, status, GrpcStatus(code=status, message=message).SerializeToString())


def temporal(**replies: Callable[[], object]) -> Client:
    """Returns a stand-in whose workflow handle has these methods."""

    def method(reply: Callable[[], object]) -> Callable[..., Any]:
        async def called(*_: object, **__: object) -> object:
            return reply()

        return called

    handle = SimpleNamespace(**{name: method(reply) for name, reply in replies.items()})
    config = SimpleNamespace(target_host="127.0.0.1:7233", tls=None, api_key=None)
    return cast(
        Client,
        SimpleNamespace(
            get_workflow_handle=lambda *_, **__: handle,
            service_client=SimpleNamespace(config=config),
            namespace="shop",
        ),
    )


def raising(error: Exception) -> Callable[[], object]:
    def reply() -> object:
        raise error

    return reply


def running() -> object:
    return SimpleNamespace(status=WorkflowExecutionStatus.RUNNING)


class BusyGateway:
    """A gateway that answers every call with its traffic limit."""

    def __init__(self) -> None:
        self.calls = 0

    async def _limited(self, _: object) -> Unknown:
        self.calls += 1
        return Unknown("traffic limit", claimed_code=TRAFFIC_LIMIT)

    inquire_payment = list_notifications = _limited


@pytest.mark.parametrize(
    ("error", "observed"),
    [
        (rpc_error(RPCStatusCode.NOT_FOUND), ObservedPayment()),
        (rpc_error(RPCStatusCode.UNAVAILABLE), None),
        (ValueError("the payload cannot be decrypted"), None),
    ],
)
async def test_payment_is_unknown_only_where_temporal_says_so(
    error: Exception, observed: ObservedPayment | None
) -> None:
    assert await observe_payment(temporal(describe=raising(error)), WORKFLOW_ID) == observed


async def test_unreachable_temporal_is_not_taken_for_an_unknown_payment() -> None:
    client = temporal(describe=raising(rpc_error(RPCStatusCode.UNAVAILABLE)))
    with pytest.raises(RPCError):
        await payment_exists(client, "ORDER_1")


@in_skipped_time
async def test_payment_that_cannot_be_read_is_unanswered_and_not_inquired_about() -> None:
    gateway, client = BusyGateway(), temporal(describe=raising(rpc_error(RPCStatusCode.UNAVAILABLE)))
    clients = {"default": cast(AntomClient, gateway)}
    result = await PaymentChecker(client, clients, "default", RateLimiter(100)).check(WORKFLOW_ID)
    assert (result.outcome, gateway.calls) == (CheckOutcome.UNANSWERED, 0)


@in_skipped_time
async def test_traffic_limit_slows_the_reconciliation_down_and_decides_nothing() -> None:
    gateway = BusyGateway()
    limiter, clients = RateLimiter(100), {"default": cast(AntomClient, gateway)}
    checker = PaymentChecker(
        temporal(describe=running, query=lambda: payment_at(PaymentStatus.ACTION_REQUIRED)),
        clients,
        "default",
        limiter,
    )
    assert (await checker.check(WORKFLOW_ID)).outcome is CheckOutcome.UNANSWERED
    assert gateway.calls == limiter.slowdowns > 1


@in_skipped_time
async def test_notification_list_behind_a_traffic_limit_is_an_error_that_is_retried() -> None:
    limiter, call = (
        RateLimiter(100),
        UnknownPaymentsCall(
            merchantAccount="default", since=NOW, until=NOW, limit=10, inquiriesPerSecond=100
        ),
    )
    with pytest.raises(ApplicationError) as failed:
        await unknown_payments(temporal(), cast(AntomClient, BusyGateway()), call, limiter)
    assert (failed.value.type, failed.value.non_retryable) == (Failure.NOT_SENT, False)
    assert limiter.slowdowns > 1


async def test_check_that_runs_out_of_time_returns_the_remaining_payments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconciliation, "CALL_SECONDS", -1.0)
    activities = ReconciliationActivities(temporal(), {"default": cast(AntomClient, BusyGateway())})
    call = CompareCall(merchantAccount="default", workflowIds=(WORKFLOW_ID,), inquiriesPerSecond=100)
    comparison = await ActivityEnvironment().run(activities.compare_payments, call)
    assert (comparison.results, comparison.remaining) == ((), (WORKFLOW_ID,))


@pytest.mark.parametrize(
    "error",
    [
        WorkflowUpdateFailedError(ApplicationError("refused", type="InvalidOrder")),
        rpc_error(RPCStatusCode.NOT_FOUND, "workflow execution already completed"),
    ],
)
async def test_payment_that_accepts_no_update_is_not_reconciled(error: Exception) -> None:
    activities = ReconciliationActivities(temporal(execute_update=raising(error)), {})
    call = ReconcileCall(workflowId=WORKFLOW_ID)
    assert await ActivityEnvironment().run(activities.reconcile_payment, call) is False


async def test_unreachable_temporal_makes_the_update_of_a_payment_retryable() -> None:
    activities = ReconciliationActivities(
        temporal(execute_update=raising(rpc_error(RPCStatusCode.UNAVAILABLE))), {}
    )
    with pytest.raises(ApplicationError) as failed:
        await ActivityEnvironment().run(activities.reconcile_payment, ReconcileCall(workflowId=WORKFLOW_ID))
    assert (failed.value.type, failed.value.non_retryable) == (Failure.NOT_SENT, False)
