"""What no status waits for: evidence that did not fit, and dead attempts that hold money all the same."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import NamedTuple

from temporalio import workflow

from activities.calls import InquiryResult
from holdfast.evidence import Verdict
from settlement.gateway_record import record_of
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.inquirer import Inquirer, verdict_of
from workflows.card_payment.payment_state import Case
from workflows.card_payment.steps.cancelling import cancel_call
from workflows.timing import ABSENT_TIMES, AUTHORIZATION_LIFE, BEFORE_EXPIRY, QUESTION_LONGEST, QUESTION_PAUSE

_DECIDED = frozenset({Verdict.SUCCEEDED, Verdict.FAILED, Verdict.CANCELLED})


class _Job(NamedTuple):
    work: Callable[[str], Coroutine[object, object, None]]
    payment_request_id: str


class BackgroundTasks:
    """Runs beside the steps, one task per attempt and job; the payment does not end before it is idle."""

    def __init__(self, case: Case, inquirer: Inquirer) -> None:
        self._case = case
        self._inquirer = inquirer
        self._busy: dict[_Job, asyncio.Task[None]] = {}
        self._given_up: set[str] = set()

    @property
    def is_idle(self) -> bool:
        """Whether no question is open and nothing is held that could still be let go."""
        return not self._busy and not self._due()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await workflow.wait_condition(lambda: bool(self._due()))
            for job in self._due():
                self._busy[job] = asyncio.create_task(self._do(job))

    def _due(self) -> tuple[_Job, ...]:
        questions = [_Job(self._ask, request_id) for request_id in self._case.doubts]
        held = [request_id for request_id in self._case.unwanted_holds if request_id not in self._given_up]
        jobs = (*questions, *(_Job(self._release, request_id) for request_id in held))
        return tuple(job for job in jobs if job not in self._busy)

    async def _do(self, job: _Job) -> None:
        try:
            await job.work(job.payment_request_id)
        finally:
            del self._busy[job]

    async def _ask(self, payment_request_id: str) -> None:
        """Ask until there is an answer; doubt that came up during the question needs another one."""
        doubts, pause, absent, unlisted = self._case.doubts, QUESTION_PAUSE, 0, 0
        while True:
            asked_for = doubts[payment_request_id]
            findings = await self._inquirer.ask(payment_request_id)
            verdict = verdict_of(findings)
            absent = absent + 1 if verdict is Verdict.ABSENT else 0
            unlisted = unlisted + 1 if self._lacks_a_capture(findings) else 0
            is_lagging = 0 < unlisted < ABSENT_TIMES
            if verdict is None or is_lagging or self._leaves_open(payment_request_id, verdict, absent):
                await workflow.sleep(pause, summary="until the gateway is asked again")
                pause = min(pause * 2, QUESTION_LONGEST)
            elif doubts[payment_request_id] == asked_for:
                del doubts[payment_request_id]
                return

    def _lacks_a_capture(self, findings: InquiryResult | None) -> bool:
        """Whether the gateway's record has no entry of a capture that the gateway has told of: it may lag."""
        if findings is None:
            return False
        record = record_of(findings.evidence)
        return any(record.misses(told) for told in self._case.told_captures)

    def _leaves_open(self, payment_request_id: str, verdict: Verdict, absent: int) -> bool:
        """Whether the answer is none about an attempt that was declared dead, and may be alive.

        Another attempt, or the end of the payment, would build on its death. Where nothing was declared, the
        wait for the buyer goes on asking anyway.
        """
        closed = (a.paymentRequestId for a in self._case.payment.attempts if a.status.is_closed_attempt)
        decides = verdict in _DECIDED or absent >= ABSENT_TIMES
        return payment_request_id in closed and not decides

    async def _release(self, payment_request_id: str) -> None:
        """Void a hold nobody wants, for as long as a hold can last; a person has been told already."""
        until, pause = workflow.now() + AUTHORIZATION_LIFE + BEFORE_EXPIRY, QUESTION_PAUSE
        while workflow.now() < until:
            await gateway.cancel(cancel_call(self._case, payment_request_id))
            await self._inquirer.ask(payment_request_id)
            if payment_request_id not in self._case.unwanted_holds:
                return
            await workflow.sleep(pause, summary=f"until {payment_request_id} is cancelled again")
            pause = min(pause * 2, QUESTION_LONGEST)
        self._given_up.add(payment_request_id)
