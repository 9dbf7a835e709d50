"""The state of one payment inside its workflow."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.calls import InquireCall, PayCall
from activities.earlier_sends import EarlierSends
from holdfast.order import CaptureRequest, PaymentOrder, RetryRequest, retried_order
from holdfast.payment import Attempt, Payment
from holdfast.payment_event import Event
from holdfast.reconciliation.difference import Difference
from holdfast.repeated_requests import attempt_with_key
from holdfast.resolution import Resolution
from holdfast.source import Source
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.apply_event import apply_event
from settlement.audit.trail import flag_for_review
from settlement.bounded_text import MAX_TEXT
from settlement.claim import Claim, claim_of, remember
from settlement.commands import open_payment, request_cancel, request_capture, start_attempt
from settlement.evidence import CaptureEvidence, PaymentEvidence
from settlement.gateway_record import GatewayRecord
from settlement.inquiry import accept_external_captures, settle_inquiry
from settlement.mismatch import flag_difference
from settlement.operator.resolution import apply_resolution, evidence_of, is_confirmed
from settlement.settle import settle
from workflows.card_payment.continuation import Continuation
from workflows.card_payment.polling import always
from workflows.card_payment.shared_timer import SharedTimer

T = TypeVar("T")
MAX_CLAIMS = 64
"""The number of claims that are remembered. One that was forgotten is asked about again."""
MAX_UPDATES = 100
"""The number of commands whose ids the next run knows."""


class PaymentState:
    """The one writer of a payment: each method that changes it applies a function of `settlement`."""

    def __init__(self, order: PaymentOrder, carried: Continuation | None = None) -> None:
        """Opens the payment of an order, or continues it with what the run before has carried over."""
        # the time of the first task can be much later, where no worker was running
        state = carried or Continuation(payment=open_payment(order, workflow.info().workflow_start_time))
        self._order = order
        self._payment = state.payment
        self.pending_inquiries = dict(state.pending_inquiries)
        """The attempts that need an inquiry, each with how many pieces of evidence did not match."""
        self.pending_claims = {key: dict.fromkeys(each) for key, each in state.pending_claims.items()}
        """The claims that those inquiries are about, the last ones of each attempt."""
        self.answered_claims = dict.fromkeys(state.answered_claims)
        """The last claims that an inquiry has answered."""
        self.answered_updates = state.answered_updates
        """The ids of the last commands. Each run of a workflow has a list of its own in the server."""
        self.capture_is_slow = state.capture_is_slow
        """Whether the open capture has no result and none is expected soon."""
        self.capture_progress = state.capture_progress
        """How far the step CAPTURING has come."""
        self.sent_captures = set(state.sent_captures)
        """The request ids under which a capture call was made, whatever its outcome."""
        self.notified_captures = set(state.notified_captures)
        """The captures of notifications that made an inquiry necessary."""
        self.used_cards = set(state.used_cards)
        """The card references of pay calls that were made; their cards are deleted from the vault."""
        self.unconfirmed_failure = state.unconfirmed_failure
        """What is settled if the gateway does not know an attempt whose pay call has no known outcome."""
        self.assumed_ends = dict(state.assumed_ends)
        """The certain end of each late authorization whose release ended without a confirmation."""
        self.waiting_for = state.waiting_for
        self.waiting_until = state.waiting_until
        self.timer = SharedTimer()
        """The timer of the callers that wait, and of the first pause of a watch."""
        self.is_leaving = False
        """Whether the step ends its wait early because the workflow is about to continue as new."""

    def continuation(self) -> Continuation:
        """Returns everything that the next run has to know, apart from the order."""
        return Continuation(
            payment=self._payment,
            pending_inquiries=self.pending_inquiries,
            pending_claims={key: tuple(each) for key, each in self.pending_claims.items()},
            answered_claims=tuple(self.answered_claims),
            answered_updates=self.answered_updates,
            capture_is_slow=self.capture_is_slow,
            capture_progress=self.capture_progress,
            sent_captures=tuple(sorted(self.sent_captures)),
            notified_captures=tuple(sorted(self.notified_captures)),
            used_cards=tuple(sorted(self.used_cards)),
            unconfirmed_failure=self.unconfirmed_failure,
            assumed_ends=self.assumed_ends,
            waiting_for=self.waiting_for,
            waiting_until=self.waiting_until,
        )

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

    @property
    def awaits_risk_review(self) -> bool:
        """Whether the gateway's risk review of an authorization that can still be captured is not decided."""
        payment = self._payment
        is_authorized = payment.authorizedAmount is not None and not payment.status.is_final
        return is_authorized and payment.is_under_risk_review

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the pay call of the current attempt was made and has no known outcome."""
        failure = self.unconfirmed_failure
        return failure is not None and failure.paymentRequestId == self._payment.attempt.paymentRequestId

    def unchanged_since(self) -> Callable[[], bool]:
        """Returns a condition that is true until the next transition of the payment.

        The status alone does not show it: a signal and an update can change a payment from AUTHORIZING to
        DECLINED and to the AUTHORIZING of its next attempt before the first attempt's step continues. The
        condition is also false while the step has to leave its wait, so that the workflow can continue as
        new; the step is executed again then.
        """
        same_revision = self.same_revision()
        return lambda: same_revision() and not self.is_leaving

    def same_revision(self) -> Callable[[], bool]:
        """Returns a condition that is true until the next transition of the payment, also while leaving."""
        revision = self._payment.progress.revision
        return lambda: self._payment.progress.revision == revision

    def apply(self, evidence: PaymentEvidence | CaptureEvidence) -> None:
        """Settles evidence. Evidence that does not match makes an inquiry about its attempt pending.

        An inquiry that has answered a claim, or that is pending because of it, is not repeated for an equal
        one.
        """
        limit, claim = self._order.attemptLimit, claim_of(self._payment, evidence)
        settlement = settle(self._payment, evidence, workflow.now(), attempt_limit=limit)
        if settlement.must_inquire and claim is not None and self._is_known(claim):
            return
        self._payment = settlement.payment
        if settlement.must_inquire:
            self._request_inquiry(evidence, claim)

    def _is_known(self, claim: Claim) -> bool:
        """Returns whether an inquiry has answered the claim or is about to answer it."""
        return any(claim in claims for claims in (self.answered_claims, *self.pending_claims.values()))

    def close_inquiry(self, payment_request_id: str, *, is_answered: bool) -> None:
        """Ends the inquiries about an attempt; answered claims are not asked about again."""
        del self.pending_inquiries[payment_request_id]
        claims = self.pending_claims.pop(payment_request_id, ())
        self.notified_captures -= {each.captureRequestId for each in claims if each.captureRequestId}
        if is_answered:
            remember(self.answered_claims, claims, MAX_CLAIMS)

    def append_update(self, update_id: str) -> None:
        """Records the id of a command, so that the next run recognises its repetition."""
        self.answered_updates = (*self.answered_updates, update_id)[-MAX_UPDATES:]

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
        """Starts another attempt, with the payment method of the request, unless its key has an attempt."""
        if attempt_with_key(self._payment, request.key) is not None:
            return
        self._payment = start_attempt(self._payment, workflow.now(), request.key)
        self._order = retried_order(self._order, request)

    def request_capture(self, request: CaptureRequest, source: Source) -> None:
        """Opens a capture, or resumes the one that is open."""
        if self._payment.open_capture is None:
            self.capture_is_slow = False
        self._payment = request_capture(self._payment, request, workflow.now(), source)

    def request_cancel(self, reason: str, source: Source) -> None:
        """Starts a cancellation; changes nothing where the payment is being cancelled or was cancelled."""
        self._payment = request_cancel(self._payment, reason, workflow.now(), source)

    def resolve(self, resolution: Resolution) -> None:
        """Settles an operator's resolution like any other evidence, and records who made it.

        The review stays where the resolution contradicts other evidence, and where another attempt is still
        authorized. Where the gateway has decided before, the resolution is only compared with its decision.
        """
        evidence, is_open = evidence_of(self._payment, resolution), self.status is S.NEEDS_REVIEW
        if evidence and is_open:
            self.apply(evidence)
        is_agreed = is_open or is_confirmed(self._payment, resolution)
        is_settled = evidence is None or (is_agreed and not self.late_authorizations)
        matches = is_settled and not self.pending_inquiries
        self._payment = apply_resolution(self._payment, resolution, workflow.now(), matches=matches)

    def set_waiting_for(self, actor: str, until: datetime | None = None) -> None:
        """Sets what the payment waits for, and until when, as an operator sees it."""
        self.waiting_for, self.waiting_until = actor, until

    def pay_call(self) -> PayCall:
        """Returns the pay call of the current attempt."""
        return PayCall(
            order=self._order,
            paymentRequestId=self._payment.attempt.paymentRequestId,
            expiresAt=self.deadline,
            earlierSends=earlier_sends(),
        )

    def inquiry(self, payment_request_id: str | None = None) -> InquireCall:
        """Returns the inquiry about the current attempt, or about another one."""
        return InquireCall(
            merchantAccount=self._order.merchantAccount,
            paymentRequestId=payment_request_id or self._payment.attempt.paymentRequestId,
            expiresAt=self.deadline,
        )

    async def while_unchanged(self, work: Coroutine[object, object, T | None]) -> T | None:
        """Returns the work's result; None where a transition came first, which cancels the work.

        It waits for work that must not be left, such as a call that takes money.
        """
        unchanged = self.same_revision()
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

    async def pause(self, duration: timedelta, summary: str, *, goes_on: Callable[[], bool] = always) -> None:
        """Waits for a duration, or until an earlier transition of the payment, while `goes_on` is true."""
        await self.pause_until(workflow.now() + duration, summary, goes_on=goes_on)

    def _request_inquiry(self, evidence: PaymentEvidence | CaptureEvidence, claim: Claim | None) -> None:
        request_id = self._attempt_of(evidence).paymentRequestId
        self.pending_inquiries[request_id] = self.pending_inquiries.get(request_id, 0) + 1
        if claim is not None:
            remember(self.pending_claims.setdefault(request_id, {}), (claim,), MAX_CLAIMS)
        if isinstance(evidence, CaptureEvidence) and evidence.captureRequestId:
            self._look_for_capture(evidence.captureRequestId)

    def _look_for_capture(self, capture_request_id: str) -> None:
        if len(self.notified_captures) < MAX_CLAIMS and len(capture_request_id) <= MAX_TEXT:
            self.notified_captures.add(capture_request_id)

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


def earlier_sends(*, is_repeat: bool = False) -> EarlierSends:
    """Returns what the history has about the earlier sends of a request id; see `EarlierSends`."""
    return EarlierSends(firstRunId=workflow.info().first_execution_run_id, isRepeat=is_repeat)


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
