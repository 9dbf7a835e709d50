"""NEEDS_REVIEW: the outcome could not be established. Inquiries continue at a decreasing pace."""

from activities.calls import WatchFor
from holdfast.payment import Capture
from holdfast.payment_event import Event
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import review_pace
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps.absence import is_absent, never_arrived
from workflows.card_payment.watching import watch


async def review(state: PaymentState, inquirer: Inquirer) -> None:
    """Inquires at a decreasing pace until something is decided; an operator can cancel in the meantime.

    Each review of a payment begins one round slower than the one before. Otherwise a payment that comes under
    review again and again would fill its history before the authorization expires.
    """
    state.set_waiting_for("a person; inquiries continue meanwhile")
    state.flag_for_review("the outcome could not be established")
    unchanged, capture = state.unchanged_since(), state.payment.open_capture
    round_number = state.payment.progress.reviewCount - 1
    while unchanged():
        record = await watch(
            state,
            WatchFor.CAPTURE_DECIDED_OR_ABSENT if capture else WatchFor.PAYMENT_DECIDED_OR_ABSENT,
            review_pace(round_number),
            summary="a decision of the gateway",
            capture_request_id=capture.captureRequestId if capture else None,
        )
        if unchanged() and record is not None:
            await _apply_absence(state, inquirer, capture, record)
        round_number += 1


async def _apply_absence(
    state: PaymentState, inquirer: Inquirer, capture: Capture | None, record: GatewayRecord
) -> None:
    """Applies a record without the capture or the payment. A capture that never arrived is sent again."""
    if capture is not None:
        if record.lacks_capture(capture.captureRequestId):
            state.apply_event(Event.CAPTURE_RESUMED)
    elif record.verdict is Verdict.ABSENT and await is_absent(state, inquirer):
        state.apply(never_arrived(state.payment.attempt.paymentRequestId))
