"""What a merchant service calls: typed, idempotent, with errors it can act on.

Every method may be called again after `PaymentUnavailable`: the same payment reference is always the same
payment, and a capture or cancel that is under way is joined, not repeated.
"""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
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

from holdfast.antom.amounts import Amount
from holdfast.antom.models import Env
from holdfast.card_vault import CardData, CardVault
from holdfast.errors import (
    AlreadyCaptured,
    InvalidOrder,
    InvalidRequest,
    NoCardVault,
    PaymentEnded,
    PaymentNotFound,
    PaymentReferenceReused,
    PaymentUnavailable,
    RateLimited,
)
from holdfast.order import (
    CancelRequest,
    CaptureRequest,
    PaymentMethod,
    PaymentOrder,
    RetryRequest,
    parse_cancel,
    parse_capture,
    parse_order,
    parse_retry_shape,
)
from holdfast.payment import Payment
from holdfast.resolution import Resolution
from holdfast.review_list import ReviewItem, review_list
from holdfast.status import FINAL, PaymentStatus
from holdfast.temporal import names
from holdfast.temporal.fairness import account_priority
from holdfast.temporal.rpc_errors import CLOSED, TEMPORAL_ERRORS, is_retryable, to_holdfast_error
from holdfast.validation.card_numbers import reject_card_numbers

ANSWER_WITHIN = timedelta(seconds=90)
"""How long a call waits for Temporal and a worker before it raises PaymentUnavailable."""

_Update = CaptureRequest | CancelRequest | RetryRequest | Resolution
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


