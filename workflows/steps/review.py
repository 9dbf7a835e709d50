"""NEEDS_REVIEW: the truth could not be established. The question stays open, at a slow pace, for ever."""

from activities.calls import WatchFor
from workflows.case import Case
from workflows.inquirer import Inquirer
from workflows.pace import review_pace
from workflows.watching import watch


async def review(case: Case, inquirer: Inquirer) -> None:
    """Ask ever more slowly until something is decided; a person may cancel in the meantime."""
    case.waits("a person, while the gateway is asked again and again")
    case.flag("the truth could not be established")
    here, capture, round_number = case.here(), case.payment.open_capture, 0
    while here():
        await watch(
            case,
            WatchFor.CAPTURE_DECIDED if capture else WatchFor.PAYMENT_DECIDED,
            review_pace(round_number),
            summary="what is true",
            capture_request_id=capture.captureRequestId if capture else None,
        )
        round_number += 1
