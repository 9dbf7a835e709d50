"""The delivery of a merchant's requests to the workflow of a payment, with repetitions and one time limit."""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from holdfast.errors import HoldfastError, InvalidRequest, PaymentNotFound, PaymentUnavailable
from holdfast.order import CancelRequest, CaptureRequest, PaymentOrder, RetryRequest
from holdfast.payment import Payment
from holdfast.resolution import Resolution
from holdfast.temporal import names
from holdfast.temporal.calls import cancellations, translated
from holdfast.temporal.fairness import account_priority
from holdfast.temporal.rpc_errors import ended, is_retryable
from holdfast.temporal.unanswered import unanswered

UpdateRequest = CaptureRequest | CancelRequest | RetryRequest | Resolution
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two repetitions."""
_LONGEST_QUESTION = 1.0
"""Seconds of each of the two questions that follow a call without an answer."""


class PaymentWorkflows:
    """The workflows of payments, as a client reaches them through Temporal.

    Every method is repeated while Temporal or a worker is busy, for `answer_within` at most, and raises the
    errors of `holdfast.errors`.
    """

    def __init__(self, client: Client, answer_within: timedelta, task_queue: str) -> None:
        self._client = client
        self._answer_within = answer_within
        self._task_queue = task_queue

    async def start(self, order: PaymentOrder) -> Payment:
        """Starts the payment of the order, or joins it, and returns it once it has an outcome.

        The update id is a new one in each call: the handler is idempotent, and a repeated update id would
        return its first result, which may be out of date.
        """
        update_id = uuid.uuid4().hex
        return await self._answered(order.paymentReference, lambda: self._update_with_start(order, update_id))

    async def update(self, payment_reference: str, update: str, *request: UpdateRequest) -> Payment:
        """Sends an update. Its repetitions keep the update id, so that they join an accepted update.

        Every call has an id of its own. A merchant's key is part of the request, because Temporal would
        answer a repeated update id with the first result, and forgets the ids of a former run.
        """
        handle = self._handle(payment_reference)
        update_id = uuid.uuid4().hex
        return await self._answered(
            payment_reference,
            lambda: handle.execute_update(update, args=list(request), id=update_id, result_type=Payment),
        )

    async def read(self, payment_reference: str) -> Payment:
        """Reads the payment, whether its workflow is running or has ended."""
        handle = self._handle(payment_reference)
        return await self._answered(payment_reference, lambda: _read(handle))

    def _handle(self, payment_reference: str) -> WorkflowHandle[object, Payment]:
        if not isinstance(payment_reference, str):
            raise InvalidRequest("paymentReference: must be a string")
        if not names.is_payment_reference(payment_reference):
            raise PaymentNotFound(
                "paymentReference: no payment can have this reference, which has 1 to 48 of "
                "A-Z a-z 0-9 . _ -: correct it"
            )
        return self._client.get_workflow_handle(names.workflow_id(payment_reference), result_type=Payment)

    async def _update_with_start(self, order: PaymentOrder, update_id: str) -> Payment:
        start: WithStartWorkflowOperation[object, Payment] = WithStartWorkflowOperation(
            names.CARD_PAYMENT,
            order,
            id=names.workflow_id(order.paymentReference),
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            priority=account_priority(order.merchantAccount),
            result_type=Payment,
            static_summary=names.summary(
                order.paymentAmount.display, order.order.referenceOrderId, order.captureMode
            ),
        )
        with _error_retrieved(start):
            payment: Payment = await self._client.execute_update_with_start_workflow(
                names.AUTHORIZE, start_workflow_operation=start, id=update_id, result_type=Payment
            )
            return payment

    async def _answered(self, payment_reference: str, call: Callable[[], Awaitable[Payment]]) -> Payment:
        """Makes the call, and raises each error with the payment that it is about."""
        try:
            return await self._with_retries(payment_reference, call)
        except HoldfastError as error:
            error.payment_reference = payment_reference
            raise

    async def _with_retries(self, payment_reference: str, call: Callable[[], Awaitable[Payment]]) -> Payment:
        """Makes the call until it succeeds, or fails with an error that a repetition does not change.

        It is repeated when the server is busy (more than ten updates at once), and when a worker has lost a
        query because it evicted the payment's state at that moment (ADR 0008).
        """
        pause, before = _FIRST_PAUSE, cancellations()
        about = f"payment {payment_reference}"
        try:
            async with asyncio.timeout(self._call_seconds), translated(self._client, about):
                while True:
                    try:
                        return await call()
                    except (RPCError, WorkflowUpdateFailedError) as error:
                        if not is_retryable(error) or cancellations() > before:
                            raise
                    await asyncio.sleep(pause * random.SystemRandom().uniform(0.5, 1.5))
                    pause = min(pause * 2, _LONGEST_PAUSE)
        except WorkflowAlreadyStartedError:
            raise ended(about) from None
        except TimeoutError:
            raise await self._unanswered(payment_reference) from None

    @property
    def _question_seconds(self) -> float:
        return min(_LONGEST_QUESTION, self._answer_within.total_seconds() / 10)

    @property
    def _call_seconds(self) -> float:
        """How long a call waits, so that `answer_within` is enough for the questions after it too."""
        return self._answer_within.total_seconds() - 2 * self._question_seconds

    async def _unanswered(self, payment_reference: str) -> PaymentUnavailable:
        waited, question = timedelta(seconds=self._call_seconds), timedelta(seconds=self._question_seconds)
        return await unanswered(self._client, payment_reference, waited, question, self._task_queue)


@contextmanager
def _error_retrieved(start: WithStartWorkflowOperation[object, Payment]) -> Iterator[None]:
    """Retrieves the error of a failed start from the operation.

    Temporal's client raises the error, and stores it in a future of the operation too. Without a reader of
    that future, asyncio logs "Future exception was never retrieved" when the operation is deleted. A task
    that awaits the future would not do: where the event loop ends, it cancels the task and with it the
    future, and Temporal's client fails to store its error in a cancelled future.
    """
    try:
        yield
    finally:
        reader = start.workflow_handle()
        # one step of the coroutine reads a future that is done, and yields one that is not
        with suppress(StopIteration, Exception, asyncio.CancelledError):
            reader.send(None)
        reader.close()


async def _read(handle: WorkflowHandle[object, Payment]) -> Payment:
    """Reads the result of a workflow that has ended, for which no worker is needed, or queries it."""
    if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
        return await handle.result()
    payment: Payment = await handle.query(names.PAYMENT, result_type=Payment)
    return payment
