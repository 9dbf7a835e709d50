"""AUTHORIZED and PARTIALLY_CAPTURED: money is held until it is captured or voided, or until it expires."""

from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

from activities.calls import WatchFor
from holdfast.antom.models import CaptureMode
from holdfast.order import AuthorizationExpiry, CaptureRequest
from holdfast.payment import Attempt
from holdfast.payment_event import Event
from holdfast.source import Source
from settlement.authorization_expiry import action_time, certain_end, expiry_of
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import CAPTURE_RESULT, review_pace
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.polling import Pauses
from workflows.card_payment.watching import watch
from workflows.timing import CAPTURE_EVIDENCE, UNKNOWN_EXPIRY_LONGEST, UNKNOWN_EXPIRY_PAUSE


async def authorized(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for evidence of the gateway's capture (AUTOMATIC), or for the merchant (MANUAL)."""
    if state.order.captureMode is CaptureMode.AUTOMATIC:
        await _until_captured_by_gateway(state)
    elif await _is_action_due(state, inquirer, "capture or cancel by the merchant"):
        await _act_before_expiry(state)


async def partially_captured(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for another capture. The gateway releases the remainder when the authorization ends."""
    unchanged = state.unchanged_since()
    if state.payment.progress.authorizationEnd is not None:
        await inquirer.accept_external_captures()
        if unchanged():
            state.apply_event(Event.REMAINDER_RELEASED)
    elif await _is_action_due(state, inquirer, "another capture by the merchant"):
        await _act_on_remainder(state, inquirer)


async def _is_action_due(state: PaymentState, inquirer: Inquirer, actor: str) -> bool:
    """Waits until the action before the expiry is due, which moves with what is known about the expiry.

    While no expiry is known, inquiries are made, the last one when the action is due. Returns False where a
    transition of the payment came first.
    """
    unchanged, is_inquired = state.unchanged_since(), False
    pauses = Pauses(UNKNOWN_EXPIRY_PAUSE, growth=4, longest=UNKNOWN_EXPIRY_LONGEST)
    while unchanged():
        due = action_time(state.payment.attempt)
        if workflow.now() >= due and (is_inquired or _is_expiry_known(state)):
            return True
        state.set_waiting_for(actor, due)
        wake = due if _is_expiry_known(state) else min(due, workflow.now() + pauses.next())
        await _pause_while(state, action_time, due, wake, "the action before the authorization expires")
        is_inquired = unchanged() and not _is_expiry_known(state)
        if is_inquired:
            await inquirer.inquire()
    return False


async def _pause_while(
    state: PaymentState, moment: Callable[[Attempt], datetime], known: datetime, wake: datetime, summary: str
) -> None:
    """Waits until `wake`, until an earlier transition, or until `moment` is no longer the known one."""
    await state.pause_until(wake, summary, goes_on=lambda: moment(state.payment.attempt) == known)


def _is_expiry_known(state: PaymentState) -> bool:
    return state.payment.attempt.authExpiryTime is not None


async def _until_captured_by_gateway(state: PaymentState) -> None:
    unchanged, review_at = state.unchanged_since(), _since(state) + CAPTURE_EVIDENCE
    state.set_waiting_for("evidence of the gateway's capture", review_at)
    await watch(
        state, WatchFor.CAPTURE_DECIDED, CAPTURE_RESULT, summary="the gateway's capture", deadline=review_at
    )
    if unchanged():
        state.flag_for_review("no evidence of the gateway's capture within 24 hours")
        await _slow_watch(state)


async def _act_before_expiry(state: PaymentState) -> None:
    """Captures or voids at most once. Where that did not succeed, the payment is flagged for review."""
    choice = state.order.onAuthorizationExpiry
    if choice is AuthorizationExpiry.NOTIFY or _has_acted(state):
        await _let_it_expire(state)
    elif choice is AuthorizationExpiry.VOID:
        state.apply_event(Event.AUTHORIZATION_EXPIRING)
    else:
        state.request_capture(CaptureRequest(), Source.CLOCK)


async def _act_on_remainder(state: PaymentState, inquirer: Inquirer) -> None:
    """Captures the remainder, flags the payment, or leaves the release of the remainder to the gateway.

    The gateway cancels no payment of which a part is captured, so that VOID has nothing to send.
    """
    choice = state.order.onAuthorizationExpiry
    if choice is AuthorizationExpiry.CAPTURE and not _has_acted(state):
        state.request_capture(CaptureRequest(), Source.CLOCK)
        return
    if choice is not AuthorizationExpiry.VOID:
        _flag_expiring(state)
    await _until_remainder_is_released(state, inquirer)


def _has_acted(state: PaymentState) -> bool:
    return state.payment.progress.expiryActionAt is not None


def _flag_expiring(state: PaymentState) -> None:
    expires = expiry_of(state.payment.attempt)
    state.flag_for_review(f"the authorization expires at {expires:%Y-%m-%d %H:%M} UTC and is not captured")


async def _let_it_expire(state: PaymentState) -> None:
    unchanged = state.unchanged_since()
    _flag_expiring(state)
    await _until_moment(state, expiry_of, "capture or cancel before the authorization expires")
    if unchanged():
        await _slow_watch(state)


async def _until_remainder_is_released(state: PaymentState, inquirer: Inquirer) -> None:
    """Waits for the certain end of the authorization, because more can be captured until then.

    An inquiry is made before the remainder counts as released: another party can have captured it, and a
    later expiry can have been unknown.
    """
    unchanged = state.unchanged_since()
    await _until_moment(state, certain_end, "another capture, or the release of the remainder")
    if not unchanged():
        return
    if _is_expiry_known(state):
        await inquirer.accept_external_captures()
    else:
        await inquirer.inquire()
    if unchanged() and workflow.now() >= certain_end(state.payment.attempt):
        state.apply_event(Event.REMAINDER_RELEASED)


async def _until_moment(state: PaymentState, moment: Callable[[Attempt], datetime], actor: str) -> None:
    """Waits until a moment that moves with what is known, or until an earlier transition of the payment."""
    unchanged = state.unchanged_since()
    while unchanged() and workflow.now() < (known := moment(state.payment.attempt)):
        state.set_waiting_for(actor, known)
        await _pause_while(state, moment, known, known, "the end of the authorization")


async def _slow_watch(state: PaymentState) -> None:
    unchanged, round_number = state.unchanged_since(), 0
    while unchanged():
        state.set_waiting_for("the gateway's decision about the authorization")
        pace = review_pace(round_number)
        await watch(state, WatchFor.CAPTURE_DECIDED, pace, summary="the decision about the authorization")
        round_number += 1


def _since(state: PaymentState) -> datetime:
    return state.payment.attempt.decidedAt or state.payment.attempt.startedAt
