"""One payment of the run: the actions of its buyer and merchant, and the time that is skipped."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from holdfast import Payment, PaymentOrder
from holdfast.antom.amounts import Amount
from holdfast.statuses.payment_status import FINAL
from holdfast.statuses.payment_status import PaymentStatus as S
from simulator.faults import Fault
from simulator.notifications.notification import Notification
from simulator.state import Payment as Attempt
from simulator.state import Status
from tests.support.eventually import eventually
from tests.support.world import VISA, World
from tests.system.failure_modes.cases.cells import Cell
from tests.system.failure_modes.cases.fault_kinds import LATE, LEAD
from tests.system.failure_modes.cases.flow import WHOLE_AMOUNT, Buyer, Merchant, Notifications
from tests.system.failure_modes.runs.idle import events_of, until_idle
from tools.chaos.faults.gateway_faults import GatewayFault

T = TypeVar("T")
Action = Callable[[], Awaitable[Payment]]

_TIME_STEPS = [timedelta(seconds=seconds) for seconds in (60, 60, 120, 240, *[480] * 30)]
_SHORT_TIME = timedelta(seconds=10)
_IDLE_STEPS = [timedelta(minutes=20), timedelta(hours=3), timedelta(hours=25)]
"""The time that is skipped, in steps, when neither buyer nor merchant has anything to do."""
_UNTIL_BEFORE_EXPIRY = timedelta(days=6, hours=23, minutes=40)
"""The time until less than an hour before an authorization ends; the gateway's clock may be minutes ahead."""
_EARLY = [GatewayFault(call, "act_and_delay", times=-1, seconds=LEAD) for call in ("pay", "capture")]
_NOTIFICATIONS = {
    Notifications.NEVER: [GatewayFault("notification", "none", times=-1)],
    Notifications.OVERTAKING: [GatewayFault("notification", "overtakes", times=-1, seconds=LEAD)],
    Notifications.EARLY: _EARLY,
}
_DECIDED = frozenset({S.AUTHORIZED, S.PARTIALLY_CAPTURED, S.DECLINED, *FINAL})
"""Statuses after the response to a call: nothing is in progress then, without other evidence."""
_HELD_BACK = frozenset({"none", "delay", "reorder"})


