"""The workflow of one card payment: its steps, its messages, and its end.

Handlers change the payment at once and wait afterwards. The loop in `run` executes one step per status until
the status is final and nothing is in flight. A workflow whose history has grown too long continues as new.
"""

import asyncio
from collections.abc import Callable

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
from workflows.card_payment.continuation import UnreadableContinuation, parse_continuation
from workflows.card_payment.growth import HistoryGrowth
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
            self._state = _state_of(order, *surplus)
        except InvalidOrder as error:
            self._invalid = error
            return
        self._inquirer = Inquirer(self._state)
        self._background = BackgroundTasks(self._state, self._inquirer)
        self._growth = HistoryGrowth(self._state, self._inquirer, self._background)
        self._publisher = Publisher(self._state)
        self._reconcile_handler = ReconcileHandler(self._state)

    @workflow.run
    async def run(self, order: object = None, *surplus: object) -> Payment:
        """Returns the final payment.

        A merchant passes the order alone. The second argument is the state that the workflow passes to itself
        when it continues as new. Raises `InvalidOrder` where the order breaks a rule; nothing was sent then.
        """
        if self._invalid is not None:
            raise refusal(self._invalid)
        background = [
            asyncio.create_task(self._publisher.run()),
            asyncio.create_task(self._background.run()),
        ]
        while not self._is_over:
            await self._shielded(asyncio.create_task(self._next_step()))
            if self._state.is_leaving and self._growth.may_continue and not self._is_over:
                workflow.continue_as_new(args=[self._state.order, self._state.continuation()])
            self._state.is_leaving = False
        for task in background:
            task.cancel()
        self._publisher.publish()
        return self._answer()

    @property
    def _is_decided(self) -> bool:
        return self._state.status.is_final or self._state.refusal is not None

    @property
    def _is_over(self) -> bool:
        return self._is_decided and workflow.all_handlers_finished() and self._background.is_idle

    async def _shielded(self, step: asyncio.Task[None]) -> None:
        """Runs a step to its end. A cancellation of the workflow cancels the payment instead of the step.

        The step leaves its wait as soon as the workflow can continue as new.
        """
        while not step.done():
            try:
                await workflow.wait_condition(lambda: step.done() or self._growth.is_new or self._may_leave)
            except asyncio.CancelledError:
                self._cancelled_by_operator()
                continue
            if self._growth.is_new:
                self._growth.begin()
            self._state.is_leaving = self._may_leave or self._state.is_leaving
        await step

    @property
    def _may_leave(self) -> bool:
        return not self._state.is_leaving and self._growth.may_continue

    async def _next_step(self) -> None:
        if self._is_decided:
            state = self._state
            await workflow.wait_condition(lambda: self._is_over or not self._is_decided or state.is_leaving)
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
        if self._invalid is not None or note is None:
            return
        if note.merchantAccount != self._state.order.merchantAccount:
            self._state.flag_for_review("a notification for this payment came from another merchant account")
            return
        self._state.apply(note.evidence)

    @workflow.update(name=names.AUTHORIZE)
    async def authorize(self) -> Payment:
        """Returns the payment once its attempt is decided, or once it waits for the buyer or for a person."""
        self._read_updates += 1
        await self._until_actionable()
        return self._answer()

    @authorize.validator
    def _authorize_refusal(self) -> None:
        self._refuse_unless_valid()
        self._refuse_too_many_reads()

    @workflow.update(name=names.RETRY)
    async def retry(self, request: object = None) -> Payment:
        """Starts another attempt; returns the payment once that attempt has an outcome."""
        if not self._is_repeated:
            self._append_update()
            self._state.retry(parse_retry(request, self._state.order))
        await self._until_actionable()
        return self._answer()

    @retry.validator
    def _retry_refusal(self, request: object = None) -> None:
        self._refuse_unless_valid()
        state = self._state
        if self._is_repeated:
            return
        try:
            refuse_retry(state.payment, is_unconfirmed=bool(state.pending_inquiries))
            parse_retry(request, state.order, state.used_cards)
        except HoldfastError as error:
            raise refusal(error) from None

    @workflow.update(name=names.CAPTURE)
    async def capture(self, request: object = None) -> Payment:
        """Captures; returns the payment once that is decided, or after 20 seconds as CAPTURING."""
        state, answer_by = self._state, workflow.now() + CAPTURE_ANSWER
        if self._is_repeated:
            return state.payment
        self._append_update()
        if state.payment.open_capture is None:
            state.capture_is_slow = False
        state.request_capture(parse_capture(request), Source.MERCHANT)
        await self._until(lambda: state.status is not S.CAPTURING or state.capture_is_slow)
        if state.status is S.CAPTURING and not self._growth.is_overdue:
            await state.pause_until(answer_by, "until the capture request is answered as pending")
        return state.payment

    @capture.validator
    def _capture_refusal(self, request: object = None) -> None:
        self._refuse_unless_valid()
        if self._is_repeated:
            return
        try:
            refuse_capture(self._state.payment, parse_capture(request))
        except HoldfastError as error:
            raise refusal(error) from None

    @workflow.update(name=names.CANCEL)
    async def cancel(self, request: object = None) -> Payment:
        """Cancels; returns the payment once the gateway has confirmed it, or has refused."""
        state = self._state
        state.request_cancel(parse_cancel(request).reason, Source.MERCHANT)
        await self._until(lambda: state.status is not S.CANCELLING or state.refusal is not None)
        return self._answer()

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
        if self._is_repeated:
            return self._state.payment
        self._append_update()
        resolution = parse_resolution(request)
        if resolution.outcome.denies_authorization:
            await self._inquirer.inquire()
        self._state.resolve(resolution)
        return self._state.payment

    @resolve.validator
    def _resolve_refusal(self, request: object = None) -> None:
        self._refuse_unless_valid()
        if self._is_repeated:
            return
        try:
            refuse_resolution(self._state.payment, parse_resolution(request))
        except HoldfastError as error:
            raise refusal(error) from None

    @workflow.update(name=names.RECONCILE)
    async def reconcile(self) -> Payment:
        """Inquires about every attempt; a difference that remains afterwards is flagged for review."""
        await self._reconcile_handler.reconcile()
        return self._state.payment

    @reconcile.validator
    def _reconcile_refusal(self) -> None:
        self._refuse_unless_valid()

    @workflow.update(name=names.REFRESH)
    async def refresh(self) -> Payment:
        """Inquires now; returns the payment with the answer settled."""
        self._read_updates += 1
        if not self._state.status.is_final and not self._growth.is_overdue:
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
        await self._until(lambda: state.status not in _CALLING or state.refusal is not None)

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Waits until the condition is true, or until this run has to end."""
        await workflow.wait_condition(lambda: condition() or self._growth.is_overdue)

    @property
    def _is_repeated(self) -> bool:
        """Whether this command was accepted in an earlier run, of which the server's list knows nothing."""
        update = workflow.current_update_info()
        return update is not None and update.id in self._state.answered_updates

    def _append_update(self) -> None:
        if (update := workflow.current_update_info()) is not None:
            self._state.append_update(update.id)

    def _answer(self) -> Payment:
        """Returns the payment. Raises `InvalidOrder` where no worker can pay the order."""
        if self._state.refusal is not None:
            raise refusal(InvalidOrder(self._state.refusal))
        return self._state.payment


def _state_of(order: object, *surplus: object) -> PaymentState:
    """Returns the state of a new payment, or of one that continues as new.

    Raises InvalidOrder where a client has passed an order that breaks a rule, or more than an order.
    """
    if not surplus:
        return PaymentState(parse_order(order))
    if len(surplus) > 1 or not _is_continued():
        raise InvalidOrder("the only argument of a payment's workflow is its order")
    try:
        return PaymentState(parse_order(order), parse_continuation(surplus[0]))
    except InvalidOrder as error:
        raise UnreadableContinuation(f"the order of the run before: {error}") from None


def _is_continued() -> bool:
    """Returns whether the run before has passed on its arguments, which no client can.

    A cron schedule and a retry policy also begin new runs, with the arguments of the client.
    """
    info = workflow.info()
    return info.continued_run_id is not None and info.cron_schedule is None and info.attempt == 1
