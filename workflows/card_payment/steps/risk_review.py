"""Waits for the gateway's risk review of captured money. A background task inquires about it meanwhile."""

import contextlib
from datetime import timedelta

from temporalio import workflow

from workflows.card_payment.payment_state import PaymentState
from workflows.timing import RISK_REVIEW_LIMIT

WAITING_FOR = "the gateway's risk review"
"""What an operator sees while a payment waits for its risk review."""


async def until_reportable(state: PaymentState) -> None:
    """Waits until the risk review of captured money is decided, or until another transition of the payment.

    A review that takes longer than seven days is flagged for a person, and the wait goes on.
    """
    if not state.payment.is_under_risk_review:
        return
    state.set_waiting_for(WAITING_FOR, workflow.now() + RISK_REVIEW_LIMIT)
    if not await _is_decided(state, RISK_REVIEW_LIMIT):
        state.flag_for_review("the risk review of captured money is not decided after seven days")
        await _is_decided(state)


async def _is_decided(state: PaymentState, within: timedelta | None = None) -> bool:
    """Waits for the decision or another transition. Returns False where the time has passed without one."""
    unchanged = state.unchanged_since()

    def is_over() -> bool:
        return not (unchanged() and state.payment.is_under_risk_review)

    with contextlib.suppress(TimeoutError):
        await workflow.wait_condition(is_over, timeout=within, timeout_summary=WAITING_FOR)
    return is_over()
