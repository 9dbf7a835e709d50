"""Waits for the gateway's risk review of an authorization. A background task inquires about it meanwhile."""

from datetime import timedelta

from temporalio import workflow

from workflows.card_payment.payment_state import PaymentState
from workflows.timing import RISK_REVIEW_LIMIT

WAITING_FOR = "the gateway's risk review"
"""What an operator sees while a payment waits for its risk review."""


async def until_decided(state: PaymentState) -> None:
    """Waits until the risk review of captured money is decided, or until another transition of the payment.

    A person is asked after the longest time that a review should take.
    """
    unchanged, review_at = state.unchanged_since(), workflow.now() + RISK_REVIEW_LIMIT
    if not state.payment.is_under_risk_review:
        return
    state.set_waiting_for(WAITING_FOR, review_at)
    await _until_decided(state, RISK_REVIEW_LIMIT)
    if unchanged() and state.payment.is_under_risk_review:
        state.flag_for_review("the risk review of captured money is not decided after seven days")
        await _until_decided(state)


async def _until_decided(state: PaymentState, longest: timedelta | None = None) -> None:
    unchanged = state.unchanged_since()
    try:
        await workflow.wait_condition(
            lambda: not (unchanged() and state.payment.is_under_risk_review),
            timeout=longest,
            timeout_summary=WAITING_FOR,
        )
    except TimeoutError:
        return
