"""The workflow of one card payment: its steps, its messages, and its end.

Handlers change the payment at once and wait afterwards. The loop in `run` executes one step per status until
the status is final and nothing is in flight. A workflow whose history has grown too long continues as new.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import workflow

from holdfast.errors import HoldfastError, InvalidOrder
from holdfast.order import parse_cancel, parse_capture, parse_order, parse_retry, parse_retry_fields
from holdfast.payment import Payment
from holdfast.repeated_requests import open_capture_of
from holdfast.resolution import parse_resolution
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus
from holdfast.temporal import names
from settlement.commands import refuse_cancel, refuse_capture, refuse_retry
from settlement.notification.verified_notification import VerifiedNotification, parse_verified
from settlement.operator.resolution import (
    refuse_open_success,
    refuse_other_question,
    refuse_resolution,
    refuse_unconfirmed,
)
from workflows.card_payment.background_tasks import BackgroundTasks
from workflows.card_payment.callers import Callers
from workflows.card_payment.continuation import UnreadableContinuation, parse_continuation
from workflows.card_payment.growth import HistoryGrowth
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.publisher import Publisher
from workflows.card_payment.reconcile_handler import ReconcileHandler
from workflows.card_payment.steps import STEPS
from workflows.card_payment.update_budget import (
    UpdateBudget,
    UpdateKind,
    cancellation_kind,
    capture_kind,
    retry_kind,
)
from workflows.refusal import refusal
from workflows.timing import CAPTURE_ANSWER


@workflow.defn(name=names.CARD_PAYMENT)
class CardPayment:
    """One payment, from the pay call to its capture, or to a confirmation that no money was taken.

    Arguments are accepted as any JSON, because a client in any language can have sent them: an argument that
    breaks a rule is refused with one line instead of failing every workflow task.
    """

    @workflow.init
    def __init__(self, order: object = None, *surplus: object) -> None:
        self._invalid: InvalidOrder | None = None
        self._budget = UpdateBudget()
        try:
            self._state = _state_of(order, *surplus)
        except InvalidOrder as error:
            self._invalid = error
            return
        self._inquirer = Inquirer(self._state)
        self._background = BackgroundTasks(self._state, self._inquirer)
        self._growth = HistoryGrowth(self._state, self._inquirer, self._background)
        self._callers = Callers(self._state, lambda: self._growth.is_overdue)
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
        return self._state.payment

    @property
    def _is_decided(self) -> bool:
        return self._state.status.is_final

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
    def notification(self, note: object = None, *surplus: object) -> None:
        """Settles the evidence of a notification whose signature the webhook has verified.

        Any other signal changes nothing: an error would fail every task of the payment.
        """
        if self._invalid is None and not surplus and (verified := parse_verified(note)) is not None:
            self._settle(verified)

    def _settle(self, note: VerifiedNotification) -> None:
        if note.merchantAccount != self._state.order.merchantAccount:
            self._state.flag_for_review("a notification for this payment came from another merchant account")
            return
        self._state.apply(note.evidence)

    @workflow.update(name=names.AUTHORIZE)
    async def authorize(self) -> Payment:
        """Returns the payment once its attempt is decided, or once it waits for the buyer or for a person."""
        self._budget.count(UpdateKind.READ)
        await self._callers.until_actionable()
        return self._state.payment

    @authorize.validator
    def _authorize_refusal(self) -> None:
        with self._refusals():
            self._budget.refuse_excess(UpdateKind.READ)

    @workflow.update(name=names.RETRY)
    async def retry(self, request: object = None) -> Payment:
        """Starts another attempt; returns the payment once that attempt has an outcome.

        The key of an attempt starts no other one.
        """
        state = self._state
        if self._is_repeated:
            self._budget.count(UpdateKind.REPEAT)
        else:
            retry = parse_retry_fields(request)
            self._budget.count(retry_kind(state.payment, retry))
            self._append_update()
            state.retry(retry)
        await self._callers.until_actionable()
        return state.payment

    @retry.validator
    def _retry_refusal(self, request: object = None) -> None:
        with self._refusals():
            if self._is_repeated:
                return
            state, retry = self._state, parse_retry_fields(request)
            refuse_retry(state.payment, retry.key, is_unconfirmed=bool(state.pending_inquiries))
            kind = retry_kind(state.payment, retry)
            if kind is UpdateKind.COMMAND:
                parse_retry(request, state.order, state.used_cards)
            self._budget.refuse_excess(kind)

    @workflow.update(name=names.CAPTURE)
    async def capture(self, request: object = None) -> Payment:
        """Captures; returns the payment once that is decided, or after 20 seconds as CAPTURING."""
        state, answer_by = self._state, workflow.now() + CAPTURE_ANSWER
        if self._is_repeated:
            self._budget.count(UpdateKind.REPEAT)
            return state.payment
        capture = parse_capture(request)
        self._budget.count(capture_kind(state.payment, capture))
        self._append_update()
        state.request_capture(capture, Source.MERCHANT)
        if (requested := open_capture_of(state.payment, capture)) is not None:
            await self._callers.until_captured(requested, answer_by)
        return state.payment

    @capture.validator
    def _capture_refusal(self, request: object = None) -> None:
        with self._refusals():
            if self._is_repeated:
                return
            payment, capture = self._state.payment, parse_capture(request)
            refuse_capture(payment, capture)
            self._budget.refuse_excess(capture_kind(payment, capture))

    @workflow.update(name=names.CANCEL)
    async def cancel(self, request: object = None) -> Payment:
        """Cancels; returns the payment once the gateway has confirmed it, or has refused."""
        self._budget.count(cancellation_kind(self._state.payment))
        self._state.request_cancel(parse_cancel(request).reason, Source.MERCHANT)
        await self._callers.until_cancelled()
        return self._state.payment

    @cancel.validator
    def _cancel_refusal(self, request: object = None) -> None:
        with self._refusals():
            parse_cancel(request)
            refuse_cancel(self._state.payment)
            self._budget.refuse_excess(cancellation_kind(self._state.payment))

    @workflow.update(name=names.RESOLVE)
    async def resolve(self, request: object = None) -> Payment:
        """Settles an operator's resolution like any other evidence. Returns the payment.

        A decision is applied only after an inquiry that decides nothing else. It is refused where the gateway
        does not answer, or contradicts it, unless the operator uses force.
        """
        self._budget.count(UpdateKind.RESOLUTION)
        if self._is_repeated:
            return self._state.payment
        resolution = parse_resolution(request)
        with self._callers.alone(UpdateKind.RESOLUTION), self._refusals():
            if resolution.outcome.is_decision:
                before = self._state.payment
                record = await self._inquirer.inquire_for_caller()
                if self._state.status is PaymentStatus.NEEDS_REVIEW:
                    refuse_other_question(before, self._state.payment)
                    refuse_unconfirmed(resolution, record)
                    refuse_open_success(self._state.payment, resolution, record)
            self._state.resolve(resolution)
        self._append_update()
        return self._state.payment

    @resolve.validator
    def _resolve_refusal(self, request: object = None) -> None:
        with self._refusals():
            if self._is_repeated:
                return
            refuse_resolution(self._state.payment, parse_resolution(request))
            self._callers.refuse_second(UpdateKind.RESOLUTION)
            self._budget.refuse_excess(UpdateKind.RESOLUTION)

    @workflow.update(name=names.RECONCILE)
    async def reconcile(self, note: VerifiedNotification | None = None) -> Payment:
        """Inquires about every attempt; a difference that remains afterwards is flagged for review.

        `note` is a notification of the gateway's list that may not have been delivered.
        """
        self._budget.count(UpdateKind.RECONCILIATION)
        if note is not None:
            self._settle(note)
        with self._callers.alone(UpdateKind.RECONCILIATION):
            await self._reconcile_handler.reconcile()
        return self._state.payment

    @reconcile.validator
    def _reconcile_refusal(self, note: VerifiedNotification | None = None) -> None:
        with self._refusals():
            self._callers.refuse_second(UpdateKind.RECONCILIATION)
            self._budget.refuse_excess(UpdateKind.RECONCILIATION)

    @workflow.update(name=names.REFRESH)
    async def refresh(self) -> Payment:
        """Inquires now; returns the payment with the answer settled.

        The call that starts an inquiry waits for it. Others wait while there are places for them.
        """
        self._budget.count(UpdateKind.READ)
        has_place = self._callers.has_place or not self._inquirer.is_refreshing
        if has_place and not self._state.status.is_final and not self._growth.is_overdue:
            with self._callers.place():
                await self._inquirer.refresh()
        return self._state.payment

    @refresh.validator
    def _refresh_refusal(self) -> None:
        with self._refusals():
            self._budget.refuse_excess(UpdateKind.READ)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Raises an error of `holdfast.errors` as clients in any language receive it."""
        if self._invalid is not None:
            raise refusal(self._invalid)
        try:
            yield
        except HoldfastError as error:
            raise refusal(error) from None

    @property
    def _is_repeated(self) -> bool:
        """Whether this command was accepted in an earlier run, of which the server's list knows nothing.

        It has the id of that command. Its argument can be another one and is not read: no validator has
        accepted it.
        """
        update = workflow.current_update_info()
        return update is not None and update.id in self._state.answered_updates

    def _append_update(self) -> None:
        if (update := workflow.current_update_info()) is not None:
            self._state.append_update(update.id)


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
