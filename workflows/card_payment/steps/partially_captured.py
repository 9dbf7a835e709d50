"""PARTIALLY_CAPTURED: a part is captured, and the remainder is held until its capture or its release."""

from temporalio import workflow

from holdfast.order import AuthorizationExpiry, CaptureRequest
from holdfast.payment_event import Event
from holdfast.source import Source
from settlement.authorization_expiry import certain_end
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps import risk_review
from workflows.card_payment.steps.expiry import (
    flag_expiring,
    has_acted,
    is_action_due,
    risk_review_outlasts,
    until_moment,
)


async def partially_captured(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for another capture. The gateway releases the remainder when the authorization ends."""
    unchanged = state.unchanged_since()
    if state.payment.progress.authorizationEnd is not None:
        await inquirer.accept_external_captures()
        if unchanged():
            await _release_remainder(state)
    elif await is_action_due(state, inquirer, "another capture by the merchant"):
        await _act_on_remainder(state, inquirer)


async def _act_on_remainder(state: PaymentState, inquirer: Inquirer) -> None:
    """Captures the remainder, flags the payment, or leaves the release of the remainder to the gateway.

    The gateway cancels no payment of which a part is captured, so that VOID has nothing to send.
    """
    choice = state.order.onAuthorizationExpiry
    if choice is AuthorizationExpiry.CAPTURE and not has_acted(state) and not state.payment.is_risk_rejected:
        await _capture_remainder(state, inquirer)
        return
    if choice is not AuthorizationExpiry.VOID:
        flag_expiring(state)
    await _until_remainder_is_released(state, inquirer)


async def _until_remainder_is_released(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for the certain end of the authorization, because more can be captured until then.

    An inquiry is made before the remainder counts as released: another party can have captured it, and a
    later expiry can have been unknown.
    """
    unchanged = state.unchanged_since()
    await until_moment(state, certain_end, "another capture, or the release of the remainder")
    if unchanged():
        await inquirer.accept_external_captures()
    if unchanged() and workflow.now() >= certain_end(state.payment.attempt):
        await _release_remainder(state)


async def _release_remainder(state: PaymentState) -> None:
    """Records that the remainder is released. The risk review of the captured part is decided before."""
    unchanged = state.unchanged_since()
    await risk_review.until_reportable(state)
    if unchanged():
        state.apply_event(Event.REMAINDER_RELEASED)


async def _capture_remainder(state: PaymentState, inquirer: Inquirer) -> None:
    """Captures the remainder. One that expires under the risk review is left to the gateway."""
    if state.payment.is_under_risk_review:
        if await risk_review_outlasts(state):
            await _until_remainder_is_released(state, inquirer)
    else:
        state.request_capture(CaptureRequest(), Source.CLOCK)
