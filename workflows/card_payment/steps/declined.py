"""DECLINED: this attempt is dead; another one is welcome for a while."""

from datetime import timedelta

from temporalio import workflow

from holdfast.transitions import Event
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import Case


async def declined(case: Case, inquirer: Inquirer) -> None:
    """Wait for `retry` or `cancel`; without either the payment has failed, unless evidence contradicts it."""
    here, attempt = case.here(), case.payment.attempt
    closes_at = (attempt.decidedAt or attempt.startedAt) + timedelta(seconds=case.order.retryWindow)
    case.waits("another attempt by the buyer", closes_at)
    await case.pause_until(closes_at, "no further attempt")
    await workflow.wait_condition(lambda: not (here() and case.doubts))
    if here():
        case.move(Event.RETRY_WINDOW_CLOSED)
