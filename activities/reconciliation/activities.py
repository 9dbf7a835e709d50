"""The activities of a reconciliation: they read payments and ask the gateway, and change nothing there.

A payment that does not agree is changed by its own workflow alone, which is asked to ask the gateway itself.
"""

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence

from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from activities.calls import Failure
from activities.errors import NOT_CONFIGURED
from activities.heartbeat import beating
from activities.reconciliation.calls import (
    COMPARE_PAYMENTS,
    COUNT_PAYMENTS,
    LIST_PAYMENTS,
    RECONCILE_PAYMENT,
    REPORT_DIFFERENCE,
    UNKNOWN_PAYMENTS,
    CompareCall,
    Comparison,
    ListCall,
    Listing,
    Look,
    ReconcileCall,
    ToldCall,
    UnmatchedNotifications,
)
from activities.reconciliation.payment_check import Looker
from activities.reconciliation.payment_list import latest_payments, number_of_payments
from activities.reconciliation.rate_limiter import RateLimiter
from activities.reconciliation.unknown_payments import unknown_payments
from holdfast.antom.client import AntomClient
from holdfast.errors import InvalidRequest, PaymentEnded
from holdfast.payment import Payment
from holdfast.reconciliation.difference import DifferenceNotice
from holdfast.temporal.fairness import account_priority
from holdfast.temporal.names import DIFFERENCE, RECONCILE
from holdfast.temporal.rpc_errors import TEMPORAL_ERRORS, to_holdfast_error
from settlement.difference_text import summary

LOOKS_FOR = 240.0
"""Seconds after which a call leaves the rest to the next one, so that progress is seen."""


class ReconciliationActivities:
    """`temporal` is the client of the payments, `clients` the gateway's by merchant account."""

    def __init__(self, temporal: Client, clients: Mapping[str, AntomClient]) -> None:
        self._temporal = temporal
        self._clients = clients

    def all(self) -> Sequence[Callable[..., object]]:
        """What a worker registers."""
        return [
            self.count_payments,
            self.list_payments,
            self.compare_payments,
            self.reconcile_payment,
            self.report_difference,
            self.unknown_payments,
        ]

    @activity.defn(name=COUNT_PAYMENTS)
    async def count_payments(self, call: ListCall) -> int:
        """How many there are, for whoever watches the progress."""
        self._refuse_unless_configured(call.merchantAccount)
        async with beating():
            return await number_of_payments(self._temporal, call)

    @activity.defn(name=LIST_PAYMENTS)
    async def list_payments(self, call: ListCall) -> Listing:
        """The latest payments of a time, so few that they can be compared in one go."""
        async with beating():
            return await latest_payments(self._temporal, call)

    @activity.defn(name=COMPARE_PAYMENTS)
    async def compare_payments(self, call: CompareCall) -> Comparison:
        """Look at one payment after the other. A worker that takes over goes on where another one died."""
        self._refuse_unless_configured(call.merchantAccount)
        pacer, looks = RateLimiter(call.inquiriesPerSecond), _done_before()
        looker = Looker(self._temporal, self._clients, call.merchantAccount, pacer)
        stop_at = asyncio.get_running_loop().time() + LOOKS_FOR
        async with beating(lambda: [looks]):
            for workflow_id in call.workflowIds[len(looks) :]:
                if activity.is_worker_shutdown() or asyncio.get_running_loop().time() > stop_at:
                    break
                looks.append(await looker.look(workflow_id))
        left = call.workflowIds[len(looks) :]
        return Comparison(looks=tuple(looks), left=left, trafficLimits=pacer.limits)

    @activity.defn(name=RECONCILE_PAYMENT)
    async def reconcile_payment(self, call: ReconcileCall) -> bool:
        """Whether the payment has asked the gateway about every attempt; False where it takes no update."""
        handle = self._temporal.get_workflow_handle(call.workflowId)
        try:
            async with beating():
                await handle.execute_update(RECONCILE, id=uuid.uuid4().hex, result_type=Payment)
        except WorkflowUpdateFailedError:
            return False
        except TEMPORAL_ERRORS as error:
            why = to_holdfast_error(error)
            if isinstance(why, PaymentEnded):
                return False
            raise ApplicationError(str(why), type=Failure.NOT_SENT) from None
        return True

    @activity.defn(name=UNKNOWN_PAYMENTS)
    async def unknown_payments(self, call: ToldCall) -> UnmatchedNotifications:
        """Payments that the gateway has told of and Temporal does not know."""
        self._refuse_unless_configured(call.merchantAccount)
        gateway, pacer = self._clients[call.merchantAccount], RateLimiter(call.inquiriesPerSecond)
        async with beating():
            return await unknown_payments(self._temporal, gateway, call, pacer)

    @activity.defn(name=REPORT_DIFFERENCE)
    async def report_difference(self, notice: DifferenceNotice) -> bool:
        """Keep it as a workflow of its own; False where an earlier run has done so.

        No child of the reconciliation: those are limited in number, and this one may outlive it by weeks.
        """
        try:
            async with beating():
                await self._temporal.start_workflow(
                    DIFFERENCE,
                    notice,
                    id=notice.workflow_id,
                    task_queue=activity.info().task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    priority=account_priority(notice.merchantAccount),
                    static_summary=summary(notice),
                )
        except WorkflowAlreadyStartedError:
            return False
        return True

    def _refuse_unless_configured(self, merchant_account: str) -> None:
        if merchant_account not in self._clients:
            raise ApplicationError(NOT_CONFIGURED, type=InvalidRequest.__name__, non_retryable=True)


def _done_before() -> list[Look]:
    """The looks of an earlier try of this activity, as it last told them."""
    details = activity.info().heartbeat_details
    return [Look.model_validate(look) for look in details[0]] if details else []
