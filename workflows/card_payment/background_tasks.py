"""Tasks beside the steps: inquiries about mismatches and risk reviews, and voids of late authorizations."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import NamedTuple

from temporalio import workflow

from activities.calls import WatchCall, WatchFor
from settlement.authorization_expiry import certain_end
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import review_pace
from workflows.card_payment.payment_state import PaymentState, until
from workflows.card_payment.polling import ConsecutiveCount, Pauses, poll
from workflows.card_payment.steps.cancelling import cancel_call
from workflows.card_payment.suggestion import is_suggested
from workflows.timing import (
    ABSENCE_ANSWERS,
    MISMATCH_LONGEST,
    MISMATCH_PAUSE,
    NOTIFIED_CAPTURE_ANSWERS,
    RELEASE_LONGEST,
    RELEASE_MARGIN,
    RELEASE_PAUSE,
)

_DECIDED = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})
_ANSWERS = _DECIDED | {Verdict.IN_PROCESS}


def goes_on() -> bool:
    """Returns whether the tasks go on: they make no further call once the workflow has to continue as new."""
    return not is_suggested()


class _Job(NamedTuple):
    work: Callable[[str], Coroutine[object, object, None]]
    payment_request_id: str


class BackgroundTasks:
    """Runs one task per attempt and job; the payment does not end before all of them are done."""

    def __init__(self, state: PaymentState, inquirer: Inquirer) -> None:
        self._state = state
        self._inquirer = inquirer
        self._busy: dict[_Job, asyncio.Task[None]] = {}
        self._risk_review_rounds = 0

    @property
    def is_idle(self) -> bool:
        """Whether no inquiry is pending and nothing is held that could still be released."""
        return not self._busy and not self._wanted()

    @property
    def is_paused(self) -> bool:
        """Whether no task is running; the next run of the workflow starts those that are wanted."""
        return not self._busy

    async def run(self) -> None:
        """Starts each task when it is due, until cancelled."""
        while True:
            await workflow.wait_condition(lambda: bool(self._due()))
            for job in self._due():
                self._busy[job] = asyncio.create_task(self._do(job))

    def _due(self) -> tuple[_Job, ...]:
        if not goes_on():
            return ()
        return tuple(job for job in self._wanted() if job not in self._busy)

    def _wanted(self) -> tuple[_Job, ...]:
        inquiries = [_Job(self._inquire, request_id) for request_id in self._state.pending_inquiries]
        late, ends = self._state.late_authorizations, self._state.assumed_ends
        held = [each for each in late if ends.get(each) != self._certain_end(each)]
        jobs = (*inquiries, *(_Job(self._release, request_id) for request_id in held))
        if self._state.awaits_risk_review:
            jobs = (*jobs, _Job(self._await_risk_review, self._state.payment.attempt.paymentRequestId))
        return jobs

    async def _do(self, job: _Job) -> None:
        try:
            await job.work(job.payment_request_id)
        finally:
            del self._busy[job]

    async def _inquire(self, payment_request_id: str) -> None:
        """Inquires until there is an answer; evidence that arrives during an inquiry needs another one."""
        pending, pauses = (
            self._state.pending_inquiries,
            Pauses(MISMATCH_PAUSE, growth=2, longest=MISMATCH_LONGEST),
        )
        mismatch = _Mismatch(self._state, self._inquirer, payment_request_id, pauses)
        while payment_request_id in pending and goes_on():
            answered = await poll(mismatch.inquire, pauses, summary="until the next inquiry", goes_on=goes_on)
            if pending[payment_request_id] == answered:
                self._state.close_inquiry(payment_request_id, is_answered=mismatch.is_answered)

    async def _release(self, payment_request_id: str) -> None:
        """Voids a late authorization until an inquiry reports its end, or until it has certainly ended."""

        async def is_released() -> bool | None:
            began = workflow.now()
            await gateway.cancel(cancel_call(self._state, payment_request_id))
            await self._inquirer.inquire(payment_request_id)
            if payment_request_id not in self._state.late_authorizations:
                return True
            # the inquiry can have reported a later expiry
            has_ended = began - RELEASE_MARGIN >= self._certain_end(payment_request_id)
            return False if has_ended else None

        released = await poll(
            is_released,
            Pauses(RELEASE_PAUSE, growth=2, longest=RELEASE_LONGEST),
            summary=f"until {payment_request_id} is cancelled again",
            goes_on=goes_on,
        )
        if released is False:
            self._state.assumed_ends[payment_request_id] = self._certain_end(payment_request_id)
            self._state.flag_for_review(
                f"the gateway has not confirmed the end of the authorization of attempt {payment_request_id}"
            )

    def _certain_end(self, payment_request_id: str) -> datetime:
        """Returns when this attempt's authorization has certainly ended, by what is known now."""
        return certain_end(self._state.attempt(payment_request_id))

    async def _await_risk_review(self, payment_request_id: str) -> None:
        """Inquires until the risk review is decided. A notification usually decides it before."""
        state, pace = self._state, review_pace(self._risk_review_rounds)
        self._risk_review_rounds += 1

        def is_over() -> bool:
            return not state.awaits_risk_review or not goes_on()

        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                is_over, timeout=pace.first, timeout_summary="until the inquiry about the risk review"
            )
        if not is_over():
            inquiry = state.inquiry(payment_request_id)
            call = WatchCall(inquiry=inquiry, watchFor=WatchFor.RISK_REVIEW_DECIDED, **pace._asdict())
            state.apply_inquiry(await until(is_over, gateway.watch(call, None, "the risk review")))


class _Mismatch:
    """The inquiries about one attempt whose evidence did not match."""

    def __init__(
        self, state: PaymentState, inquirer: Inquirer, payment_request_id: str, pauses: Pauses
    ) -> None:
        self._state = state
        self._inquirer = inquirer
        self._request_id = payment_request_id
        self._pauses = pauses
        self._absent = ConsecutiveCount(ABSENCE_ANSWERS)
        self._unlisted = ConsecutiveCount(NOTIFIED_CAPTURE_ANSWERS)
        self.is_answered = False
        """Whether the last record says what the gateway knows, so that an equal claim needs no other one."""

    async def inquire(self) -> int | None:
        """Inquires once. Returns how many pieces of evidence the answer settles, or None."""
        number = self._state.pending_inquiries[self._request_id]
        record = await self._inquirer.inquire(self._request_id)
        is_absent = self._absent.observe(is_seen=record is not None and record.verdict is Verdict.ABSENT)
        self.is_answered = is_absent or (record is not None and record.verdict in _ANSWERS)
        is_lagging = self._is_lagging(record)
        if is_lagging:
            # the gateway answers again: the few further inquiries do not wait as long as during an outage
            self._pauses.restart(MISMATCH_PAUSE)
        if record is None or is_lagging or self._leaves_open(record.verdict, is_absent=is_absent):
            return None
        return number

    def _is_lagging(self, record: GatewayRecord | None) -> bool:
        """Returns whether the gateway's record does not list a notified capture yet."""
        notified = self._state.notified_captures
        is_missed = record is not None and any(record.lacks_capture(capture) for capture in notified)
        return not self._unlisted.observe(is_seen=is_missed) and is_missed

    def _leaves_open(self, verdict: Verdict, *, is_absent: bool) -> bool:
        """Returns whether the answer leaves open that a closed attempt is authorized.

        Another attempt, or the end of the payment, relies on its being closed. The wait for the buyer
        inquires about an attempt that is not closed.
        """
        closed = (a.paymentRequestId for a in self._state.payment.attempts if a.status.is_closed)
        decides = verdict in _DECIDED or is_absent
        return self._request_id in closed and not decides
