"""The client with which a merchant service starts and controls payments.

Every method is idempotent and may be called again after `PaymentUnavailable`: a payment reference always
identifies the same payment, and a repeated capture or cancellation joins the one that is in progress. A
repeated `retry` needs its key.
"""

from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from holdfast.antom.amounts import Amount
from holdfast.antom.models import Env
from holdfast.card_vault import CardData, CardVault
from holdfast.errors import (
    AlreadyCaptured,
    InvalidRequest,
    NoCardVault,
    PaymentEnded,
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
from holdfast.order_comparison import refuse_other_payment
from holdfast.payment import Payment
from holdfast.payment_workflows import PaymentWorkflows
from holdfast.repeated_requests import attempt_with_key, is_capture_repeated
from holdfast.resolution import Resolution, parse_resolution
from holdfast.review_list import ReviewItem, overdue_list, review_list
from holdfast.status_wait import wait_for_status
from holdfast.statuses.payment_status import FINAL, PaymentStatus
from holdfast.temporal import names
from holdfast.validation.texts import require_text

ANSWER_WITHIN = timedelta(seconds=90)
"""How long a call waits for Temporal and for a worker before it raises `PaymentUnavailable`."""


class PaymentClient:
    """Starts and controls payments.

    No call takes longer than `answer_within`, which is 90 seconds by default. Each method states how long it
    takes where Temporal and a worker run.

    Beside the errors that each method lists, every method that returns a payment raises:

    - `PaymentUnavailable` when it has no answer within `answer_within`; its `reason`, `is_started` and
      `may_hold_money` say what is known;
    - `TemporalUnavailable`, a subclass of it, after about ten seconds when Temporal cannot be reached;
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
        """Encrypts card data for one pay call. It takes milliseconds, and seconds without the vault's server.

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
            raise NoCardVault(
                "PaymentClient was created without a vault: pass one with PaymentClient(client, vault=...); "
                "nothing was stored"
            )
        if not isinstance(card, CardData):
            raise InvalidRequest("card: must be CardData")
        return await self._vault.put(card)

    async def authorize(self, order: PaymentOrder | dict[str, object]) -> Payment:
        """Starts the payment, or joins the payment that has the order's reference.

        It takes 60 seconds at most, also where the gateway does not answer.

        Args:
            order: The order. A second order with the same reference never starts a second payment.

        Returns:
            The payment, once its first attempt has an outcome: a redirect for the buyer, or a status other
            than AUTHORIZING. After 60 seconds without an outcome, and at once where several calls wait for it
            already, the payment is returned as it is, and so is a payment that has ended.

        Raises:
            InvalidOrder: The order breaks a rule. Nothing was sent to the gateway.
            PaymentReferenceReused: The reference belongs to a payment with another amount, currency,
                merchant account, capture mode or payment method.
            PaymentUnavailable: There was no answer within `answer_within`. `is_started` says whether Temporal
                has the payment, and `may_hold_money` whether it has been sent to the gateway. Call again with
                the same reference.
        """
        checked = parse_order(order)
        try:
            payment = await self._workflows.start(checked)
        except (PaymentEnded, RateLimited):
            payment = await self.get(checked.paymentReference)
        refuse_other_payment(checked, payment)
        return payment

    async def capture(
        self,
        payment_reference: str,
        amount: Amount | None = None,
        *,
        is_last_capture: bool = True,
        key: str | None = None,
    ) -> Payment:
        """Captures the authorized amount, or a part of it. It takes 20 seconds at most.

        A capture that was made before or is in progress is returned, and is not made again: the one with the
        same key, or without a key the one of the same amount.

        Args:
            payment_reference: The reference of the payment.
            amount: The amount to capture, the whole authorized amount by default.
            is_last_capture: False when further captures may follow, which then need a `key`.
            key: The merchant's own key of this capture, 1 to 64 of `A-Z a-z 0-9 . _ -`. The same key always
                means the same capture. It is made again only after it has failed, under a new
                `captureRequestId`.

        Returns:
            The payment, once the capture has a result. Its status is CAPTURING when there was no result
            within 20 seconds, or when several calls wait for the result already.

        Raises:
            InvalidRequest: The request breaks a rule, or its key belongs to a capture of another amount.
            NotAuthorized: The payment has no authorization that could be captured.
            AmountExceedsAuthorization: The captures would exceed the authorized amount.
            CaptureInProgress: Another capture has no result yet.
            UnderRiskReview: The gateway's risk review is not decided, or it has rejected the authorization.
            AutomaticCapture: The gateway captures this payment itself.
            AlreadyCaptured: Another amount, or a capture with another key, has been captured.
            PaymentEnded: The payment has ended without this capture.
            RateLimited: Hundreds of captures and retries of this payment were made.
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        if key is not None:
            require_text("key", key, InvalidRequest)
        request = parse_capture({"captureAmount": amount, "isLastCapture": is_last_capture, "key": key})
        if not is_last_capture and key is None:
            raise InvalidRequest("key: is needed for a capture that is not the last one, nothing was sent")
        try:
            return await self._workflows.update(payment_reference, names.CAPTURE, request)
        except (AlreadyCaptured, PaymentEnded, RateLimited):
            payment = await self.get(payment_reference)
            if is_capture_repeated(payment, request):
                return payment
            if payment.status is PaymentStatus.CAPTURED:
                raise _already_captured(payment) from None
            raise

    async def cancel(self, payment_reference: str, reason: str) -> Payment:
        """Cancels the payment and voids its authorization. It takes 60 seconds at most.

        Args:
            payment_reference: The reference of the payment.
            reason: The reason, for the audit trail, in 1 to 256 characters.

        Returns:
            The payment, once the gateway has confirmed or refused the cancellation. Its status is CANCELLING
            when there was no confirmation within 60 seconds, or when several calls wait for it already; the
            cancellation goes on. A payment that is CANCELLED already is returned as it is.

        Raises:
            InvalidRequest: The reason breaks a rule.
            AlreadyCaptured: The payment has been captured.
            CaptureInProgress: A capture has no result yet.
            PaymentEnded: The payment has ended, other than by a cancellation or a capture.
            RateLimited: This payment was cancelled hundreds of times without success.
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        request = parse_cancel({"reason": reason})
        try:
            return await self._workflows.update(payment_reference, names.CANCEL, request)
        except (PaymentEnded, RateLimited):
            payment = await self.get(payment_reference)
            if payment.status is PaymentStatus.CAPTURED:
                raise _already_captured(payment) from None
            if payment.status not in {PaymentStatus.CANCELLING, PaymentStatus.CANCELLED}:
                raise
            return payment

    async def retry(
        self,
        payment_reference: str,
        payment_method: PaymentMethod | dict[str, object],
        env: Env | None = None,
        *,
        key: str | None = None,
    ) -> Payment:
        """Makes another attempt after a decline. It takes 60 seconds at most.

        A call that is repeated after `PaymentUnavailable` needs the key of the first call. Without a key it
        makes another attempt where the first call's attempt was declined meanwhile.

        Args:
            payment_reference: The reference of the payment.
            payment_method: The payment method of the new attempt.
            env: The buyer's environment, that of the order by default.
            key: The merchant's own key of this attempt, 1 to 64 of `A-Z a-z 0-9 . _ -`. The same key always
                means the same attempt, also after the payment has ended.

        Returns:
            The payment, once the new attempt has an outcome, as with `authorize`. With the key of an earlier
            attempt it is the payment as it is now.

        Raises:
            InvalidRequest: The request breaks a rule, or uses a `cardReference` for the second time.
            NotDeclined: The payment's status is not DECLINED.
            AttemptUnconfirmed: Evidence contradicts the decline, and the gateway has not confirmed it yet.
            PaymentEnded: The payment has ended without an attempt that has this key.
            RateLimited: Hundreds of captures and retries of this payment were made.
            PaymentUnavailable: There was no answer within `answer_within`.
        """
        request = parse_retry_fields({"paymentMethod": payment_method, "env": env, "key": key})
        try:
            return await self._workflows.update(payment_reference, names.RETRY, request)
        except (PaymentEnded, RateLimited):
            payment = await self.get(payment_reference)
            if attempt_with_key(payment, key) is None:
                raise
            return payment

    async def refresh(self, payment_reference: str) -> Payment:
        """Asks the gateway for the payment's state now, for example when the buyer has returned.

        It takes as long as the gateway, and 60 seconds where the gateway does not answer.
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

        It takes as long as `refresh`, and milliseconds where it decides nothing.

        Args:
            payment_reference: The reference of the payment.
            resolution: The decision, its reason and its evidence.

        Returns:
            The payment with the decision applied. Its `review` is empty unless the decision contradicts
            what is known.

        Raises:
            InvalidRequest: The resolution breaks a rule, or is about another capture than the open one.
            NotUnderReview: The payment is not under review.
            ResolutionUnconfirmed: The gateway has not answered, does not confirm what is reported as
                succeeded, or may still take what is reported as failed: call again later, or with `force`.
            PaymentEnded: The payment has ended.
            RateLimited: Another resolution of this payment is being applied: make the call again.
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
            PaymentUnavailable: Temporal does not answer for one page within 10 seconds. The iteration raises
                it, not this call.
        """
        return review_list(self._client, with_ended=with_ended)

    def overdue(self, at: datetime | None = None) -> AsyncIterator[ReviewItem]:
        """Lists the payments that have waited for an answer of the gateway for more than five minutes.

        A payment leaves the list by itself when it has its answer, and is not under review meanwhile.

        Args:
            at: The moment before which the answer was due, now by default.

        Returns:
            The items, read page by page. Temporal's list may be about one second behind.

        Raises:
            PaymentUnavailable: Temporal does not answer. The iteration raises it, not this call.
        """
        return overdue_list(self._client, at or datetime.now(UTC))

    async def get(self, payment_reference: str) -> Payment:
        """Returns the payment as it is known now, whether it is running or has ended. It takes milliseconds.

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
            timeout: The longest time to wait, without a limit by default. With zero the payment is read once.

        Returns:
            The payment with that status.

        Raises:
            WaitTimedOut: The payment did not reach one of the statuses within `timeout`. It is a
                `TimeoutError`, and its `payment` is the last reading.
            PaymentNotFound: No payment has this reference.
            PaymentUnavailable: One reading had no answer within `answer_within`.
        """
        return await wait_for_status(payment_reference, lambda: self.get(payment_reference), until, timeout)


def _already_captured(payment: Payment) -> AlreadyCaptured:
    reference = payment.paymentReference
    error = AlreadyCaptured(f"payment {reference}: the money has been taken: refund it instead")
    error.payment_reference = reference
    return error
