"""ACTION_REQUIRED and PENDING: the buyer or the gateway acts next. A notification or an inquiry decides."""

from datetime import datetime

from activities.calls import WatchFor
from holdfast.payment_event import Event
from holdfast.statuses.payment_status import PaymentStatus as S
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import BUYER, LONG_PENDING, PENDING, Pace
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.watching import watch
from workflows.timing import PENDING_LIMIT


async def undecided(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits. After the deadline, inquires once more before the payment is closed at the gateway."""
    unchanged, status, deadline = state.unchanged_since(), state.status, _deadline(state)
    actor = "the buyer" if status is S.ACTION_REQUIRED else "the gateway"
    state.set_waiting_for(actor, deadline)
    await watch(state, _awaited(state), _pace(state), summary=f"waits for {actor}", deadline=deadline)
    if unchanged():
        await inquirer.inquire()
    if unchanged():
        _apply_deadline(state)


def _awaited(state: PaymentState) -> WatchFor:
    """Returns what ends the watch. The gateway can make a page for the buyer after its pay response."""
    can_redirect_buyer = state.status is S.PENDING and not _has_buyer_completed(state)
    return WatchFor.PAYMENT_DECIDED_OR_ACTION if can_redirect_buyer else WatchFor.PAYMENT_DECIDED


def _pace(state: PaymentState) -> Pace:
    if state.status is S.ACTION_REQUIRED:
        return BUYER
    return LONG_PENDING if _has_buyer_completed(state) else PENDING


def _apply_deadline(state: PaymentState) -> None:
    if _has_buyer_completed(state):
        state.apply_event(
            Event.OUTCOME_UNKNOWN, detail="still pending after the longest time that the gateway documents"
        )
        state.flag_for_review("the buyer has paid, and the gateway has not decided within seven days")
    else:
        state.apply_event(Event.DEADLINE_PASSED)


def _deadline(state: PaymentState) -> datetime:
    if _has_buyer_completed(state):
        return state.payment.attempt.startedAt + PENDING_LIMIT
    return state.deadline


def _has_buyer_completed(state: PaymentState) -> bool:
    """Returns whether the buyer has finished, so that the payment must not be cancelled at the deadline."""
    return state.status is S.PENDING and state.payment.attempt.buyerCompletedAt is not None
