"""The life of one payment, from the first call to the merchant's last decision."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from holdfast import Payment
from holdfast.status import PaymentStatus as S
from tools.chaos.actor import Actor
from tools.chaos.faults.gateway_faults import GatewayFault
from tools.chaos.plan import Ending, Habit, Kind

FIRST_PAUSE, LONGEST_PAUSE = 0.4, 3.0
_PENDS = 0.15
_COMES_BACK = 0.6


async def live(actor: Actor, patience: float) -> None:
    """Everything that the plan says; what is not over within `patience` seconds then is left for later."""
    opening = _OPENINGS.get(actor.plan.kind, _card)
    await opening(actor)
    await finish(actor, patience)


async def finish(actor: Actor, patience: float) -> Payment | None:
    """Look after the payment until the merchant has nothing left to do; the payment as it was seen last."""
    give_up_at, pause, payment = time.monotonic() + patience, FIRST_PAUSE, await actor.get()
    while payment is not None and not is_at_rest(actor, payment) and time.monotonic() < give_up_at:
        await _see_to(actor, payment)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
        payment = await actor.get() or payment
    return payment


def is_at_rest(actor: Actor, payment: Payment) -> bool:
    """Whether the merchant waits for nothing: it has ended, or is held on purpose."""
    if payment.status is not S.AUTHORIZED:
        return payment.status.is_final
    plan = actor.plan
    return plan.ending is Ending.LEAVE if plan.is_manual else any(_is_never_captured(f) for f in plan.faults)


def _is_never_captured(fault: GatewayFault) -> bool:
    return fault.on == "automaticCapture" and fault.fault in ("none", "code_f")


async def _see_to(actor: Actor, payment: Payment) -> None:
    plan, status = actor.plan, payment.status
    if status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED) and plan.is_manual:
        await _decide(actor, payment)
    elif status is S.DECLINED and plan.kind is Kind.SECOND_CARD and len(payment.attempts) == 1:
        await actor.retry()
    elif status is not S.DECLINED:
        await actor.refresh()


async def _decide(actor: Actor, payment: Payment) -> None:
    if actor.plan.ending is Ending.CANCEL and payment.status is S.AUTHORIZED:
        await actor.cancel()
    elif len(actor.plan.parts) > 1:
        await actor.capture_next_part(payment)
    else:
        await actor.capture()


async def _card(actor: Actor) -> None:
    """The card is in the order: nothing is left for the buyer."""
    await actor.authorize()
    await _out_of_turn(actor)


async def _page(actor: Actor) -> None:
    """The buyer goes to the gateway's page, and perhaps tells the merchant when back."""
    await actor.authorize()
    await _out_of_turn(actor)
    await asyncio.sleep(actor.plan.buyer_after)
    if actor.rng.random() < _PENDS:
        await actor.buyer("pending")
        await asyncio.sleep(actor.plan.buyer_after)
    await actor.buyer("pay" if actor.rng.random() < 0.9 else "fail")
    if actor.rng.random() < _COMES_BACK:
        await actor.refresh()


async def _gives_up(actor: Actor) -> None:
    await actor.authorize()
    await _out_of_turn(actor)


async def _at_deadline(actor: Actor) -> None:
    """The buyer's time runs from the first call."""
    began = time.monotonic()
    await actor.authorize()
    await asyncio.sleep(max(0.0, actor.plan.buyer_after - (time.monotonic() - began)))
    await actor.buyer("pay")


async def _cancelled(actor: Actor) -> None:
    """The merchant thinks better of it, sometimes before the first answer."""
    await asyncio.gather(actor.authorize(), actor.sometime(actor.cancel))


async def _unruly(actor: Actor) -> None:
    """Everything at once."""
    calls = (actor.capture, actor.retry, actor.refresh, actor.authorize, actor.capture)
    wanted = [actor.cancel] if actor.plan.ending is Ending.CANCEL else []
    await asyncio.gather(actor.authorize(), *(actor.sometime(call) for call in (*calls, *wanted)))


async def _out_of_turn(actor: Actor) -> None:
    """A capture comes too soon, and another attempt although none has failed."""
    plan = actor.plan
    if Habit.OUT_OF_TURN in plan.habits and len(plan.parts) == 1 and plan.ending is Ending.CAPTURE:
        await asyncio.gather(actor.sometime(actor.capture), actor.sometime(actor.retry))


_OPENINGS: Mapping[Kind, Callable[[Actor], Awaitable[None]]] = {
    Kind.HOSTED: _page,
    Kind.THREE_DS: _page,
    Kind.GIVES_UP: _gives_up,
    Kind.AT_DEADLINE: _at_deadline,
    Kind.CANCELLED: _cancelled,
    Kind.UNRULY: _unruly,
}
