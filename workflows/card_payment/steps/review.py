"""NEEDS_REVIEW: the outcome could not be established. Inquiries continue at a decreasing pace."""

from datetime import datetime

from temporalio import workflow

from activities.calls import WatchFor
from holdfast.payment import Capture
from holdfast.payment_event import Event
from settlement.authorization_expiry import action_time
from settlement.evidence import Verdict
from settlement.gateway_record import GatewayRecord
from workflows.card_payment.answer_trust import is_authorized_attempt
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
        due = _expiry_action_due(state)
        record = await watch(
            state,
            WatchFor.CAPTURE_DECIDED_OR_ABSENT if capture else WatchFor.PAYMENT_DECIDED_OR_ABSENT,
            review_pace(round_number),
            summary="a decision of the gateway",
            interrupted_at=lambda: _expiry_action_due(state),
            capture_request_id=capture.captureRequestId if capture else None,
        )
        if unchanged() and due is not None and workflow.now() >= due:
            record = await inquirer.inquire()
        if unchanged() and record is not None:
            await _apply_absence(state, inquirer, capture, record)
        round_number += 1


def _expiry_action_due(state: PaymentState) -> datetime | None:
    """Returns when the action before the expiry of the authorization is due; None where it is not, or was.

    An inquiry is made then, because an action in time needs the end of the review. Whether to capture or to
    cancel while the review lasts is the decision of a person.
    """
    if not is_authorized_attempt(state.payment):
        return None
    due = action_time(state.payment.attempt)
    return due if due > workflow.now() else None


async def _apply_absence(
    state: PaymentState, inquirer: Inquirer, capture: Capture | None, record: GatewayRecord
) -> None:
    """Applies a record without the capture or the payment. A capture that never arrived is sent again."""
    if capture is not None:
        if record.lacks_capture(capture.captureRequestId):
            state.apply_event(Event.CAPTURE_RESUMED)
    elif record.verdict is Verdict.ABSENT and await is_absent(state, inquirer):
        state.apply(never_arrived(state.payment.attempt.paymentRequestId))
