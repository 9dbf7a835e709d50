"""The client with which a merchant service starts and controls payments.

Every method is idempotent and may be called again after `PaymentUnavailable`: a payment reference always
identifies the same payment, and a repeated capture or cancellation joins the one that is in progress.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import timedelta

from temporalio.client import Client

from holdfast.antom.amounts import Amount
from holdfast.antom.models import Env
from holdfast.card_vault import CardData, CardVault
from holdfast.errors import (
    AlreadyCaptured,
    InvalidRequest,
    NoCardVault,
    PaymentEnded,
    PaymentReferenceReused,
    RateLimited,
)
from holdfast.order import (
    PaymentMethod,
    PaymentOrder,
    parse_cancel,
    parse_capture,
    parse_order,
    parse_retry_fields,
)
from holdfast.payment import Payment
from holdfast.payment_workflows import PaymentWorkflows
from holdfast.resolution import Resolution, parse_resolution
from holdfast.review_list import ReviewItem, review_list
from holdfast.statuses.payment_status import FINAL, PaymentStatus
from holdfast.temporal import names
from holdfast.validation.texts import require_text

ANSWER_WITHIN = timedelta(seconds=90)
"""How long a call waits for Temporal and for a worker before it raises `PaymentUnavailable`."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
"""Seconds between two readings while `wait` is waiting."""


