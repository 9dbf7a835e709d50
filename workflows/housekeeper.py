"""What no status waits for: evidence that did not fit, and former attempts that still hold money."""

from datetime import datetime, timedelta

from temporalio import workflow

from payments.payment import Attempt
from workflows import gateway
from workflows.case import Case
from workflows.inquirer import Inquirer
from workflows.steps.cancelling import cancel_call
from workflows.timing import AUTHORIZATION_LIFE, QUESTION_LONGEST, QUESTION_PAUSE


class Housekeeper:
    """Runs beside the steps; the payment does not end before it is idle."""

    def __init__(self, case: Case, inquirer: Inquirer) -> None:
        self._case = case
        self._inquirer = inquirer
        self._is_busy = False
        self._given_up: set[str] = set()

    @property
    def is_idle(self) -> bool:
        """Whether no question is open and no former attempt holds money that could still be let go."""
        return not (self._is_busy or self._case.must_ask or self._held() is not None)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await workflow.wait_condition(lambda: self._case.must_ask or self._held() is not None)
            self._is_busy = True
            if self._case.must_ask:
                await self._ask()
            elif (attempt := self._held()) is not None:
                await self._release(attempt)
            self._is_busy = False

    def _held(self) -> Attempt | None:
        doubtful = self._case.doubtful_attempts
        return next((a for a in doubtful if a.paymentRequestId not in self._given_up), None)

    async def _ask(self) -> None:
        pause = QUESTION_PAUSE
        while True:
            self._case.must_ask = False
            if await self._inquirer.ask() is not None:
                return
            await workflow.sleep(pause, summary="until the gateway is asked again")
            pause = min(pause * 2, QUESTION_LONGEST)

    async def _release(self, attempt: Attempt) -> None:
        """Void a hold nobody wants, for as long as a hold can last; a person has been told already."""
        request_id, until, pause = attempt.paymentRequestId, _end_of_hold(), QUESTION_PAUSE
        while workflow.now() < until:
            await gateway.cancel(cancel_call(self._case, request_id))
            await self._inquirer.ask(request_id)
            if all(held.paymentRequestId != request_id for held in self._case.doubtful_attempts):
                return
            await workflow.sleep(pause, summary=f"until {request_id} is cancelled again")
            pause = min(pause * 2, QUESTION_LONGEST)
        self._given_up.add(request_id)


def _end_of_hold() -> datetime:
    return workflow.now() + AUTHORIZATION_LIFE + timedelta(hours=1)
