"""NEEDS_REVIEW: the truth could not be established. The question stays open, at a slow pace, for ever."""

from activities.calls import Findings, WatchFor
from payments.graph import Event
from payments.payment import Capture
from workflows.case import Case
from workflows.inquirer import Inquirer, knows_capture
from workflows.pace import review_pace
from workflows.watching import watch


async def review(case: Case, inquirer: Inquirer) -> None:
    """Ask ever more slowly until something is decided; a person may cancel in the meantime."""
    case.waits("a person, while the gateway is asked again and again")
    case.flag("the truth could not be established")
    here, capture, round_number = case.here(), case.payment.open_capture, 0
    while here():
        findings = await watch(
            case,
            WatchFor.CAPTURE_DECIDED_OR_ABSENT if capture else WatchFor.PAYMENT_DECIDED,
            review_pace(round_number),
            summary="what is true",
            capture_request_id=capture.captureRequestId if capture else None,
        )
        if here() and capture is not None and _is_absent(capture, findings):
            case.move(Event.CAPTURE_RESUMED)
        round_number += 1


def _is_absent(capture: Capture, findings: Findings | None) -> bool:
    """Then it never arrived, and is sent again under its own id: what was asked for must not get lost."""
    return findings is not None and not knows_capture(findings, capture.captureRequestId)
