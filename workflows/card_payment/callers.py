"""The callers of updates that wait for a payment: how many wait at once, what for, and for how long.

A server accepts ten updates of one workflow in flight (`history.maxInFlightUpdates`) and refuses every
further one. A caller that has gone away keeps its place until its update is answered. Few callers wait here,
and none for long, so that `capture`, `cancel` and `resolve` always find a place.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from temporalio import workflow

from holdfast.errors import RateLimited
from holdfast.payment import Capture
from holdfast.statuses.payment_status import PaymentStatus as S
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.update_budget import UpdateKind
from workflows.timing import CALLER_WAIT

WAITING_CALLERS = 5
"""How many callers wait at once. Further ones are answered with the payment as it is."""
_CALLING = frozenset({S.AUTHORIZING, S.CANCELLING})
"""The statuses in which `authorize` and `retry` wait for the outcome of a call."""

_CAPTURE_CALLER = "a caller waits for the capture's result"


class Callers:
    """The callers of one payment's updates.

    Args:
        state: The payment.
        is_overdue: Whether callers no longer wait in this run, because its workflow has to continue as new.
    """

    def __init__(self, state: PaymentState, is_overdue: Callable[[], bool]) -> None:
        self._state = state
        self._is_overdue = is_overdue
        self._waiting = 0
        self._alone: set[UpdateKind] = set()
        self._timer = state.timer

    @property
    def has_place(self) -> bool:
        """Whether another caller may wait."""
        return self._waiting < WAITING_CALLERS

    @contextmanager
    def place(self) -> Iterator[None]:
        """Occupies a place for the duration of the block, whether one is left or not."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def refuse_second(self, kind: UpdateKind) -> None:
        """Raises RateLimited while another update of this kind is in progress."""
        if kind in self._alone:
            raise RateLimited(f"{kind}: another one is in progress, make the same call again")

    @contextmanager
    def alone(self, kind: UpdateKind) -> Iterator[None]:
        """Marks an update of this kind as in progress for the duration of the block."""
        self._alone.add(kind)
        try:
            yield
        finally:
            self._alone.discard(kind)

    async def until_actionable(self) -> None:
        """Waits until a merchant can act on the outcome of the attempt."""
        state = self._state
        await self._wait(lambda: state.status not in _CALLING, "a caller waits for the attempt's outcome")

    async def until_cancelled(self) -> None:
        """Waits until the gateway has confirmed or refused the cancellation."""
        state = self._state
        await self._wait(
            lambda: state.status is not S.CANCELLING, "a caller waits for the cancellation's confirmation"
        )

    async def until_captured(self, capture: Capture, answer_by: datetime) -> None:
        """Waits until the open capture is decided, or until its request is answered as pending.

        The capture call has a limit of its own, so that its first send needs no timer.
        """
        state, request_id = self._state, capture.captureRequestId

        def is_sent() -> bool:
            return request_id in state.sent_captures

        def is_over() -> bool:
            now_open = state.payment.open_capture
            is_open = now_open is not None and now_open.captureRequestId == request_id
            return state.status is not S.CAPTURING or not is_open or self._is_overdue()

        if is_over() or not self.has_place:
            return
        with self.place():
            left = answer_by - workflow.now()
            await self._timer.wait(lambda: is_over() or is_sent(), left, summary=_CAPTURE_CALLER)
            await workflow.wait_condition(lambda: is_over() or state.capture_is_slow or not is_sent())
            await self._timer.wait(is_over, answer_by - workflow.now(), summary=_CAPTURE_CALLER)

    async def _wait(self, is_over: Callable[[], bool], summary: str) -> None:
        if not is_over() and self.has_place:
            with self.place():
                await self._timer.wait(lambda: is_over() or self._is_overdue(), CALLER_WAIT, summary=summary)
