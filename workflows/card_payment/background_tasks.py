"""Tasks beside the steps: inquiries about mismatched evidence, and the voids of late authorizations."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import NamedTuple

from temporalio import workflow

from settlement.authorization_expiry import certain_end
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.polling import ConsecutiveCount, Pauses, poll
from workflows.card_payment.steps.cancelling import cancel_call
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


class _Job(NamedTuple):
    work: Callable[[str], Coroutine[object, object, None]]
    payment_request_id: str


class BackgroundTasks:
    """Runs one task per attempt and job; the payment does not end before all of them are done."""

    def __init__(self, state: PaymentState, inquirer: Inquirer) -> None:
        self._state = state
        self._inquirer = inquirer
        self._busy: dict[_Job, asyncio.Task[None]] = {}
        self._expired_authorizations: set[str] = set()

    @property
    def is_idle(self) -> bool:
        """Whether no inquiry is pending and nothing is held that could still be released."""
        return not self._busy and not self._due()

    async def run(self) -> None:
        """Starts each task when it is due, until cancelled."""
        while True:
            await workflow.wait_condition(lambda: bool(self._due()))
            for job in self._due():
                self._busy[job] = asyncio.create_task(self._do(job))

    def _due(self) -> tuple[_Job, ...]:
        inquiries = [_Job(self._inquire, request_id) for request_id in self._state.pending_inquiries]
        held = [each for each in self._state.late_authorizations if each not in self._expired_authorizations]
        jobs = (*inquiries, *(_Job(self._release, request_id) for request_id in held))
        return tuple(job for job in jobs if job not in self._busy)

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
        while payment_request_id in pending:
            answered = await poll(mismatch.inquire, pauses, summary="until the next inquiry")
            if pending[payment_request_id] == answered:
                del pending[payment_request_id]

    async def _release(self, payment_request_id: str) -> None:
        """Voids a late authorization until an inquiry reports its end, or until it has certainly ended."""

        async def is_released() -> bool | None:
            has_ended = self._has_certainly_ended(payment_request_id)
            await gateway.cancel(cancel_call(self._state, payment_request_id))
            await self._inquirer.inquire(payment_request_id)
            if payment_request_id not in self._state.late_authorizations:
                return True
            return False if has_ended else None

        released = await poll(
            is_released,
            Pauses(RELEASE_PAUSE, growth=2, longest=RELEASE_LONGEST),
            summary=f"until {payment_request_id} is cancelled again",
        )
        if not released:
            self._expired_authorizations.add(payment_request_id)
            self._state.flag_for_review(
                f"the gateway has not confirmed the end of the authorization of attempt {payment_request_id}"
            )

    def _has_certainly_ended(self, payment_request_id: str) -> bool:
        """Returns whether this attempt's authorization has ended by its latest known expiry."""
        attempt = self._state.attempt(payment_request_id)
        return workflow.now() - RELEASE_MARGIN >= certain_end(attempt)


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

    async def inquire(self) -> int | None:
        """Inquires once. Returns how many pieces of evidence the answer settles, or None."""
        number = self._state.pending_inquiries[self._request_id]
        record = await self._inquirer.inquire(self._request_id)
        is_absent = self._absent.observe(is_seen=record is not None and record.verdict is Verdict.ABSENT)
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
