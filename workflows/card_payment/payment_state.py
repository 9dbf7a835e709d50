"""The state of one payment inside its workflow."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.calls import InquireCall, PayCall
from holdfast.order import CaptureRequest, PaymentOrder, RetryRequest
from holdfast.payment import Attempt, Payment
from holdfast.payment_event import Event
from holdfast.reconciliation.difference import Difference
from holdfast.resolution import Resolution
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.audit.trail import apply_event, flag_for_review
from settlement.commands import open_payment, request_cancel, request_capture, start_attempt
from settlement.evidence import CaptureEvidence, PaymentEvidence
from settlement.gateway_record import GatewayRecord
from settlement.inquiry import accept_external_captures, settle_inquiry
from settlement.mismatch import flag_difference
from settlement.resolution import apply_resolution, evidence_of
from settlement.settle import settle
from workflows.card_payment.polling import always

T = TypeVar("T")


class PaymentState:
    """The one writer of a payment: each method that changes it applies a function of `settlement`."""

    def __init__(self, order: PaymentOrder) -> None:
        self._order = order
        self._payment = open_payment(order, workflow.now())
        self.pending_inquiries: dict[str, int] = {}
        """The attempts that need an inquiry, each with how many pieces of evidence did not match."""
        self.capture_is_slow = False
        """Whether the open capture has no result and none is expected soon."""
        self.sent_captures: set[str] = set()
        """The request ids under which a capture call was made, whatever its outcome."""
        self.notified_captures: set[str] = set()
        """The captures of notifications that made an inquiry necessary."""
        self.used_cards: set[str] = set()
        """The card references of pay calls that were made; their cards are deleted from the vault."""
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
        """The payment in its current state."""
        return self._payment

    @property
    def status(self) -> S:
        """The payment's status."""
        return self._payment.status

    @property
    def deadline(self) -> datetime:
        """The time until which the buyer can finish the current attempt."""
        return self._payment.attempt.startedAt + timedelta(seconds=self._order.completeWithin)

    @property
    def late_authorizations(self) -> tuple[str, ...]:
        """The request ids of closed attempts of which the gateway reports an authorization."""
        late = AttemptStatus.AUTHORIZED_AFTER_CLOSE
        return tuple(a.paymentRequestId for a in self._payment.attempts if a.status is late)

    def attempt(self, payment_request_id: str) -> Attempt:
        """Returns the attempt with this request id."""
        return next(a for a in self._payment.attempts if a.paymentRequestId == payment_request_id)

    def unchanged_since(self) -> Callable[[], bool]:
        """Returns a condition that is true until the next transition of the payment.

        The status alone does not show it: a signal and an update can change a payment from AUTHORIZING to
        DECLINED and to the AUTHORIZING of its next attempt before the first attempt's step continues.
        """
        revision = self._payment.progress.revision
        return lambda: self._payment.progress.revision == revision

    def apply(self, evidence: PaymentEvidence | CaptureEvidence) -> None:
        """Settles evidence. Evidence that does not match makes an inquiry about its attempt pending."""
        limit = self._order.attemptLimit
        settlement = settle(self._payment, evidence, workflow.now(), attempt_limit=limit)
        self._payment = settlement.payment
        if settlement.must_inquire:
            self._request_inquiry(evidence)

    def apply_inquiry(self, record: GatewayRecord | None) -> None:
        """Settles the record of an inquiry; None changes nothing."""
        if record is not None:
            limit = self._order.attemptLimit
            self._payment = settle_inquiry(self._payment, record, workflow.now(), attempt_limit=limit)

    def accept_external_captures(self, record: GatewayRecord | None) -> None:
        """Accepts the captures that this payment did not request, and applies nothing else of the record."""
        if record is not None:
            self._payment = accept_external_captures(self._payment, record, workflow.now())

    def apply_event(self, event: Event, source: Source = Source.CLOCK, detail: str | None = None) -> None:
        """Applies the transition of an event. Where there is none, only the audit trail changes."""
        self._payment = apply_event(self._payment, event, workflow.now(), source, detail=detail)

    def flag_for_review(self, reason: str) -> None:
        """Flags the payment for review; the first reason stays."""
        self._payment = flag_for_review(self._payment, reason, workflow.now())

    def flag_difference(self, record: GatewayRecord, difference: Difference) -> None:
        """Flags the payment for a difference from the gateway's record, once for each difference."""
        self._payment = flag_difference(self._payment, record, difference, workflow.now())

    def retry(self, request: RetryRequest) -> None:
        """Starts another attempt, with the payment method of the request."""
        changed = {"paymentMethod": request.paymentMethod, "env": request.env or self._order.env}
        self._payment = start_attempt(self._payment, workflow.now())
        self._order = self._order.model_copy(update=changed)

    def request_capture(self, request: CaptureRequest, source: Source) -> None:
        """Opens a capture, or resumes the one that is open."""
        self._payment = request_capture(self._payment, request, workflow.now(), source)

    def request_cancel(self, reason: str, source: Source) -> None:
        """Starts a cancellation; changes nothing where the payment is being cancelled or was cancelled."""
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

    def set_waiting_for(self, actor: str, until: datetime | None = None) -> None:
        """Sets what the payment waits for, and until when, as an operator sees it."""
        self.waiting_for, self.waiting_until = actor, until

    def pay_call(self) -> PayCall:
        """Returns the pay call of the current attempt."""
        request_id = self._payment.attempt.paymentRequestId
        return PayCall(order=self._order, paymentRequestId=request_id, expiresAt=self.deadline)

    def inquiry(self, payment_request_id: str | None = None) -> InquireCall:
        """Returns the inquiry about the current attempt, or about another one."""
        return InquireCall(
            merchantAccount=self._order.merchantAccount,
            paymentRequestId=payment_request_id or self._payment.attempt.paymentRequestId,
            expiresAt=self.deadline,
        )

    async def while_unchanged(self, work: Coroutine[object, object, T | None]) -> T | None:
        """Returns the work's result; None where a transition came first, which cancels the work."""
        unchanged = self.unchanged_since()
        return await until(lambda: not unchanged(), work)

    async def pause_until(
        self, moment: datetime, summary: str, *, goes_on: Callable[[], bool] = always
    ) -> None:
        """Waits until a moment, or until an earlier transition of the payment, while `goes_on` is true."""
        unchanged, left = self.unchanged_since(), moment - workflow.now()
        if left <= timedelta(0):
            return
        try:
            await workflow.wait_condition(
                lambda: not (unchanged() and goes_on()), timeout=left, timeout_summary=summary
            )
        except TimeoutError:
            return

    async def pause(self, duration: timedelta, summary: str) -> None:
        """Waits for a duration, or until an earlier transition of the payment."""
        await self.pause_until(workflow.now() + duration, summary)

    def _request_inquiry(self, evidence: PaymentEvidence | CaptureEvidence) -> None:
        request_id = self._attempt_of(evidence).paymentRequestId
        self.pending_inquiries[request_id] = self.pending_inquiries.get(request_id, 0) + 1
        if isinstance(evidence, CaptureEvidence) and evidence.captureRequestId:
            self.notified_captures.add(evidence.captureRequestId)

    def _attempt_of(self, evidence: PaymentEvidence | CaptureEvidence) -> Attempt:
        """Returns the attempt that the evidence names, or the current one where it names none."""
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
    """Returns the work's result; None where `over` became true first, which cancels the work."""
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
