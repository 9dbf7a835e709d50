"""One payment inside its workflow: what is known, and the only place where it changes."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.calls import InquireCall, InquiryResult, PayCall
from holdfast.evidence import CaptureEvidence, PaymentEvidence, Source, Verdict
from holdfast.order import PaymentOrder
from holdfast.payment import Attempt, Payment
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event
from settlement.audit_trail import flagged, moved
from settlement.commands import opened
from settlement.external_capture import foreign_capture, vouches
from settlement.gateway_record import GatewayRecord, record_of
from settlement.settle import settle

T = TypeVar("T")


class Case:
    """The one writer of a payment. `order` carries the current attempt's payment method and environment."""

    def __init__(self, order: PaymentOrder) -> None:
        self.order = order
        self.payment: Payment = opened(order, workflow.now())
        self.doubts: dict[str, int] = {}
        """Attempts about which the gateway has to be asked what is true; how often evidence did not fit."""
        self.capture_is_slow = False
        """The open capture has no result, and none is to be expected at once."""
        self.sent_captures: set[str] = set()
        """The request ids under which money was asked for, whatever became of the call."""
        self.told_captures: set[str] = set()
        """The captures of a notification that caused a question."""
        self.used_cards: set[str] = set()
        """The card references that a pay call was made with; the vault drops what is behind them."""
        self.refusal: str | None = None
        """Why no worker can pay this order; nothing was sent."""
        self.waits_for = ""
        self.waits_until: datetime | None = None

    @property
    def status(self) -> S:
        """Where the payment stands."""
        return self.payment.status

    @property
    def deadline(self) -> datetime:
        """How long the buyer of the current attempt has."""
        return self.payment.attempt.startedAt + timedelta(seconds=self.order.completeWithin)

    @property
    def unwanted_holds(self) -> tuple[str, ...]:
        """The request ids of attempts that hold money although they were declared dead."""
        return tuple(a.paymentRequestId for a in self.payment.attempts if a.status is S.NEEDS_REVIEW)

    def here(self) -> Callable[[], bool]:
        """Whether the payment has stayed where it is now.

        The status alone does not tell: a signal and an update can take a payment from AUTHORIZING to DECLINED
        and on to the AUTHORIZING of its next attempt before the step that paid the first one goes on.
        """
        moves = _moves(self.payment)
        return lambda: _moves(self.payment) == moves

    def learn(self, *claims: PaymentEvidence | CaptureEvidence) -> None:
        """Settle evidence, one claim after the other."""
        for claim in claims:
            self._settle(claim)

    def _settle(self, claim: PaymentEvidence | CaptureEvidence, *, adopts: bool = False) -> None:
        now, limit = workflow.now(), self.order.attemptLimit
        settlement = settle(self.payment, claim, now, attempt_limit=limit, adopts=adopts)
        self.payment = settlement.payment
        if settlement.ask:
            self._doubt(claim)

    def _doubt(self, claim: PaymentEvidence | CaptureEvidence) -> None:
        doubtful = self._attempt_of(claim).paymentRequestId
        self.doubts[doubtful] = self.doubts.get(doubtful, 0) + 1
        if isinstance(claim, CaptureEvidence) and claim.captureRequestId:
            self.told_captures.add(claim.captureRequestId)

    def _attempt_of(self, claim: PaymentEvidence | CaptureEvidence) -> Attempt:
        """Whom a claim is about: the current attempt where nothing says that it is another one."""
        for attempt in self.payment.attempts:
            if isinstance(claim, PaymentEvidence) and claim.paymentRequestId == attempt.paymentRequestId:
                return attempt
            if claim.paymentId and claim.paymentId == attempt.paymentId:
                return attempt
        return self.payment.attempt

    def hear(self, findings: InquiryResult | None) -> None:
        """Settle what an inquiry found, if it found anything.

        What somebody else took goes first where the payment was cancelled since: it says what was left.
        """
        if findings is None:
            return
        record = record_of(findings.evidence)
        if record.verdict is Verdict.CANCELLED:
            self.adopt(record)
        self.learn(record.payment)
        self.adopt(record)
        self.learn(*record.captures)

    def adopt(self, record: GatewayRecord) -> None:
        """Count the captures that this payment never asked for, where the record vouches for them."""
        if not vouches(self.payment, record):
            return
        for claim in record.captures:
            if foreign_capture(self.payment, claim) is not None:
                self._settle(claim, adopts=True)

    def move(self, event: Event, source: Source = Source.CLOCK, detail: str | None = None) -> None:
        """Take an edge of the state graph; stays where the graph has no such edge from here."""
        self.payment = moved(self.payment, event, workflow.now(), source, detail=detail) or self.payment

    def flag(self, reason: str) -> None:
        """Ask a person to look; the first reason stays."""
        self.payment = flagged(self.payment, reason, workflow.now())

    def waits(self, whom: str, until: datetime | None = None) -> None:
        """Tell the operator what the payment waits for, and until when."""
        self.waits_for, self.waits_until = whom, until

    def pay_call(self) -> PayCall:
        """The current attempt's pay call."""
        request_id = self.payment.attempt.paymentRequestId
        return PayCall(order=self.order, paymentRequestId=request_id, expiresAt=self.deadline)

    def inquiry(self, payment_request_id: str | None = None) -> InquireCall:
        """An inquiry of the current attempt, or of another one."""
        return InquireCall(
            merchantAccount=self.order.merchantAccount,
            paymentRequestId=payment_request_id or self.payment.attempt.paymentRequestId,
            expiresAt=self.deadline,
        )

    async def while_here(self, work: Coroutine[object, object, T | None]) -> T | None:
        """The work's result; None when the payment's status changed first, which calls the work off."""
        here = self.here()
        return await until(lambda: not here(), work)

    async def pause_until(self, moment: datetime, summary: str) -> None:
        """Wait for a moment, or for the payment's status to change before it."""
        here, left = self.here(), moment - workflow.now()
        if left <= timedelta(0):
            return
        try:
            await workflow.wait_condition(lambda: not here(), timeout=left, timeout_summary=summary)
        except TimeoutError:
            return

    async def pause(self, duration: timedelta, summary: str) -> None:
        """Wait, or until the payment's status changes."""
        await self.pause_until(workflow.now() + duration, summary)


def _moves(payment: Payment) -> int:
    return sum(line.event is not None for line in payment.events)


async def until(over: Callable[[], bool], work: Coroutine[object, object, T | None]) -> T | None:
    """The work's result; None when `over` came first, which calls the work off."""
    task = asyncio.create_task(work)
    try:
        await workflow.wait_condition(lambda: task.done() or over())
    finally:
        if not task.done():
            task.cancel()
    try:
        return await task
    except (asyncio.CancelledError, ActivityError):
        return None
