"""AUTHORIZING: the pay call is in progress, and its outcome can be unknown."""

from dataclasses import replace
from datetime import timedelta

from temporalio import workflow

from activities.calls import PayCall, PayResult
from holdfast.antom.endpoints import Operation
from holdfast.payment_event import Event
from holdfast.source import Source
from holdfast.statuses.payment_status import PaymentStatus as S
from settlement.evidence import PaymentEvidence, Verdict
from settlement.translation import from_unsent_call
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import needs_inquiry
from workflows.card_payment.gateway_calls import NeverSent
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState, until
from workflows.card_payment.polling import Pauses, poll
from workflows.card_payment.steps.absence import is_absent, never_arrived
from workflows.timing import UNKNOWN_PAY_PAUSE, UNSENT_PAY_LONGEST, UNSENT_PAY_PAUSE, UNSENT_PAY_SHARE


async def authorizing(state: PaymentState, inquirer: Inquirer) -> None:
    """Pays. A call without an outcome is inquired about until it is decided or the buyer's time has passed.

    A cancellation waits for the pay call to end: a cancel that arrives before it finds nothing to cancel.
    The call is made in one run of the workflow; only the inquiries about it go on in the next run.
    """
    if not state.is_unconfirmed:
        state.unconfirmed_failure = await _outcome(state, inquirer)
    if state.unconfirmed_failure is not None:
        await _establish(state, inquirer, state.unconfirmed_failure)


async def _outcome(state: PaymentState, inquirer: Inquirer) -> PaymentEvidence | None:
    """Pays. Returns what is settled if the call never arrived; None where its outcome is known."""
    unchanged, call = state.same_revision(), state.pay_call()
    attempt, card = call.paymentRequestId, call.order.paymentMethod.cardReference
    result = await _pay(state, call)
    if card is not None:
        state.used_cards.add(card)
    if isinstance(result, PayResult):
        await _apply(state, inquirer, result)
    elif card is not None:
        await gateway.forget_card(card)
    if isinstance(result, NeverSent):
        await _end_unsent(state, call, result)
        return None
    if not unchanged():
        return None
    failed = result is not None and result.evidence.verdict is Verdict.FAILED
    return result.evidence if result and failed else never_arrived(attempt)


async def _pay(state: PaymentState, call: PayCall) -> PayResult | NeverSent | None:
    """Makes the pay call, and makes it again while it was never sent and the buyer's time has not passed.

    Each activity records in the history whether it sent something. Only the activity decides that it is too
    late: after a reset of the workflow, an earlier run can have sent the call that this run only waits for.
    """
    unchanged, pauses, reason = state.same_revision(), _unsent_pauses(state), ""
    while True:
        state.set_waiting_for("the gateway's answer to pay")
        result: PayResult | NeverSent | None = await until(
            lambda: _is_decided(state, call.paymentRequestId), gateway.pay(call)
        )
        if not isinstance(result, NeverSent):
            return result
        if result.isTooLate or not unchanged():
            return replace(result, reason=f"{result.reason}: {reason}") if reason else result
        if not reason:
            workflow.logger.warning("pay call %s is not sent: %s", call.paymentRequestId, result.reason)
        reason = result.reason
        await _pause_unsent(state, call, reason, max(pauses.next(), result.retryAfter))
        if not unchanged():
            return result


def _unsent_pauses(state: PaymentState) -> Pauses:
    share = timedelta(seconds=state.order.completeWithin) / UNSENT_PAY_SHARE
    return Pauses(UNSENT_PAY_PAUSE, growth=2, longest=max(UNSENT_PAY_LONGEST, share))


async def _pause_unsent(state: PaymentState, call: PayCall, reason: str, pause: timedelta) -> None:
    """Waits before the call is made again, until its deadline at the latest. An operator sees the reason."""
    state.set_waiting_for(f"the next try of the pay call, which was not sent ({reason})", call.expiresAt)
    left = max(call.expiresAt - workflow.now(), UNSENT_PAY_PAUSE)
    await state.pause(min(pause, left), "until the pay call is made again")


async def _end_unsent(state: PaymentState, call: PayCall, result: NeverSent) -> None:
    """Ends an attempt of which nothing was ever sent: at its deadline, or because it is being cancelled."""
    if state.status is S.CANCELLING:
        await _cancel_unsent(state, call)
    elif result.isTooLate and not _is_decided(state, call.paymentRequestId):
        state.apply(from_unsent_call(call.paymentRequestId, result.reason))


async def _cancel_unsent(state: PaymentState, call: PayCall) -> None:
    """Cancels without the gateway, where it is still certain that nothing was sent.

    The call is made with a deadline in the past: it sends nothing, and reports whether an earlier send is
    possible.
    """
    result = await gateway.pay(call.model_copy(update={"expiresAt": state.payment.attempt.startedAt}))
    is_certain = isinstance(result, NeverSent) and result.isTooLate
    is_current = state.payment.attempt.paymentRequestId == call.paymentRequestId
    if is_certain and is_current and not _is_decided(state, call.paymentRequestId):
        state.apply(from_unsent_call(call.paymentRequestId, "cancelled before the pay call was sent"))
        state.apply_event(Event.CANCEL_CONFIRMED, Source.CANCEL)


def _is_decided(state: PaymentState, payment_request_id: str) -> bool:
    attempts = (a for a in state.payment.attempts if a.paymentRequestId == payment_request_id)
    return any(attempt.decidedAt is not None for attempt in attempts)


async def _apply(state: PaymentState, inquirer: Inquirer, result: PayResult) -> None:
    """Settles the answer, unless it needs an inquiry first.

    The answer to a repeated call may concern only the repeat. An earlier send of the same id can have
    succeeded, so a failure is accepted only after an inquiry, and a payment in process can have been finished
    already (Antom: idempotency).
    """
    if needs_inquiry(Operation.PAY, result):
        return
    state.apply(result.evidence)
    if result.repeated and result.evidence.verdict is Verdict.IN_PROCESS:
        await inquirer.inquire()


async def _establish(state: PaymentState, inquirer: Inquirer, if_absent: PaymentEvidence) -> None:
    """Inquires before a decision; `if_absent` is settled where the pay call never arrived."""
    unchanged = state.unchanged_since()
    state.set_waiting_for("the gateway's record of the pay call", state.deadline)

    async def never_arrives() -> bool | None:
        return await is_absent(state, inquirer) or None

    while unchanged():
        absent = await poll(
            never_arrives,
            Pauses(UNKNOWN_PAY_PAUSE, growth=2),
            summary="until the next inquiry",
            until=state.deadline,
            goes_on=unchanged,
        )
        if absent:
            state.apply(if_absent)
            if unchanged():
                # the failure does not match the payment; that the call never arrived is certain without it
                state.apply(never_arrived(state.payment.attempt.paymentRequestId))
        elif unchanged():
            state.apply_event(Event.OUTCOME_UNKNOWN, detail="the pay call has no known outcome")
            state.flag_for_review("the pay call has no known outcome, and no inquiry has established it")