class PaymentClient:
    """Starts and controls payments.

    Beside the errors that each method lists, every method that returns a payment raises:

    - `PaymentUnavailable` when it has no answer within `answer_within`;
    - `PaymentNotFound` when no payment has the reference, except `authorize`, which starts one;
    - `InvalidRequest` when the reference is not a string;
    - `PaymentStopped` when an operator has terminated the payment's workflow;
    - `CodecKeyError` when the payment is encrypted with a key that this process does not have.

    Args:
        client: The Temporal client, as `connect` returns it.
        vault: The card vault, which only `store_card` needs.
        answer_within: The longest time that a call may take, with all its repetitions.
        task_queue: The task queue on which the workers of payments poll.
    """

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
        self._workflows = PaymentWorkflows(client, answer_within, task_queue)

    async def store_card(self, card: CardData) -> str:
        """Encrypts card data for one pay call.

        Args:
            card: The card data, which never enters Temporal.

        Returns:
            The `cardReference` for `PaymentMethod`, valid for 15 minutes and for one attempt.

        Raises:
            NoCardVault: The client has no card vault.
            InvalidRequest: The argument is no `CardData`.
            CardVaultError: The vault does not answer, or does not accept the entry.
        """
        if self._vault is None:
            raise NoCardVault("PaymentClient was created without a vault")
        if not isinstance(card, CardData):
            raise InvalidRequest("card: must be CardData")
        return await self._vault.put(card)

    async def authorize(self, order: PaymentOrder | dict[str, object]) -> Payment:
        """Starts the payment, or joins the payment that has the order's reference.

        Args:
            order: The order. A second order with the same reference never starts a second payment.

        Returns:
            The payment, once its first attempt has an outcome: a redirect for the buyer, or a status other
            than AUTHORIZING. A payment that has ended is returned as it is.

        Raises:
            InvalidOrder: The order breaks a rule. Nothing was sent to the gateway.
            PaymentReferenceReused: The reference belongs to a payment with another amount, currency or
                merchant account.
            PaymentUnavailable: There was no answer within `answer_within` (90 seconds by default). The
                payment may have been started.
        """
        checked = parse_order(order)
        try:
            payment = await self._workflows.start(checked)
        except (PaymentEnded, RateLimited):
            payment = await self.get(checked.paymentReference)
        _refuse_other_payment(checked, payment)
        return payment

    async def capture(
        self,
        payment_reference: str,
        amount: Amount | None = None,
        *,
        is_last_capture: bool = True,
        key: str | None = None,
    ) -> Payment:
        """Captures the authorized amount, or a part of it.

        A capture of the same amount that was made before is returned, and is not made again.

        Args:
            payment_reference: The reference of the payment.
            amount: The amount to capture, the whole authorized amount by default.
            is_last_capture: False when further captures may follow, which then need a `key`.
            key: The merchant's own key of this capture. The same key always means the same capture.

        Returns:
            The payment, once the capture has a result. Its status is CAPTURING when there was no result
            within 20 seconds.

        Raises:
            InvalidRequest: The request breaks a rule.
            NotAuthorized: The payment has no authorization that could be captured.
            AmountExceedsAuthorization: The captures would exceed the authorized amount.
            CaptureInProgress: Another capture has no result yet.
            UnderRiskReview: The gateway's risk review is not decided, or it has rejected the authorization.
            AutomaticCapture: The gateway captures this payment itself.
            AlreadyCaptured: Another amount has been captured.
            PaymentEnded: The payment has ended without this capture.
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        request = parse_capture({"captureAmount": amount, "isLastCapture": is_last_capture})
        if key is not None:
            require_text("key", key, InvalidRequest)
        if not is_last_capture and not key:
            raise InvalidRequest("key: is needed for a capture that is not the last one")
        try:
            payment = await self._workflows.update(payment_reference, names.CAPTURE, request, key=key)
            # a repeated update id returns its first result, which may be out of date
            return await self.get(payment_reference) if key else payment
        except (AlreadyCaptured, PaymentEnded):
            payment = await self.get(payment_reference)
            if not _was_captured(payment, request.captureAmount):
                raise
            return payment

    async def cancel(self, payment_reference: str, reason: str) -> Payment:
        """Cancels the payment and voids its authorization.

        Args:
            payment_reference: The reference of the payment.
            reason: The reason, for the audit trail, in 1 to 256 characters.

        Returns:
            The payment, once the gateway has confirmed or refused the cancellation. A payment that is
            CANCELLED already is returned as it is.

        Raises:
            InvalidRequest: The reason breaks a rule.
            AlreadyCaptured: The payment has been captured.
            CaptureInProgress: A capture has no result yet.
            PaymentEnded: The payment has ended, other than by a cancellation or a capture.
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        request = parse_cancel({"reason": reason})
        try:
            return await self._workflows.update(payment_reference, names.CANCEL, request)
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
        """Makes another attempt after a decline.

        Args:
            payment_reference: The reference of the payment.
            payment_method: The payment method of the new attempt.
            env: The buyer's environment, that of the order by default.

        Returns:
            The payment, once the new attempt has an outcome, as with `authorize`.

        Raises:
            InvalidRequest: The request breaks a rule, or uses a `cardReference` for the second time.
            NotDeclined: The payment's status is not DECLINED.
            AttemptUnconfirmed: Evidence contradicts the decline, and the gateway has not confirmed it yet.
            PaymentEnded: The payment has ended.
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        request = parse_retry_fields({"paymentMethod": payment_method, "env": env})
        return await self._workflows.update(payment_reference, names.RETRY, request)

    async def refresh(self, payment_reference: str) -> Payment:
        """Asks the gateway for the payment's state now, for example when the buyer has returned.

        Concurrent calls share one inquiry. After 300 `authorize` and `refresh` calls of one payment, and
        after its end, the gateway is not asked any more.

        Args:
            payment_reference: The reference of the payment.

        Returns:
            The payment with the gateway's answer, or as it is known where the gateway is not asked any more.

        Raises:
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        try:
            return await self._workflows.update(payment_reference, names.REFRESH)
        except (PaymentEnded, RateLimited):
            return await self.get(payment_reference)

    async def resolve(self, payment_reference: str, resolution: Resolution) -> Payment:
        """Records an operator's decision about a payment that is under review.

        Args:
            payment_reference: The reference of the payment.
            resolution: The decision, its reason and its evidence.

        Returns:
            The payment with the decision applied. Its `review` is empty unless the decision contradicts
            what is known.

        Raises:
            InvalidRequest: The resolution breaks a rule, or is about another capture than the open one.
            NotUnderReview: The payment is not under review.
            PaymentEnded: The payment has ended.
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        checked = parse_resolution(resolution)
        return await self._workflows.update(payment_reference, names.RESOLVE, checked)

    def needing_review(self, *, with_ended: bool = False) -> AsyncIterator[ReviewItem]:
        """Lists what a person must look at, the newest first.

        Args:
            with_ended: Whether workflows that have ended are listed too, such as late notifications.

        Returns:
            The items, read page by page. Temporal's list may be about one second behind.

        Raises:
            RPCError: Temporal does not answer. The iteration raises it, not this call.
        """
        return review_list(self._client, with_ended=with_ended)

    async def get(self, payment_reference: str) -> Payment:
        """Returns the payment as it is known now, whether it is running or has ended.

        Args:
            payment_reference: The reference of the payment.

        Returns:
            The payment. The call does not change it, and does not contact the gateway.

        Raises:
            PaymentNotFound: No payment has this reference.
            PaymentStopped: An operator has terminated the payment's workflow.
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        return await self._workflows.read(payment_reference)

    async def wait(
        self,
        payment_reference: str,
        *,
        until: Collection[PaymentStatus] = FINAL,
        timeout: timedelta | None = None,  # noqa: ASYNC109 - a limit of the wait, which is no cancellation
    ) -> Payment:
        """Waits until the payment has one of the given statuses, or a final one.

        Args:
            payment_reference: The reference of the payment.
            until: The statuses to wait for, by default every final status.
            timeout: The longest time to wait, without a limit by default.

        Returns:
            The payment with that status.

        Raises:
            TimeoutError: The payment did not reach one of the statuses within `timeout`.
            PaymentNotFound: No payment has this reference.
            PaymentUnavailable: One reading had no answer within `answer_within`.
        """
        seconds = timeout.total_seconds() if timeout else None
        async with asyncio.timeout(seconds):
            pause = _FIRST_PAUSE
            while True:
                payment = await self.get(payment_reference)
                if payment.status in until or payment.status.is_final:
                    return payment
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)


def _refuse_other_payment(order: PaymentOrder, payment: Payment) -> None:
    for name in ("paymentAmount", "merchantAccount"):
        if getattr(order, name) != getattr(payment, name):
            raise PaymentReferenceReused(f"{name}: the reference belongs to a payment with another one")


def _was_captured(payment: Payment, amount: Amount | None) -> bool:
    wanted = amount or payment.paymentAmount
    return payment.status is PaymentStatus.CAPTURED and payment.capturedAmount == wanted