class PaymentClient:
    """Starts and steers payments. `vault` is needed for `store_card` alone."""

    def __init__(
        self,
        client: Client,
        *,
        vault: CardVault | None = None,
        answer_within: timedelta = ANSWER_WITHIN,
        task_queue: str = names.TASK_QUEUE,
    ) -> None:
        self._client = client
        self._vault = vault
        self._answer_within = answer_within
        self._task_queue = task_queue

    async def store_card(self, card: CardData) -> str:
        """Seal card data for one pay call and return its `cardReference`, good for 15 minutes.

        Raises NoCardVault, and CardVaultError when the vault does not answer.
        """
        if self._vault is None:
            raise NoCardVault("PaymentClient was made without a vault")
        return await self._vault.put(card)

    async def authorize(self, order: PaymentOrder | dict[str, object]) -> Payment:
        """Start the payment, or join the one with this reference; the payment once somebody can act on it.

        Raises InvalidOrder before anything leaves the process, PaymentReferenceReused, PaymentUnavailable.
        """
        checked = reject_card_numbers(parse_order(order), InvalidOrder)
        try:
            update_id = uuid.uuid4().hex
            payment = await self._patiently(lambda: self._started(checked, update_id))
        except (PaymentEnded, RateLimited):
            payment = await self.get(checked.paymentReference)
        _refuse_another_payment(checked, payment)
        return payment

    async def capture(
        self,
        payment_reference: str,
        amount: Amount | None = None,
        *,
        is_last_capture: bool = True,
        key: str | None = None,
    ) -> Payment:
        """Take the money: all of it, or `amount`. A capture that was made already is an answer, not an error.

        With `is_last_capture` false further captures may follow, and nothing but a `key` of the merchant's
        own tells the same capture asked for again from the next one. After 20 seconds without a result the
        payment is returned as CAPTURING. Raises InvalidRequest, NotAuthorized, AmountExceedsAuthorization,
        CaptureInProgress, AutomaticCapture, AlreadyCaptured, PaymentEnded.
        """
        request = parse_capture({"captureAmount": amount, "isLastCapture": is_last_capture})
        if not is_last_capture and not key:
            raise InvalidRequest("key: is needed for a capture that is not the last one")
        try:
            payment = await self._updated(payment_reference, names.CAPTURE, request, key=key)
            # an update id that was answered before answers with the past
            return await self.get(payment_reference) if key else payment
        except (AlreadyCaptured, PaymentEnded):
            payment = await self.get(payment_reference)
            if not _was_captured(payment, amount):
                raise
            return payment

    async def cancel(self, payment_reference: str, reason: str) -> Payment:
        """Let the money go; the payment once the gateway has confirmed or refused it.

        Raises AlreadyCaptured, CaptureInProgress, PaymentEnded.
        """
        request = reject_card_numbers(parse_cancel({"reason": reason}), InvalidRequest)
        try:
            return await self._updated(payment_reference, names.CANCEL, request)
        except PaymentEnded:
            payment = await self.get(payment_reference)
            if payment.status is PaymentStatus.CAPTURED:
                raise AlreadyCaptured("the money has been taken, refund it instead") from None
            if payment.status is not PaymentStatus.CANCELLED:
                raise
            return payment

    async def retry(
        self,
        payment_reference: str,
        payment_method: PaymentMethod | dict[str, object],
        env: Env | None = None,
    ) -> Payment:
        """Another attempt after DECLINED; the payment once that attempt has an outcome.

        Raises InvalidRequest, NotDeclined, PaymentEnded.
        """
        asked = parse_retry_shape({"paymentMethod": payment_method, "env": env})
        request = reject_card_numbers(asked, InvalidRequest)
        return await self._updated(payment_reference, names.RETRY, request)

    async def refresh(self, payment_reference: str) -> Payment:
        """Ask the gateway now: the buyer came back, or says "I have paid".

        After some hundred times the gateway is not asked any more for that: the payment as it is known.
        """
        try:
            return await self._updated(payment_reference, names.REFRESH)
        except (PaymentEnded, RateLimited):
            return await self.get(payment_reference)

    async def resolve(self, payment_reference: str, resolution: Resolution) -> Payment:
        """An operator's word on a payment under review; the payment with it, and with an empty `review`.

        Raises NotUnderReview, InvalidRequest, PaymentEnded.
        """
        checked = reject_card_numbers(resolution, InvalidRequest)
        return await self._updated(payment_reference, names.RESOLVE, checked)

    def needing_review(self, *, with_ended: bool = False) -> AsyncIterator[ReviewItem]:
        """What a person must look at; `with_ended` also what has ended, late notifications among it."""
        return review_list(self._client, with_ended=with_ended)

    async def get(self, payment_reference: str) -> Payment:
        """The payment as it is known now, running or ended. Raises PaymentNotFound, PaymentUnavailable."""
        return await self._patiently(lambda: self._read(self._handle(payment_reference)))

    async def wait(
        self,
        payment_reference: str,
        *,
        until: Collection[PaymentStatus] = FINAL,
        timeout: timedelta | None = None,  # noqa: ASYNC109 - the caller's patience, not a cancellation
    ) -> Payment:
        """The payment once its status is one of `until`, or final. Raises TimeoutError after `timeout`."""
        seconds = timeout.total_seconds() if timeout else None
        async with asyncio.timeout(seconds):
            pause = _FIRST_PAUSE
            while True:
                payment = await self.get(payment_reference)
                if payment.status in until or payment.status.is_final:
                    return payment
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _handle(self, payment_reference: str) -> WorkflowHandle[object, Payment]:
        if not names.is_payment_reference(payment_reference):
            raise PaymentNotFound("no payment can have this reference")
        return self._client.get_workflow_handle(names.workflow_id(payment_reference), result_type=Payment)

    async def _started(self, order: PaymentOrder, update_id: str) -> Payment:
        """Update-with-start. Every call has an update id of its own: the handler is idempotent, and an update
        id that was answered before would answer with the past.
        """
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
        payment: Payment = await self._client.execute_update_with_start_workflow(
            names.AUTHORIZE, start_workflow_operation=start, id=update_id, result_type=Payment
        )
        return payment

    async def _updated(
        self, payment_reference: str, update: str, *request: _Update, key: str | None = None
    ) -> Payment:
        """An update. Whatever it takes to deliver it, it keeps its id: what was accepted is joined."""
        handle = self._handle(payment_reference)
        update_id = f"{update}-{key}" if key else uuid.uuid4().hex
        return await self._patiently(
            lambda: handle.execute_update(update, args=list(request), id=update_id, result_type=Payment)
        )

    async def _read(self, handle: WorkflowHandle[object, Payment]) -> Payment:
        """A payment that has ended is read without a worker."""
        if (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
            return await handle.result()
        payment: Payment = await handle.query(names.PAYMENT, result_type=Payment)
        return payment

    async def _patiently(self, call: Callable[[], Awaitable[Payment]]) -> Payment:
        """The call's answer. A server that has too much to do (ten updates at once) is asked again; so is
        a worker that lost a query, as one does that forgets the payment's state just then (ADR 0008).
        """
        pause, cancellations = _FIRST_PAUSE, _cancellations()
        try:
            async with asyncio.timeout(self._answer_within.total_seconds()):
                while True:
                    try:
                        return await call()
                    except (RPCError, WorkflowUpdateFailedError) as error:
                        if not is_retryable(error) or _cancellations() > cancellations:
                            raise
                    await asyncio.sleep(pause * random.SystemRandom().uniform(0.5, 1.5))
                    pause = min(pause * 2, _LONGEST_PAUSE)
        except TimeoutError:
            raise PaymentUnavailable("no answer in time: the same call may be made again") from None
        except WorkflowAlreadyStartedError:
            raise PaymentEnded(CLOSED) from None
        except TEMPORAL_ERRORS as error:
            if _cancellations() > cancellations:
                # Temporal's client turns the caller's own cancellation into an error of an update
                raise asyncio.CancelledError from error
            raise to_holdfast_error(error) from error


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _refuse_another_payment(order: PaymentOrder, payment: Payment) -> None:
    for name in ("paymentAmount", "merchantAccount"):
        if getattr(order, name) != getattr(payment, name):
            raise PaymentReferenceReused(f"{name}: the reference belongs to a payment with another one")


def _was_captured(payment: Payment, amount: Amount | None) -> bool:
    wanted = amount or payment.paymentAmount
    return payment.status is PaymentStatus.CAPTURED and payment.capturedAmount == wanted
