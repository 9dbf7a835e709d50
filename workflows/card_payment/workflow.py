"""The workflow of one card payment: its steps, its messages, and its end.

Handlers change the payment at once and wait afterwards. The loop in `run` executes one step per status until
the status is final and nothing is in flight.
"""

import asyncio

from temporalio import workflow

from holdfast.errors import HoldfastError, InvalidOrder, RateLimited
from holdfast.order import parse_cancel, parse_capture, parse_order, parse_retry
from holdfast.payment import Payment
from holdfast.resolution import parse_resolution
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from holdfast.temporal import names
from settlement.commands import refuse_cancel, refuse_capture, refuse_retry
from settlement.notification.verified_notification import VerifiedNotification
from settlement.resolution import refuse_resolution
from workflows.card_payment.background_tasks import BackgroundTasks
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.publisher import Publisher
from workflows.card_payment.reconcile_handler import ReconcileHandler
from workflows.card_payment.steps import STEPS
from workflows.refusal import refusal
from workflows.timing import CAPTURE_ANSWER

MAX_READ_UPDATES = 300
"""The largest number of `authorize` and `refresh` updates. A server accepts 2,000 updates of one workflow:
the limit reserves some for `capture`, `cancel` and `resolve`."""
_CALLING = frozenset({S.AUTHORIZING, S.CANCELLING})
"""The statuses in which `authorize` and `retry` wait for the outcome of a call."""


