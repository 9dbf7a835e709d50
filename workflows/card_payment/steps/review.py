"""NEEDS_REVIEW: the truth could not be established. Inquiries go on, ever more slowly."""

from activities.calls import WatchFor
from holdfast.evidence import Verdict
from holdfast.payment import Capture
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event
from settlement.gateway_record import GatewayRecord
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import review_pace
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps.absence import is_absent, never_arrived
from workflows.card_payment.watching import watch


async def review(state: PaymentState, inquirer: Inquirer) -> None:
    """Ask ever more slowly until something is decided; a person may cancel in the meantime."""
    state.set_waiting_for("a person, while the gateway is asked again and again")
    state.flag_for_review("the truth could not be established")
    unchanged, capture, round_number = state.unchanged_since(), state.payment.open_capture, _returns(state)
    while unchanged():
        record = await watch(
            state,
            WatchFor.CAPTURE_DECIDED_OR_ABSENT if capture else WatchFor.PAYMENT_DECIDED_OR_ABSENT,
            review_pace(round_number),
            summary="what is true",
            capture_request_id=capture.captureRequestId if capture else None,
        )
        if unchanged() and record is not None:
            await _believe_absence(state, inquirer, capture, record)
        round_number += 1


def _returns(case: PaymentState) -> int:
    """How often the payment was under review before.

    What is taken up in vain again and again has to slow down too, or the history would be full, and the
    workflow ended by Temporal, before the hold has run out.
    """
    entries = (e for e in case.payment.events if e.to is S.NEEDS_REVIEW and e.from_ is not e.to)
    return sum(1 for _ in entries) - 1


async def _believe_absence(
    state: PaymentState, inquirer: Inquirer, capture: Capture | None, record: GatewayRecord
) -> None:
    """A capture that never arrived is sent again under its own id: what was asked for must not get lost."""
    if capture is not None:
        if record.misses(capture.captureRequestId):
            state.apply_event(Event.CAPTURE_RESUMED)
    elif record.verdict is Verdict.ABSENT and await is_absent(state, inquirer):
        state.apply(never_arrived(state.payment.attempt.paymentRequestId))
