"""One payment of the run: what its buyer and its merchant do, and the time that passes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from holdfast import Payment, PaymentOrder
from holdfast.antom.amounts import Amount
from holdfast.status import FINAL
from holdfast.status import PaymentStatus as S
from simulator.faults import Fault
from simulator.notifier import Notification
from simulator.state import Payment as Attempt
from simulator.state import Status
from tests.support.eventually import eventually
from tests.support.world import VISA, World
from tests.system.failure_modes.cells import Cell
from tests.system.failure_modes.flow import WHOLE, Buyer, Merchant, Told
from tests.system.failure_modes.kinds import AHEAD, LATER
from tests.system.failure_modes.rest import events_of, rest
from tools.chaos.faults.gateway_faults import GatewayFault

T = TypeVar("T")
Act = Callable[[], Awaitable[Payment]]

_STEPS = [timedelta(seconds=seconds) for seconds in (60, 60, 120, 240, *[480] * 30)]
_MOMENT = timedelta(seconds=10)
_WITHOUT_A_TURN = [timedelta(minutes=20), timedelta(hours=3), timedelta(hours=25)]
"""How long time passes, in steps, without anything to do for buyer or merchant."""
_NEARLY_A_WEEK = timedelta(days=6, hours=23, minutes=40)
"""Less than an hour before an authorization ends; the gateway's clock may be some minutes ahead of us."""
_SOONER = [GatewayFault(call, "act_and_delay", times=-1, seconds=AHEAD) for call in ("pay", "capture")]
_NOTIFICATIONS = {
    Told.NEVER: [GatewayFault("notification", "none", times=-1)],
    Told.FIRST: [GatewayFault("notification", "overtakes", times=-1, seconds=AHEAD)],
    Told.SOONER: _SOONER,
}
_ANSWERED = frozenset({S.AUTHORIZED, S.PARTIALLY_CAPTURED, S.DECLINED, *FINAL})
"""Statuses that a call's answer leads to: nothing is under way then, unless somebody else tells something."""
_HELD_BACK = frozenset({"none", "delay", "reorder"})