@workflow.defn(name=names.CARD_PAYMENT)
class CardPayment:
    """One payment, from the pay call to its capture, or to a confirmation that no money was taken.

    Arguments are accepted as any JSON, because a client in any language can have sent them: an argument that
    breaks a rule is refused with one line instead of failing every workflow task.
    """

    @workflow.init
    def __init__(self, order: object = None, *surplus: object) -> None:
        self._invalid: InvalidOrder | None = None
        self._read_updates = 0
        try:
            self._state = PaymentState(parse_order(order if not surplus else [order, *surplus]))
        except InvalidOrder as error:
            self._invalid = error
            return
        self._inquirer = Inquirer(self._state)
        self._background = BackgroundTasks(self._state, self._inquirer)
        self._publisher = Publisher(self._state)
        self._reconcile_handler = ReconcileHandler(self._state)

    @workflow.run
    async def run(self, order: object = None, *surplus: object) -> Payment:
        """Returns the final payment.

        Raises `InvalidOrder` where the order breaks a rule; nothing was sent then.
        """
        if self._invalid is not None:
            raise refusal(self._invalid)
        background = [
            asyncio.create_task(self._publisher.run()),
            asyncio.create_task(self._background.run()),
        ]
        while not self._is_over:
            await self._shielded(asyncio.create_task(self._next_step()))
        for task in background:
            task.cancel()
        self._publisher.publish()
        return self._state.payment

    @property
    def _is_decided(self) -> bool:
        return self._state.status.is_final

    @property
    def _is_over(self) -> bool:
        return self._is_decided and workflow.all_handlers_finished() and self._background.is_idle

    async def _shielded(self, step: asyncio.Task[None]) -> None:
        """Runs a step to its end. A cancellation of the workflow cancels the payment instead of the step."""
        while not step.done():
            try:
                await workflow.wait_condition(step.done)
            except asyncio.CancelledError:
                self._cancelled_by_operator()
        await step

    async def _next_step(self) -> None:
        if self._is_decided:
            await workflow.wait_condition(lambda: self._is_over or not self._is_decided)
        else:
            await STEPS[self._state.status](self._state, self._inquirer)

    def _cancelled_by_operator(self) -> None:
        """Cancels the payment, so that a workflow that is cancelled leaves no money held."""
        try:
            refuse_cancel(self._state.payment)
            self._state.request_cancel("the workflow was cancelled", Source.OPERATOR)
        except HoldfastError as error:
            reason = f"the workflow was cancelled, and this payment cannot be cancelled: {error}"
            self._state.flag_for_review(reason)

    @workflow.query(name=names.PAYMENT)
    def payment(self) -> Payment:
        """Returns the payment in its current state."""
        if self._invalid is not None:
            raise refusal(self._invalid)
        return self._state.payment

    @workflow.signal(name=names.NOTIFICATION)
    def notification(self, note: VerifiedNotification | None = None) -> None:
        """Settles the evidence of a notification whose signature the webhook has verified."""
        if self._invalid is None and note is not None:
            self._settle(note)

    def _settle(self, note: VerifiedNotification) -> None:
        if note.merchantAccount != self._state.order.merchantAccount:
            self._state.flag_for_review("a notification for this payment came from another merchant account")
            return
        self._state.apply(note.evidence)

    @workflow.update(name=names.AUTHORIZE)
    async def authorize(self) -> Payment:
        """Returns the payment once its attempt is decided, or once it waits for the buyer or for a person."""
        self._read_updates += 1
        await self._until_actionable()
        return self._state.payment

    @authorize.validator
    def _authorize_refusal(self) -> None:
        self._refuse_unless_valid()
        self._refuse_too_many_reads()

    @workflow.update(name=names.RETRY)
    async def retry(self, request: object = None) -> Payment:
        """Starts another attempt; returns the payment once that attempt has an outcome."""
        self._state.retry(parse_retry(request, self._state.order))
        await self._until_actionable()
        return self._state.payment

    @retry.validator
    def _retry_refusal(self, request: object = None) -> None:
        self._refuse_unless_valid()
        state = self._state
        try:
            refuse_retry(state.payment, is_unconfirmed=bool(state.pending_inquiries))
            parse_retry(request, state.order, state.used_cards)
        except HoldfastError as error:
            raise refusal(error) from None

    @workflow.update(name=names.CAPTURE)
    async def capture(self, request: object = None) -> Payment:
        """Captures; returns the payment once that is decided, or after 20 seconds as CAPTURING."""
        state, answer_by = self._state, workflow.now() + CAPTURE_ANSWER
        if state.payment.open_capture is None:
            state.capture_is_slow = False
        state.request_capture(parse_capture(request), Source.MERCHANT)
        await workflow.wait_condition(lambda: state.status is not S.CAPTURING or state.capture_is_slow)
        if state.status is S.CAPTURING:
            await state.pause_until(answer_by, "until the capture request is answered as pending")
        return state.payment

    @capture.validator
    def _capture_refusal(self, request: object = None) -> None:
        self._refuse_unless_valid()
        try:
            refuse_capture(self._state.payment, parse_capture(request))
        except HoldfastError as error:
            raise refusal(error) from None

    @workflow.update(name=names.CANCEL)
    async def cancel(self, request: object = None) -> Payment:
        """Cancels; returns the payment once the gateway has confirmed it, or has refused."""
        state = self._state
        state.request_cancel(parse_cancel(request).reason, Source.MERCHANT)
        await workflow.wait_condition(lambda: state.status is not S.CANCELLING)
        return state.payment

    @cancel.validator
    def _cancel_refusal(self, request: object = None) -> None:
        self._refuse_unless_valid()
        try:
            parse_cancel(request)
            refuse_cancel(self._state.payment)
        except HoldfastError as error:
            raise refusal(error) from None

    @workflow.update(name=names.RESOLVE)
    async def resolve(self, request: object = None) -> Payment:
        """Settles an operator's resolution like any other evidence. Returns the payment.

        A resolution that denies an authorization is applied only after an inquiry that decides nothing else.
        """
        resolution = parse_resolution(request)
        if resolution.outcome.denies_authorization:
            await self._inquirer.inquire()
        self._state.resolve(resolution)
        return self._state.payment

    @resolve.validator
    def _resolve_refusal(self, request: object = None) -> None:
        self._refuse_unless_valid()
        try:
            refuse_resolution(self._state.payment, parse_resolution(request))
        except HoldfastError as error:
            raise refusal(error) from None

    @workflow.update(name=names.RECONCILE)
    async def reconcile(self, note: VerifiedNotification | None = None) -> Payment:
        """Inquires about every attempt; a difference that remains afterwards is flagged for review.

        `note` is a notification of the gateway's list that may not have been delivered.
        """
        if note is not None:
            self._settle(note)
        await self._reconcile_handler.reconcile()
        return self._state.payment

    @reconcile.validator
    def _reconcile_refusal(self, note: VerifiedNotification | None = None) -> None:
        self._refuse_unless_valid()

    @workflow.update(name=names.REFRESH)
    async def refresh(self) -> Payment:
        """Inquires now; returns the payment with the answer settled."""
        self._read_updates += 1
        if not self._state.status.is_final:
            await self._inquirer.refresh()
        return self._state.payment

    @refresh.validator
    def _refresh_refusal(self) -> None:
        self._refuse_unless_valid()
        self._refuse_too_many_reads()

    def _refuse_unless_valid(self) -> None:
        if self._invalid is not None:
            raise refusal(self._invalid)

    def _refuse_too_many_reads(self) -> None:
        if self._read_updates >= MAX_READ_UPDATES:
            raise refusal(RateLimited(f"more than {MAX_READ_UPDATES} updates: use the query `payment`"))

    async def _until_actionable(self) -> None:
        state = self._state
        await workflow.wait_condition(lambda: state.status not in _CALLING)
