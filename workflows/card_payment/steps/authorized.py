"""AUTHORIZED and PARTIALLY_CAPTURED: money is held until it is captured or voided, or until it expires."""

from datetime import datetime, timedelta

from temporalio import workflow

from activities.calls import WatchFor
from holdfast.antom.models import CaptureMode
from holdfast.order import AuthorizationExpiry, CaptureRequest
from holdfast.payment_event import Event
from holdfast.source import Source
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import CAPTURE_RESULT, review_pace
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps import risk_review
from workflows.card_payment.watching import watch
from workflows.timing import AUTHORIZATION_LIFE, BEFORE_EXPIRY, CAPTURE_EVIDENCE


async def authorized(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for evidence of the gateway's capture (AUTOMATIC), or for the merchant (MANUAL)."""
    if state.order.captureMode is CaptureMode.AUTOMATIC:
        await _until_captured_by_gateway(state)
    else:
        await _until_merchant_acts(state, inquirer)


async def partially_captured(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for another capture. The gateway releases the remainder when the authorization ends."""
    unchanged = state.unchanged_since()
    if state.payment.progress.authorizationEnd is not None:
        await inquirer.accept_external_captures()
        if unchanged():
            await _release_remainder(state)
        return
    expires = _expires(state)
    state.set_waiting_for("another capture by the merchant", expires)
    await state.pause_until(expires, "the remainder is released")
    if unchanged() and not await _is_held_longer(state, inquirer) and unchanged():
        await _release_remainder(state)


async def _release_remainder(state: PaymentState) -> None:
    """Records that the remainder is released. The risk review of the captured part is decided before."""
    unchanged = state.unchanged_since()
    await risk_review.until_decided(state)
    if unchanged():
        state.apply_event(Event.REMAINDER_RELEASED)


async def _is_held_longer(state: PaymentState, inquirer: Inquirer) -> bool:
    """Returns whether the gateway has reported a later end of the authorization, or reports one now.

    An inquiry is made either way: another party can have captured what is about to be recorded as released.
    """
    if state.payment.authExpiryTime is None:
        await inquirer.inquire()
    else:
        await inquirer.accept_external_captures()
    return workflow.now() < _expires(state)


async def _until_captured_by_gateway(state: PaymentState) -> None:
    unchanged, review_at = state.unchanged_since(), _since(state) + CAPTURE_EVIDENCE
    state.set_waiting_for("evidence of the gateway's capture", review_at)
    await watch(
        state, WatchFor.CAPTURE_DECIDED, CAPTURE_RESULT, summary="the gateway's capture", deadline=review_at
    )
    if unchanged():
        state.flag_for_review("no evidence of the gateway's capture within 24 hours")
        await _slow_watch(state)


async def _until_merchant_acts(state: PaymentState, inquirer: Inquirer) -> None:
    unchanged, act_at = state.unchanged_since(), _expiry_action_time(state)
    state.set_waiting_for("capture or cancel by the merchant", act_at)
    await state.pause_until(act_at, "one hour before the authorization expires")
    if unchanged() and state.payment.authExpiryTime is None:
        await inquirer.inquire()
    if unchanged() and workflow.now() >= _expiry_action_time(state):
        await _act_before_expiry(state)


async def _act_before_expiry(state: PaymentState) -> None:
    """Captures or voids at most once. Where that did not succeed, the payment is flagged for review."""
    choice = state.order.onAuthorizationExpiry
    if choice is AuthorizationExpiry.NOTIFY or state.payment.progress.expiryActionAt is not None:
        await _let_it_expire(state)
    elif choice is AuthorizationExpiry.VOID:
        state.apply_event(Event.AUTHORIZATION_EXPIRING)
    elif state.payment.is_risk_rejected:
        await _let_it_expire(state)
    elif state.payment.is_under_risk_review:
        await _let_it_expire_under_risk_review(state)
    else:
        state.request_capture(CaptureRequest(), Source.CLOCK)


async def _let_it_expire(state: PaymentState) -> None:
    unchanged, expires = state.unchanged_since(), _expires(state)
    state.flag_for_review(f"the authorization expires at {expires:%Y-%m-%d %H:%M} UTC and is not captured")
    state.set_waiting_for("capture or cancel before the authorization expires", expires)
    await state.pause_until(expires, "the authorization expires")
    if unchanged():
        await _slow_watch(state)


async def _let_it_expire_under_risk_review(state: PaymentState) -> None:
    """Waits for the risk review until the authorization expires; nothing is captured before its decision."""
    unchanged, expires = state.unchanged_since(), _expires(state)
    state.flag_for_review(
        f"the authorization expires at {expires:%Y-%m-%d %H:%M} UTC and its risk review is not decided"
    )
    state.set_waiting_for(risk_review.WAITING_FOR, expires)
    await risk_review.until_decided(state, expires)
    if unchanged() and state.payment.is_under_risk_review:
        await _slow_watch(state)


async def _slow_watch(state: PaymentState) -> None:
    unchanged, round_number = state.unchanged_since(), 0
    while unchanged():
        state.set_waiting_for("the gateway's decision about the authorization")
        pace = review_pace(round_number)
        await watch(state, WatchFor.CAPTURE_DECIDED, pace, summary="the decision about the authorization")
        round_number += 1


def _since(state: PaymentState) -> datetime:
    return state.payment.attempt.decidedAt or state.payment.attempt.startedAt


def _expires(state: PaymentState) -> datetime:
    return state.payment.authExpiryTime or _since(state) + AUTHORIZATION_LIFE


def _expiry_action_time(state: PaymentState) -> datetime:
    """Returns the time of the expiry action: one hour before the end, or after half of a short lifetime."""
    since, expires = _since(state), _expires(state)
    return expires - min(BEFORE_EXPIRY, max((expires - since) / 2, timedelta(0)))
