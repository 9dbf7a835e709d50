"""NEEDS_REVIEW: the truth could not be established. The question stays open, at a slow pace, for ever."""

from activities.calls import InquiryResult, WatchFor
from holdfast.evidence import Verdict
from holdfast.payment import Capture
from holdfast.transitions import Event
from workflows.card_payment.inquirer import Inquirer, misses_capture, verdict_of
from workflows.card_payment.pace import review_pace
from workflows.card_payment.payment_state import Case
from workflows.card_payment.steps.absence import is_absent, never_arrived
from workflows.card_payment.watching import watch


async def review(case: Case, inquirer: Inquirer) -> None:
    """Ask ever more slowly until something is decided; a person may cancel in the meantime.

    Each review of a payment begins one round slower than the one before. Otherwise a payment that comes under
    review again and again would fill its history before the authorization expires.
    """
    case.waits("a person, while the gateway is asked again and again")
    case.flag("the truth could not be established")
    here, capture = case.here(), case.payment.open_capture
    round_number = case.payment.progress.reviewCount - 1
    while here():
        findings = await watch(
            case,
            WatchFor.CAPTURE_DECIDED_OR_ABSENT if capture else WatchFor.PAYMENT_DECIDED_OR_ABSENT,
            review_pace(round_number),
            summary="what is true",
            capture_request_id=capture.captureRequestId if capture else None,
        )
        if here() and findings is not None:
            await _believe_absence(case, inquirer, capture, findings)
        round_number += 1


async def _believe_absence(
    case: Case, inquirer: Inquirer, capture: Capture | None, findings: InquiryResult
) -> None:
    """A capture that never arrived is sent again under its own id: what was asked for must not get lost."""
    if capture is not None:
        if misses_capture(findings, capture.captureRequestId):
            case.move(Event.CAPTURE_RESUMED)
    elif verdict_of(findings) is Verdict.ABSENT and await is_absent(case, inquirer):
        case.learn(never_arrived(case.payment.attempt.paymentRequestId))
