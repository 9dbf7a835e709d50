"""One payment inside its workflow: what is known about it, and the only class that changes it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.calls import InquireCall, PayCall
from holdfast.attempt_status import AttemptStatus
from holdfast.order import CaptureRequest, PaymentOrder, RetryRequest
from holdfast.payment import Attempt, Payment
from holdfast.payment_event import Event
from holdfast.reconciliation.difference import Difference
from holdfast.resolution import Resolution
from holdfast.source import Source
from holdfast.status import PaymentStatus as S
from settlement.audit_trail import apply_event, flag_for_review
from settlement.commands import open_payment, request_cancel, request_capture, start_attempt
from settlement.evidence import CaptureEvidence, PaymentEvidence
from settlement.gateway_record import GatewayRecord
from settlement.inquiry import accept_external_captures, settle_inquiry
from settlement.mismatch import flag_difference
from settlement.resolution import apply_resolution, evidence_of
from settlement.settle import settle

T = TypeVar("T")


class PaymentState:
    """The one writer of a payment: each method that changes it is a decision of `payments`, made now."""

    def __init__(self, order: PaymentOrder) -> None:
        self._order = order
        self._payment = open_payment(order, workflow.now())
        self.pending_inquiries: dict[str, int] = {}
        """Attempts whose truth an inquiry has to establish, and how often evidence about each did not fit."""
        self.capture_is_slow = False
        """The open capture has no result, and none is expected at once."""
        self.sent_captures: set[str] = set()
        """The request ids under which a capture call was made, whatever its outcome."""
        self.notified_captures: set[str] = set()
        """The captures of notifications that made an inquiry necessary."""
        self.used_cards: set[str] = set()
        """The card references that a pay call was made with; the vault deletes the cards behind them."""
        self.refusal: str | None = None
        """Why no worker can pay this order; nothing was sent."""
        self.waiting_for = ""
        self.waiting_until: datetime | None = None

    @property
    def order(self) -> PaymentOrder:
        """The order, with the payment method and the environment of the current attempt."""
        return self._order

    @property
    def payment(self) -> Payment:
        """The payment as it is known now."""
        return self._payment

    @property
    def status(self) -> S:
        """The payment's status."""
        return self._payment.status

    @property
    def deadline(self) -> datetime:
        """Until when the buyer of the current attempt may finish."""
        return self._payment.attempt.startedAt + timedelta(seconds=self._order.completeWithin)

    @property
    def late_authorizations(self) -> tuple[str, ...]:
        """The request ids of closed attempts of which the gateway reports an authorization."""
        late = AttemptStatus.AUTHORIZED_AFTER_CLOSE
        return tuple(a.paymentRequestId for a in self._payment.attempts if a.status is late)

    def unchanged_since(self) -> Callable[[], bool]:
        """A condition that is true until an event moves the payment from where it is now.

        The status alone does not show it: a signal and an update can take a payment from AUTHORIZING to
        DECLINED and on to the AUTHORIZING of its next attempt before the first attempt's step goes on.
        """
        revision = self._payment.progress.revision
        return lambda: self._payment.progress.revision == revision

    def apply(self, evidence: PaymentEvidence | CaptureEvidence) -> None:
        """Settle evidence. Evidence that does not fit makes an inquiry about its attempt pending."""
        limit = self._order.attemptLimit
        settlement = settle(self._payment, evidence, workflow.now(), attempt_limit=limit)
        self._payment = settlement.payment
        if settlement.must_inquire:
            self._request_inquiry(evidence)

    def apply_inquiry(self, record: GatewayRecord | None) -> None:
        """Settle what an inquiry has found; None changes nothing."""
        if record is not None:
            limit = self._order.attemptLimit
            self._payment = settle_inquiry(self._payment, record, workflow.now(), attempt_limit=limit)

    def accept_external_captures(self, record: GatewayRecord | None) -> None:
        """Count the captures that this payment did not request, and apply nothing else of the record."""
        if record is not None:
            self._payment = accept_external_captures(self._payment, record, workflow.now())

    def apply_event(self, event: Event, source: Source = Source.CLOCK, detail: str | None = None) -> None:
        """Move along an edge of the state graph. Without such an edge, only the audit trail changes."""
        self._payment = apply_event(self._payment, event, workflow.now(), source, detail=detail)

    def flag_for_review(self, reason: str) -> None:
        """Ask a person to look; the first reason stays."""
        self._payment = flag_for_review(self._payment, reason, workflow.now())

    def flag_difference(self, record: GatewayRecord, difference: Difference) -> None:
        """Ask a person to look at a difference from the gateway's record; at each difference once."""
        self._payment = flag_difference(self._payment, record, difference, workflow.now())

    def retry(self, request: RetryRequest) -> None:
        """Start another attempt, with the payment method of the request."""
        changed = {"paymentMethod": request.paymentMethod, "env": request.env or self._order.env}
        self._payment = start_attempt(self._payment, workflow.now())
        self._order = self._order.model_copy(update=changed)

    def request_capture(self, request: CaptureRequest, source: Source) -> None:
        """Open a capture, or take up again the one that is open."""
        self._payment = request_capture(self._payment, request, workflow.now(), source)

    def request_cancel(self, reason: str, source: Source) -> None:
        """Begin to cancel; unchanged where that has begun, or is done."""
        self._payment = request_cancel(self._payment, reason, workflow.now(), source)

    def resolve(self, resolution: Resolution) -> None:
        """Settles an operator's resolution like any other evidence, and records who made it.

        The review stays where the resolution contradicts other evidence, and where another attempt is still
        authorized.
        """
        evidence, is_open = evidence_of(self._payment, resolution), self.status is S.NEEDS_REVIEW
        if evidence and is_open:
            self.apply(evidence)
        is_settled = evidence is None or (is_open and not self.late_authorizations)
        matches = is_settled and not self.pending_inquiries
        self._payment = apply_resolution(self._payment, resolution, workflow.now(), matches=matches)

    def set_waiting_for(self, whom: str, until: datetime | None = None) -> None:
        """Show an operator what the payment waits for, and until when."""
        self.waiting_for, self.waiting_until = whom, until

    def pay_call(self) -> PayCall:
        """The current attempt's pay call."""
        request_id = self._payment.attempt.paymentRequestId
        return PayCall(order=self._order, paymentRequestId=request_id, expiresAt=self.deadline)

    def inquiry(self, payment_request_id: str | None = None) -> InquireCall:
        """An inquiry about the current attempt, or about another one."""
        return InquireCall(
            merchantAccount=self._order.merchantAccount,
            paymentRequestId=payment_request_id or self._payment.attempt.paymentRequestId,
            expiresAt=self.deadline,
        )

    async def while_unchanged(self, work: Coroutine[object, object, T | None]) -> T | None:
        """The work's result; None when the payment moved first, which cancels the work."""
        unchanged = self.unchanged_since()
        return await until(lambda: not unchanged(), work)

    async def pause_until(self, moment: datetime, summary: str) -> None:
        """Wait for a moment, or for the payment to move before it."""
        unchanged, left = self.unchanged_since(), moment - workflow.now()
        if left <= timedelta(0):
            return
        try:
            await workflow.wait_condition(lambda: not unchanged(), timeout=left, timeout_summary=summary)
        except TimeoutError:
            return

    async def pause(self, duration: timedelta, summary: str) -> None:
        """Wait, or until the payment moves."""
        await self.pause_until(workflow.now() + duration, summary)

    def _request_inquiry(self, evidence: PaymentEvidence | CaptureEvidence) -> None:
        request_id = self._attempt_of(evidence).paymentRequestId
        self.pending_inquiries[request_id] = self.pending_inquiries.get(request_id, 0) + 1
        if isinstance(evidence, CaptureEvidence) and evidence.captureRequestId:
            self.notified_captures.add(evidence.captureRequestId)

    def _attempt_of(self, evidence: PaymentEvidence | CaptureEvidence) -> Attempt:
        """The attempt that evidence is about: the current one where nothing says that it is another one."""
        for attempt in self._payment.attempts:
            if (
                isinstance(evidence, PaymentEvidence)
                and evidence.paymentRequestId == attempt.paymentRequestId
            ):
                return attempt
            if evidence.paymentId and evidence.paymentId == attempt.paymentId:
                return attempt
        return self._payment.attempt


async def until(over: Callable[[], bool], work: Coroutine[object, object, T | None]) -> T | None:
    """The work's result; None when `over` came first, which cancels the work."""
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