class Life:
    """Lives one cell. `payment` is what Holdfast said last; `struck` and `before` are the ordered faults."""

    def __init__(self, world: World, cell: Cell, reference: str) -> None:
        self._world, self._flow, self.cell, self.reference = world, cell.flow, cell, reference
        self.struck: list[Fault] = []
        self.before: list[Fault] = []
        self.payment: Payment
        self._parts = list(cell.flow.parts)
        self._served: set[int] = set()
        self._is_merchant_done = False
        self._has_succeeded_late = False
        self._first_notice = 0
        self._skipped = timedelta()

    async def begin(self) -> None:
        """Order what goes wrong, and authorize."""
        self._order_faults()
        self._first_notice = len(self._world.simulator.lifecycle.notifier.notifications)
        self.payment = await self._in_time(self._world.payments.authorize(await self._paid_with()))
        await self._settle()

    async def until_rest(self) -> None:
        """Let everybody do their part, until the payment has ended or it is nobody's turn for a day."""
        left = list(_WITHOUT_A_TURN)
        while not self.payment.status.is_final:
            if (act := self._turn()) is not None:
                self.payment = await act()
                await self._settle()
                left = list(_WITHOUT_A_TURN)
            elif self._is_left_alone or not left:
                return
            else:
                await self._let_pass(left.pop(0))
        self.payment = await self._in_time(self._handle.result())

    async def later(self) -> None:
        """The gateway has done what it does late."""
        await self._settle()
        await self.until_rest()

    def heal(self) -> None:
        """What was ordered for this cell is over."""
        self._world.simulator.clear_faults(self._match)

    @property
    def attempts(self) -> list[Attempt]:
        """The gateway's side, attempt by attempt."""
        known = self._world.simulator.lifecycle.store.payments
        return [known[name] for number in (1, 2) if (name := f"{self.reference}-{number}") in known]

    @property
    def now(self) -> datetime:
        """The payment's own time: each one skips what it waits for, alone."""
        return datetime.now(UTC) + self._skipped

    async def is_running(self) -> bool:
        """Whether its workflow has not ended."""
        return (await self._handle.describe()).status is WorkflowExecutionStatus.RUNNING

    @property
    def _handle(self) -> WorkflowHandle[object, Payment]:
        return self._world.handle(self.reference)

    @property
    def _match(self) -> str:
        return f"{self.reference}-"

    @property
    def _is_left_alone(self) -> bool:
        """Whether money is held, and nobody will do anything about it for days."""
        is_held = self.payment.status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED)
        return is_held and not self._flow.is_automatic and self._is_merchant_done

    def _order_faults(self) -> None:
        order = self._world.simulator.inject_fault_from_json
        self.struck = [order({**fault.order(""), "match": self._match}) for fault in self.cell.faults]
        self.before = [order(fault.order(self.reference)) for fault in self._flow.before]
        for fault in _NOTIFICATIONS[self._flow.told]:
            order(fault.order(self.reference))

    async def _paid_with(self) -> PaymentOrder:
        order = await self._world.order(self.reference, card=self._flow.card, **self._flow.fields)
        if not self._flow.is_three_ds:
            return order
        method = {
            **order.paymentMethod.model_dump(exclude_none=True),
            "paymentMethodMetaData": {"is3DSAuthentication": True},
        }
        return await self._world.order(self.reference, paymentMethod=method)

    def _turn(self) -> Act | None:
        """What somebody does now; None where it is nobody's turn."""
        number, status = len(self.payment.attempts), self.payment.status
        if status is S.ACTION_REQUIRED and number not in self._served:
            return self._visit_page
        if status is S.DECLINED and self._flow.tries_again and number == 1:
            return self._try_again
        is_steered = not self._flow.is_automatic and not self._is_merchant_done
        if is_steered and status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED):
            return self._steer
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
            return await self._in_time(self._world.payments.refresh(self.reference))
        return self.payment

    async def _try_again(self) -> Payment:
        is_on_page = self._flow.card is None or self._flow.former_attempt_succeeds
        order = await self._world.order(self.reference, card=None if is_on_page else VISA)
        return await self._in_time(self._world.payments.retry(self.reference, order.paymentMethod))

    async def _steer(self) -> Payment:
        if self._flow.merchant is Merchant.CAPTURES:
            part = self._parts.pop(0)
            self._is_merchant_done = not self._parts
            return await self._in_time(self._capture(part))
        self._is_merchant_done = True
        if self._flow.merchant is Merchant.CANCELS:
            return await self._in_time(self._world.payments.cancel(self.reference, "out of stock"))
        await self._skip(_NEARLY_A_WEEK)
        await eventually(self._has_moved_on)
        await rest(self._handle)
        return await self._world.payments.get(self.reference)

    async def _has_moved_on(self) -> bool:
        """Whether the end of the hold has been noticed: a timer can fire later than time is skipped."""
        now = await self._world.payments.get(self.reference)
        return len(now.events) > len(self.payment.events)

    def _capture(self, part: int) -> Coroutine[object, object, Payment]:
        capture = self._world.payments.capture
        if part == WHOLE:
            return capture(self.reference)
        amount, is_last = Amount(currency="EUR", value=str(part)), not self._parts
        return capture(self.reference, amount, is_last_capture=is_last, key=f"part-{part}")

    async def _settle(self) -> None:
        """The gateway does and tells what it has to, and Holdfast takes it in."""
        await eventually(self._is_quiet, within=60)
        await rest(self._handle)
        self.payment = await self._world.payments.get(self.reference)
        is_alone_with_answers = self._flow.told is Told.NEVER and self.payment.review is None
        if not (is_alone_with_answers and self.payment.status in _ANSWERED):
            await self._let_pass(_MOMENT)

    def _is_quiet(self) -> bool:
        """Whether the gateway has nothing left to do or to tell that it does not hold back."""
        told = all(sent.acknowledged or _is_held_back(sent) for sent in self._notifications())
        return told and all(self._is_decided(attempt) for attempt in self.attempts)

    def _notifications(self) -> Iterator[Notification]:
        attempts = self.attempts
        sent = self._world.simulator.lifecycle.notifier.notifications[self._first_notice :]
        return (each for each in sent if any(each.payment is attempt for attempt in attempts))

    def _is_decided(self, attempt: Attempt) -> bool:
        """Whether the gateway has made the captures that it makes by itself, unless they are to come late."""
        if any(kind.on != "notification" and kind.seconds == LATER for kind in self.cell.kinds):
            return True
        if any(kind.on == "automaticCapture" and kind.fault == "none" for kind in self.cell.kinds):
            return True
        is_taking = attempt.status is Status.SUCCESS and not attempt.manual_capture
        is_taken = bool(attempt.captures) or not is_taking
        return is_taken and all(capture.status is not Status.PROCESSING for capture in attempt.captures)

    async def _let_pass(self, duration: timedelta) -> None:
        await self._skip(duration)
        await rest(self._handle)
        self.payment = await self._world.payments.get(self.reference)

    async def _skip(self, duration: timedelta) -> None:
        if await self._world.skip(self.reference, duration):
            self._skipped += duration

    async def _in_time(self, call: Coroutine[object, object, T]) -> T:
        """The call's answer, while time passes in steps. AssertionError where none comes in hours."""
        beyond = await events_of(self._handle)
        task = asyncio.create_task(call)
        for step in _STEPS:
            if await self._ends_before_rest(task, beyond):
                return await task
            await self._skip(step)
            beyond = 0
        task.cancel()
        raise AssertionError(f"{self.reference} waits for ever: {self.payment.events}")

    async def _ends_before_rest(self, task: asyncio.Task[T], beyond: int) -> bool:
        """Whether the call is answered by what is under way; if not, only time brings it on."""
        resting = asyncio.create_task(rest(self._handle, beyond=beyond))
        await asyncio.wait({task, resting}, return_when=asyncio.FIRST_COMPLETED)
        resting.cancel()
        return task.done()


def _is_held_back(sent: Notification) -> bool:
    return sent.fault is not None and sent.fault.fault in _HELD_BACK
