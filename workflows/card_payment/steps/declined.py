"""DECLINED: this attempt has failed; another one is possible for a while."""

from datetime import timedelta

from temporalio import workflow

from holdfast.transitions import Event
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState


async def declined(state: PaymentState, inquirer: Inquirer) -> None:
    """Wait for `retry` or `cancel`; without either the payment has failed, unless evidence contradicts it."""
    unchanged, attempt = state.unchanged_since(), state.payment.attempt
    closes_at = (attempt.decidedAt or attempt.startedAt) + timedelta(seconds=state.order.retryWindow)
    state.set_waiting_for("another attempt by the buyer", closes_at)
    await state.pause_until(closes_at, "no further attempt")
    await workflow.wait_condition(lambda: not (unchanged() and state.pending_inquiries))
    if unchanged():
        state.apply_event(Event.RETRY_WINDOW_CLOSED)