class PaymentRun:
    """Runs the payment of one cell. `payment` is its last known state."""

    def __init__(self, world: World, cell: Cell, reference: str) -> None:
        self._world, self._flow, self.cell, self.reference = world, cell.flow, cell, reference
        self.injected_faults: list[Fault] = []
        self.initial_faults: list[Fault] = []
        self.payment: Payment
        self._parts = list(cell.flow.parts)
        self._served: set[int] = set()
        self._is_merchant_done = False
        self._has_succeeded_late = False
        self._first_notice = 0
        self._skipped = timedelta()

    async def start(self) -> None:
        """Injects the faults, and authorizes."""
        self._inject_faults()
        self._first_notice = len(self._world.simulator.lifecycle.notifier.notifications)
        self.payment = await self._with_skipped_time(self._world.payments.authorize(await self._order()))
        await self._settle()

    async def run_until_idle(self) -> None:
        """Runs all actions of buyer and merchant, until the payment has ended or is idle for a day."""
        idle_steps = list(_IDLE_STEPS)
        while not self.payment.status.is_final:
            if (action := self._next_action()) is not None:
                self.payment = await action()
                await self._settle()
                idle_steps = list(_IDLE_STEPS)
            elif self._is_abandoned or not idle_steps:
                return
            else:
                await self._skip_and_settle(idle_steps.pop(0))
        self.payment = await self._with_skipped_time(self._handle.result())

    async def handle_late_events(self) -> None:
        """Continues after the gateway has done what it does late."""
        await self._settle()
        await self.run_until_idle()

    def clear_faults(self) -> None:
        """Removes the faults of this cell from the simulator."""
        self._world.simulator.clear_faults(self._match)

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts of the payment at the gateway, in their order."""
        known = self._world.simulator.lifecycle.store.payments
        return [known[name] for number in (1, 2) if (name := f"{self.reference}-{number}") in known]

    @property
    def now(self) -> datetime:
        """The time of this payment, which includes the time that it has skipped."""
        return datetime.now(UTC) + self._skipped

    async def is_running(self) -> bool:
        """Returns whether the payment's workflow is running."""
        return (await self._handle.describe()).status is WorkflowExecutionStatus.RUNNING

    @property
    def _handle(self) -> WorkflowHandle[object, Payment]:
        return self._world.handle(self.reference)

    @property
    def _match(self) -> str:
        return f"{self.reference}-"

    @property
    def _is_abandoned(self) -> bool:
        """Whether money is held, and the merchant makes no further call."""
        is_held = self.payment.status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED)
        return is_held and not self._flow.is_automatic and self._is_merchant_done

    def _inject_faults(self) -> None:
        inject = self._world.simulator.inject_fault_from_json
        self.injected_faults = [
            inject({**fault.order(""), "match": self._match}) for fault in self.cell.faults
        ]
        self.initial_faults = [inject(fault.order(self.reference)) for fault in self._flow.initial_faults]
        for fault in _NOTIFICATIONS[self._flow.notifications]:
            inject(fault.order(self.reference))

    async def _order(self) -> PaymentOrder:
        order = await self._world.order(self.reference, card=self._flow.card, **self._flow.fields)
        if not self._flow.is_three_ds:
            return order
        method = {
            **order.paymentMethod.model_dump(exclude_none=True),
            "paymentMethodMetaData": {"is3DSAuthentication": True},
        }
        return await self._world.order(self.reference, paymentMethod=method)

    def _next_action(self) -> Action | None:
        """Returns the next action of buyer or merchant; None where neither has anything to do."""
        number, status = len(self.payment.attempts), self.payment.status
        if status is S.ACTION_REQUIRED and number not in self._served:
            return self._visit_page
        if status is S.DECLINED and self._flow.retries and number == 1:
            return self._retry
        is_merchant_next = not self._flow.is_automatic and not self._is_merchant_done
        if is_merchant_next and status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED):
            return self._act_as_merchant
        return None

    async def _visit_page(self) -> Payment:
        number = len(self.payment.attempts)
        if number == 2 and self._flow.former_attempt_succeeds and not self._has_succeeded_late:
            self._has_succeeded_late = True
            await self._world.notify_success(self.reference)
            return self.payment
        self._served.add(number)
        buyer = self._flow.buyer if number == 1 else Buyer.PAYS
        if buyer is not Buyer.LEAVES:
            action = "fail" if buyer is Buyer.FAILS else "pay"
            await self._world.buyer(self.reference, action, attempt=number)
        if buyer is Buyer.RETURNS:
            return await self._with_skipped_time(self._world.payments.refresh(self.reference))
        return self.payment

    async def _retry(self) -> Payment:
        is_on_page = self._flow.card is None or self._flow.former_attempt_succeeds
        order = await self._world.order(self.reference, card=None if is_on_page else VISA)
        return await self._with_skipped_time(self._world.payments.retry(self.reference, order.paymentMethod))

    async def _act_as_merchant(self) -> Payment:
        if self._flow.merchant is Merchant.CAPTURES:
            part = self._parts.pop(0)
            self._is_merchant_done = not self._parts
            return await self._with_skipped_time(self._capture(part))
        self._is_merchant_done = True
        if self._flow.merchant is Merchant.CANCELS:
            return await self._with_skipped_time(self._world.payments.cancel(self.reference, "out of stock"))
        await self._skip(_UNTIL_BEFORE_EXPIRY)
        await eventually(self._has_new_event)
        await until_idle(self._handle)
        return await self._world.payments.get(self.reference)

    async def _has_new_event(self) -> bool:
        """Returns whether the payment has reacted to the skipped time; a timer can fire after the skip."""
        now = await self._world.payments.get(self.reference)
        return len(now.events) > len(self.payment.events)

    def _capture(self, part: int) -> Coroutine[object, object, Payment]:
        capture = self._world.payments.capture
        if part == WHOLE_AMOUNT:
            return capture(self.reference)
        amount, is_last = Amount(currency="EUR", value=str(part)), not self._parts
        return capture(self.reference, amount, is_last_capture=is_last, key=f"part-{part}")

    async def _settle(self) -> None:
        """Waits until the gateway has acted and notified, and Holdfast has handled it."""
        await eventually(self._is_gateway_done, within=60)
        await until_idle(self._handle)
        self.payment = await self._world.payments.get(self.reference)
        has_responses_only = self._flow.notifications is Notifications.NEVER and self.payment.review is None
        if not (has_responses_only and self.payment.status in _DECIDED):
            await self._skip_and_settle(_SHORT_TIME)

    def _is_gateway_done(self) -> bool:
        """Returns whether the gateway has nothing left to do or to send, except what a fault holds back."""
        is_all_sent = all(each.acknowledged or _is_held_back(each) for each in self._notifications())
        return is_all_sent and all(self._is_decided(attempt) for attempt in self.attempts)

    def _notifications(self) -> Iterator[Notification]:
        attempts = self.attempts
        notifications = self._world.simulator.lifecycle.notifier.notifications[self._first_notice :]
        return (each for each in notifications if any(each.payment is attempt for attempt in attempts))

    def _is_decided(self, attempt: Attempt) -> bool:
        """Returns whether the gateway has made its own captures, unless a fault delays them."""
        if any(kind.on != "notification" and kind.seconds == LATE for kind in self.cell.kinds):
            return True
        if any(kind.on == "automaticCapture" and kind.fault == "none" for kind in self.cell.kinds):
            return True
        has_own_capture = attempt.status is Status.SUCCESS and not attempt.manual_capture
        is_captured = bool(attempt.captures) or not has_own_capture
        return is_captured and all(capture.status is not Status.PROCESSING for capture in attempt.captures)

    async def _skip_and_settle(self, duration: timedelta) -> None:
        await self._skip(duration)
        await until_idle(self._handle)
        self.payment = await self._world.payments.get(self.reference)

    async def _skip(self, duration: timedelta) -> None:
        if await self._world.skip(self.reference, duration):
            self._skipped += duration

    async def _with_skipped_time(self, call: Coroutine[object, object, T]) -> T:
        """Returns the result of the call, while time is skipped. Raises AssertionError after hours."""
        beyond = await events_of(self._handle)
        task = asyncio.create_task(call)
        for step in _TIME_STEPS:
            if await self._ends_before_idle(task, beyond):
                return await task
            await self._skip(step)
            beyond = 0
        task.cancel()
        raise AssertionError(f"{self.reference} did not return: {self.payment.events}")

    async def _ends_before_idle(self, task: asyncio.Task[T], beyond: int) -> bool:
        """Returns whether the call ends before the payment is idle."""
        idle = asyncio.create_task(until_idle(self._handle, beyond=beyond))
        await asyncio.wait({task, idle}, return_when=asyncio.FIRST_COMPLETED)
        idle.cancel()
        return task.done()


def _is_held_back(notification: Notification) -> bool:
    return notification.fault is not None and notification.fault.fault in _HELD_BACK
