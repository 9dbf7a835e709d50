"""NEEDS_REVIEW: the truth could not be established. The question stays open, at a slow pace, for ever."""

from activities.calls import InquiryResult, WatchFor
from holdfast.evidence import Verdict
from holdfast.payment import Capture
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event
from workflows.card_payment.inquirer import Inquirer, misses_capture, verdict_of
from workflows.card_payment.pace import review_pace
from workflows.card_payment.payment_state import Case
from workflows.card_payment.steps.absence import is_absent, never_arrived
from workflows.card_payment.watching import watch


async def review(case: Case, inquirer: Inquirer) -> None:
    """Ask ever more slowly until something is decided; a person may cancel in the meantime."""
    case.waits("a person, while the gateway is asked again and again")
    case.flag("the truth could not be established")
    here, capture, round_number = case.here(), case.payment.open_capture, _returns(case)
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


def _returns(case: Case) -> int:
    """How often the payment was under review before.

    What is taken up in vain again and again has to slow down too, or the history would be full, and the
    workflow ended by Temporal, before the hold has run out.
    """
    entries = (e for e in case.payment.events if e.to is S.NEEDS_REVIEW and e.from_ is not e.to)
    return sum(1 for _ in entries) - 1


async def _believe_absence(
    case: Case, inquirer: Inquirer, capture: Capture | None, findings: InquiryResult
) -> None:
    """A capture that never arrived is sent again under its own id: what was asked for must not get lost."""
    if capture is not None:
        if misses_capture(findings, capture.captureRequestId):
            case.move(Event.CAPTURE_RESUMED)
    elif verdict_of(findings) is Verdict.ABSENT and await is_absent(case, inquirer):
        case.learn(never_arrived(case.payment.attempt.paymentRequestId))
