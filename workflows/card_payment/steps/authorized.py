"""AUTHORIZED: money is held until it is captured or voided, or until it expires."""

from datetime import datetime

from activities.calls import WatchFor
from holdfast.antom.models import CaptureMode
from holdfast.order import AuthorizationExpiry, CaptureRequest
from holdfast.payment_event import Event
from holdfast.source import Source
from settlement.authorization_expiry import expiry_of
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import CAPTURE_RESULT
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps.expiry import (
    flag_expiring,
    has_acted,
    is_action_due,
    risk_review_outlasts,
    slow_watch,
    until_moment,
)
from workflows.card_payment.watching import watch
from workflows.timing import CAPTURE_EVIDENCE


async def authorized(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for evidence of the gateway's capture (AUTOMATIC), or for the merchant (MANUAL)."""
    if state.order.captureMode is CaptureMode.AUTOMATIC:
        await _until_captured_by_gateway(state)
    elif await is_action_due(state, inquirer, "capture or cancel by the merchant"):
        await _act_before_expiry(state)


async def _until_captured_by_gateway(state: PaymentState) -> None:
    unchanged, review_at = state.unchanged_since(), _since(state) + CAPTURE_EVIDENCE
    state.set_waiting_for("evidence of the gateway's capture", review_at)
    await watch(
        state, WatchFor.CAPTURE_DECIDED, CAPTURE_RESULT, summary="the gateway's capture", deadline=review_at
    )
    if unchanged():
        state.flag_for_review("no evidence of the gateway's capture within 24 hours")
        await slow_watch(state)


async def _act_before_expiry(state: PaymentState) -> None:
    """Captures or voids at most once. Where that did not succeed, the payment is flagged for review."""
    choice = state.order.onAuthorizationExpiry
    if choice is AuthorizationExpiry.NOTIFY or has_acted(state):
        await _let_it_expire(state)
    elif choice is AuthorizationExpiry.VOID:
        state.apply_event(Event.AUTHORIZATION_EXPIRING)
    elif state.payment.is_risk_rejected:
        await _let_it_expire(state)
    elif state.payment.is_under_risk_review:
        if await risk_review_outlasts(state):
            await slow_watch(state)
    else:
        state.request_capture(CaptureRequest(), Source.CLOCK)


async def _let_it_expire(state: PaymentState) -> None:
    unchanged = state.unchanged_since()
    flag_expiring(state)
    await until_moment(state, expiry_of, "capture or cancel before the authorization expires")
    if unchanged():
        await slow_watch(state)


def _since(state: PaymentState) -> datetime:
    return state.payment.attempt.decidedAt or state.payment.attempt.startedAt
