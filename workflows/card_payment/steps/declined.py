"""DECLINED: the attempt has failed; another one is possible within the retry window."""

from datetime import timedelta

from temporalio import workflow

from holdfast.payment_event import Event
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState


async def declined(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for `retry` or `cancel`. Without them the payment fails, unless evidence contradicts it."""
    unchanged, attempt = state.unchanged_since(), state.payment.attempt
    closes_at = (attempt.decidedAt or attempt.startedAt) + timedelta(seconds=state.order.retryWindow)
    state.set_waiting_for("another attempt by the buyer", closes_at)
    await state.pause_until(closes_at, "the end of the retry window")
    await workflow.wait_condition(lambda: not (unchanged() and state.pending_inquiries))
    if unchanged():
        state.apply_event(Event.RETRY_WINDOW_CLOSED)
