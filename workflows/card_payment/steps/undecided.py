"""ACTION_REQUIRED and PENDING: the buyer or the gateway acts next. A notification or an inquiry decides."""

from datetime import datetime

from activities.calls import WatchFor
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import BUYER, LONG_PENDING, PENDING, Pace
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.watching import watch
from workflows.timing import PENDING_LIMIT


async def undecided(state: PaymentState, inquirer: Inquirer) -> None:
    """Wait; when the time is up, ask once more before the payment is closed at the gateway."""
    unchanged, status, deadline = state.unchanged_since(), state.status, _deadline(state)
    actor = "the buyer" if status is S.ACTION_REQUIRED else "the gateway"
    state.set_waiting_for(actor, deadline)
    await watch(state, _what(state), _pace(state), summary=f"waits for {actor}", deadline=deadline)
    if unchanged():
        await inquirer.ask()
    if unchanged():
        _time_is_up(state)


def _what(state: PaymentState) -> WatchFor:
    """A pay answer can have come before the page that the gateway then made for the buyer."""
    may_send_the_buyer = state.status is S.PENDING and not _buyer_is_done(state)
    return WatchFor.PAYMENT_DECIDED_OR_ACTION if may_send_the_buyer else WatchFor.PAYMENT_DECIDED


def _pace(state: PaymentState) -> Pace:
    if state.status is S.ACTION_REQUIRED:
        return BUYER
    return LONG_PENDING if _buyer_is_done(state) else PENDING


def _time_is_up(state: PaymentState) -> None:
    if _buyer_is_done(state):
        state.apply_event(
            Event.TRUTH_UNKNOWN, detail="still pending after the longest time the gateway allows itself"
        )
        state.flag_for_review("the buyer has paid, and the gateway has not decided within seven days")
    else:
        state.apply_event(Event.DEADLINE_PASSED)


def _deadline(state: PaymentState) -> datetime:
    if _buyer_is_done(state):
        return state.payment.attempt.startedAt + PENDING_LIMIT
    return state.deadline


def _buyer_is_done(state: PaymentState) -> bool:
    """Whether the buyer has finished, so that the payment must not be cancelled at the deadline."""
    return state.status is S.PENDING and state.payment.attempt.buyerCompletedAt is not None
