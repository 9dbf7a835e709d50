"""AUTHORIZED and PARTIALLY_CAPTURED: money is held, until it is taken, let go, or runs out."""

from datetime import datetime, timedelta

from temporalio import workflow

from activities.calls import WatchFor
from holdfast.antom.models import CaptureMode
from holdfast.evidence import Source
from holdfast.order import AuthorizationExpiry, CaptureRequest
from holdfast.status import PaymentStatus as S
from holdfast.transitions import Event
from settlement.captures import hold_is_gone
from settlement.commands import capture_requested
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.pace import CAPTURE_RESULT, review_pace
from workflows.card_payment.payment_state import Case
from workflows.card_payment.watching import watch
from workflows.timing import AUTHORIZATION_LIFE, BEFORE_EXPIRY, CAPTURE_EVIDENCE


async def authorized(case: Case, inquirer: Inquirer) -> None:
    """AUTOMATIC: wait for evidence of the gateway's capture. MANUAL: wait for the merchant."""
    if case.order.captureMode is CaptureMode.AUTOMATIC:
        await _until_captured_by_gateway(case)
    else:
        await _until_merchant_acts(case, inquirer)


async def partially_captured(case: Case, inquirer: Inquirer) -> None:
    """Wait for another capture; what nobody took by the authorization's end is released by itself."""
    here = case.here()
    if hold_is_gone(case.payment):
        await inquirer.look_for_captures()
        if here():
            case.move(Event.REMAINDER_RELEASED)
        return
    expires = _expires(case)
    case.waits("another capture by the merchant", expires)
    await case.pause_until(expires, "the remainder is released")
    if here() and not await _is_held_longer(case, inquirer) and here():
        case.move(Event.REMAINDER_RELEASED)


async def _is_held_longer(case: Case, inquirer: Inquirer) -> bool:
    """Whether the gateway has told another end of the authorization since, or tells one now.

    It is asked in any case: somebody else can have taken what is about to be called released.
    """
    if case.payment.authExpiryTime is None:
        await inquirer.ask()
    else:
        await inquirer.look_for_captures()
    return workflow.now() < _expires(case)


async def _until_captured_by_gateway(case: Case) -> None:
    here, review_at = case.here(), _since(case) + CAPTURE_EVIDENCE
    case.waits("evidence of the gateway's capture", review_at)
    await watch(
        case, WatchFor.CAPTURE_DECIDED, CAPTURE_RESULT, summary="the gateway's capture", deadline=review_at
    )
    if here():
        case.flag("no evidence of the gateway's capture within 24 hours")
        await _slow_watch(case)


async def _until_merchant_acts(case: Case, inquirer: Inquirer) -> None:
    here, act_at = case.here(), _acts_at(case)
    case.waits("capture or cancel by the merchant", act_at)
    await case.pause_until(act_at, "one hour before the authorization expires")
    if here() and case.payment.authExpiryTime is None:
        await inquirer.ask()
    if here() and workflow.now() >= _acts_at(case):
        await _act_before_expiry(case)


async def _act_before_expiry(case: Case) -> None:
    choice = case.order.onAuthorizationExpiry
    if choice is AuthorizationExpiry.NOTIFY or _was_tried(case):
        await _let_it_expire(case)
    elif choice is AuthorizationExpiry.VOID:
        case.move(Event.AUTHORIZATION_EXPIRING)
    else:
        now = workflow.now()
        case.payment = capture_requested(case.payment, CaptureRequest(), now, Source.CLOCK)


async def _let_it_expire(case: Case) -> None:
    here, expires = case.here(), _expires(case)
    case.flag(f"the authorization expires at {expires:%Y-%m-%d %H:%M} UTC and is not captured")
    case.waits("capture or cancel before the authorization expires", expires)
    await case.pause_until(expires, "the authorization expires")
    if here():
        await _slow_watch(case)


async def _slow_watch(case: Case) -> None:
    here, round_number = case.here(), 0
    while here():
        case.waits("the gateway to tell what became of the authorization")
        pace = review_pace(round_number)
        await watch(case, WatchFor.CAPTURE_DECIDED, pace, summary="what became of the authorization")
        round_number += 1


def _was_tried(case: Case) -> bool:
    """Whether the clock has acted already and did not succeed: once is enough, a person decides."""
    return any(event.source is Source.CLOCK and event.from_ is S.AUTHORIZED for event in case.payment.events)


def _since(case: Case) -> datetime:
    return case.payment.attempt.decidedAt or case.payment.attempt.startedAt


def _expires(case: Case) -> datetime:
    return case.payment.authExpiryTime or _since(case) + AUTHORIZATION_LIFE


def _acts_at(case: Case) -> datetime:
    """An hour before the end, or half way to it where the whole authorization lasts hardly longer."""
    since, expires = _since(case), _expires(case)
    return expires - min(BEFORE_EXPIRY, max((expires - since) / 2, timedelta(0)))
