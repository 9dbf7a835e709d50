"""ACTION_REQUIRED and PENDING: the buyer or the gateway is at it. Notification or inquiry decides."""

from datetime import datetime

from activities.calls import WatchFor
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import BUYER, LONG_PENDING, PENDING, Pace
from workflows.card_payment.payment_state import Case
from workflows.card_payment.watching import watch
from workflows.timing import PENDING_LIMIT


async def undecided(case: Case, inquirer: Inquirer) -> None:
    """Wait; when the time is up, ask once more before the payment is closed at the gateway."""
    here, status, deadline = case.here(), case.status, _deadline(case)
    whom = "the buyer" if status is S.ACTION_REQUIRED else "the gateway"
    case.waits(whom, deadline)
    await watch(case, _what(case), _pace(case), summary=f"waits for {whom}", deadline=deadline)
    if here():
        await inquirer.ask()
    if here():
        _time_is_up(case)


def _what(case: Case) -> WatchFor:
    """A pay answer can have come before the page that the gateway then made for the buyer."""
    may_send_the_buyer = case.status is S.PENDING and not _buyer_is_done(case)
    return WatchFor.PAYMENT_DECIDED_OR_ACTION if may_send_the_buyer else WatchFor.PAYMENT_DECIDED


def _pace(case: Case) -> Pace:
    if case.status is S.ACTION_REQUIRED:
        return BUYER
    return LONG_PENDING if _buyer_is_done(case) else PENDING


def _time_is_up(case: Case) -> None:
    if _buyer_is_done(case):
        case.move(
            Event.TRUTH_UNKNOWN, detail="still pending after the longest time the gateway allows itself"
        )
        case.flag("the buyer has paid, and the gateway has not decided within seven days")
    else:
        case.payment = case.payment.model_copy(update={"nextAction": None})
        case.move(Event.DEADLINE_PASSED)


def _deadline(case: Case) -> datetime:
    if _buyer_is_done(case):
        return case.payment.attempt.startedAt + PENDING_LIMIT
    return case.deadline


def _buyer_is_done(case: Case) -> bool:
    """Then nobody may be cut off."""
    return case.status is S.PENDING and case.payment.attempt.buyerCompletedAt is not None
