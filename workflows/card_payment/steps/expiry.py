"""Waits that depend on the expiry of the authorization, which moves with what is known."""

from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

from activities.calls import WatchFor
from holdfast.payment import Attempt
from settlement.authorization_expiry import action_time, expiry_of
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import review_pace
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.polling import Pauses, always
from workflows.card_payment.steps import risk_review
from workflows.card_payment.watching import watch
from workflows.timing import UNKNOWN_EXPIRY_LONGEST, UNKNOWN_EXPIRY_PAUSE


async def is_action_due(state: PaymentState, inquirer: Inquirer, actor: str) -> bool:
    """Waits until the action before the expiry is due, which moves with what is known about the expiry.

    While no expiry is known, inquiries are made, the last one when the action is due. Returns False where a
    transition of the payment came first.
    """
    unchanged, is_inquired = state.unchanged_since(), False
    pauses = Pauses(UNKNOWN_EXPIRY_PAUSE, growth=4, longest=UNKNOWN_EXPIRY_LONGEST)
    while unchanged():
        due = action_time(state.payment.attempt)
        if workflow.now() >= due and (is_inquired or is_expiry_known(state)):
            return True
        state.set_waiting_for(actor, due)
        wake = due if is_expiry_known(state) else min(due, workflow.now() + pauses.next())
        await _pause_while(state, action_time, due, wake, "the action before the authorization expires")
        is_inquired = unchanged() and not is_expiry_known(state)
        if is_inquired:
            await inquirer.inquire()
    return False


def has_acted(state: PaymentState) -> bool:
    """Returns whether the action before the expiry was taken; it is taken at most once."""
    return state.payment.progress.expiryActionAt is not None


def flag_expiring(state: PaymentState) -> None:
    """Flags the payment for review because its authorization expires without a capture."""
    expires = expiry_of(state.payment.attempt)
    state.flag_for_review(f"the authorization expires at {expires:%Y-%m-%d %H:%M} UTC and is not captured")


async def risk_review_outlasts(state: PaymentState) -> bool:
    """Waits for the risk review until the authorization expires; nothing is captured before its decision.

    The payment is flagged for review when the action before the expiry is due. Returns whether the
    authorization has expired before the decision.
    """
    unchanged = state.unchanged_since()

    def is_open() -> bool:
        return unchanged() and state.payment.is_under_risk_review

    await until_moment(state, action_time, risk_review.WAITING_FOR, goes_on=is_open)
    if is_open():
        expires = expiry_of(state.payment.attempt)
        state.flag_for_review(
            f"the authorization expires at {expires:%Y-%m-%d %H:%M} UTC and its risk review is not decided"
        )
    await until_moment(state, expiry_of, risk_review.WAITING_FOR, goes_on=is_open)
    return is_open()


async def until_moment(
    state: PaymentState,
    moment: Callable[[Attempt], datetime],
    actor: str,
    *,
    goes_on: Callable[[], bool] = always,
) -> None:
    """Waits until a moment that moves with what is known, or until an earlier transition of the payment.

    It also returns once `goes_on` is false.
    """
    unchanged = state.unchanged_since()
    while unchanged() and goes_on() and workflow.now() < (known := moment(state.payment.attempt)):
        state.set_waiting_for(actor, known)
        await _pause_while(state, moment, known, known, "the end of the authorization", goes_on=goes_on)


async def slow_watch(state: PaymentState) -> None:
    """Inquires at the slow pace of a review until a transition of the payment."""
    unchanged, round_number = state.unchanged_since(), 0
    while unchanged():
        state.set_waiting_for("the gateway's decision about the authorization")
        pace = review_pace(round_number)
        await watch(state, WatchFor.CAPTURE_DECIDED, pace, summary="the decision about the authorization")
        round_number += 1


def is_expiry_known(state: PaymentState) -> bool:
    """Returns whether the gateway has reported when the authorization expires."""
    return state.payment.attempt.authExpiryTime is not None


async def _pause_while(
    state: PaymentState,
    moment: Callable[[Attempt], datetime],
    known: datetime,
    wake: datetime,
    summary: str,
    *,
    goes_on: Callable[[], bool] = always,
) -> None:
    """Waits until `wake`, until an earlier transition, or until `moment` is no longer the known one."""
    await state.pause_until(
        wake, summary, goes_on=lambda: goes_on() and moment(state.payment.attempt) == known
    )
