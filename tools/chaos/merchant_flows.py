"""The flow of one payment, from the first call to the merchant's last decision."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from holdfast import Payment
from holdfast.statuses.payment_status import PaymentStatus as S
from tools.chaos.faults.gateway_faults import GatewayFault
from tools.chaos.merchant_and_buyer import MerchantAndBuyer
from tools.chaos.plan import Ending, Habit, Kind

FIRST_PAUSE, MAX_PAUSE = 0.4, 3.0
_PENDING_PROBABILITY = 0.15
_RETURN_PROBABILITY = 0.6


async def run_flow(parties: MerchantAndBuyer, within: float) -> None:
    """Follows the plan, and then continues until the payment is settled or so many seconds have passed."""
    opening = _OPENINGS.get(parties.plan.kind, _pay_by_card)
    await opening(parties)
    await finish(parties, within)


async def finish(parties: MerchantAndBuyer, within: float) -> Payment | None:
    """Acts until the merchant has nothing left to do; returns the payment as it was read last."""
    give_up_at, pause, payment = time.monotonic() + within, FIRST_PAUSE, await parties.get()
    while payment is not None and not is_settled(parties, payment) and time.monotonic() < give_up_at:
        await _act_on(parties, payment)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, MAX_PAUSE)
        payment = await parties.get() or payment
    return payment


def is_settled(parties: MerchantAndBuyer, payment: Payment) -> bool:
    """Whether the merchant waits for nothing: the payment has ended, or stays authorized on purpose."""
    if payment.status is not S.AUTHORIZED:
        return payment.status.is_final
    plan = parties.plan
    return plan.ending is Ending.LEAVE if plan.is_manual else any(_is_never_captured(f) for f in plan.faults)


def _is_never_captured(fault: GatewayFault) -> bool:
    return fault.on == "automaticCapture" and fault.fault in ("none", "code_f")


async def _act_on(parties: MerchantAndBuyer, payment: Payment) -> None:
    plan, status = parties.plan, payment.status
    if status in (S.AUTHORIZED, S.PARTIALLY_CAPTURED) and plan.is_manual:
        await _decide(parties, payment)
    elif status is S.DECLINED and plan.kind is Kind.SECOND_CARD and len(payment.attempts) == 1:
        await parties.retry()
    elif status is not S.DECLINED:
        await parties.refresh()


async def _decide(parties: MerchantAndBuyer, payment: Payment) -> None:
    if parties.plan.ending is Ending.CANCEL and payment.status is S.AUTHORIZED:
        await parties.cancel()
    elif len(parties.plan.parts) > 1:
        await parties.capture_next_part(payment)
    else:
        await parties.capture()


async def _pay_by_card(parties: MerchantAndBuyer) -> None:
    """The card is in the order, and the buyer has nothing to do."""
    await parties.authorize()
    await _out_of_sequence(parties)


async def _pay_on_page(parties: MerchantAndBuyer) -> None:
    """The buyer pays on the gateway's page, and sometimes returns to the merchant's."""
    await parties.authorize()
    await _out_of_sequence(parties)
    await asyncio.sleep(parties.plan.buyer_after)
    if parties.rng.random() < _PENDING_PROBABILITY:
        await parties.act_as_buyer("pending")
        await asyncio.sleep(parties.plan.buyer_after)
    await parties.act_as_buyer("pay" if parties.rng.random() < 0.9 else "fail")
    if parties.rng.random() < _RETURN_PROBABILITY:
        await parties.refresh()


async def _abandon(parties: MerchantAndBuyer) -> None:
    await parties.authorize()
    await _out_of_sequence(parties)


async def _pay_at_deadline(parties: MerchantAndBuyer) -> None:
    """The buyer pays when the time limit, which starts with the first call, is about to pass."""
    started_at = time.monotonic()
    await parties.authorize()
    await asyncio.sleep(max(0.0, parties.plan.buyer_after - (time.monotonic() - started_at)))
    await parties.act_as_buyer("pay")


async def _cancel(parties: MerchantAndBuyer) -> None:
    """The merchant cancels, sometimes before the first response."""
    await asyncio.gather(parties.authorize(), parties.after_delay(parties.cancel))


async def _all_at_once(parties: MerchantAndBuyer) -> None:
    """The merchant sends all commands at once."""
    calls = (parties.capture, parties.retry, parties.refresh, parties.authorize, parties.capture)
    cancelling = [parties.cancel] if parties.plan.ending is Ending.CANCEL else []
    await asyncio.gather(parties.authorize(), *(parties.after_delay(call) for call in (*calls, *cancelling)))


async def _abandoned(parties: MerchantAndBuyer) -> None:
    """Many callers give up while the gateway works on the payment, and the merchant cancels it then."""
    await parties.abandon(parties.authorize)
    await parties.abandon(parties.rng.choice([parties.capture, parties.retry]))
    await parties.cancel()


async def _out_of_sequence(parties: MerchantAndBuyer) -> None:
    """The merchant captures too early, and retries although no attempt has failed."""
    plan = parties.plan
    if Habit.OUT_OF_SEQUENCE in plan.habits and len(plan.parts) == 1 and plan.ending is Ending.CAPTURE:
        await asyncio.gather(parties.after_delay(parties.capture), parties.after_delay(parties.retry))


_OPENINGS: Mapping[Kind, Callable[[MerchantAndBuyer], Awaitable[None]]] = {
    Kind.HOSTED: _pay_on_page,
    Kind.THREE_DS: _pay_on_page,
    Kind.GIVES_UP: _abandon,
    Kind.AT_DEADLINE: _pay_at_deadline,
    Kind.CANCELLED: _cancel,
    Kind.OUT_OF_SEQUENCE: _all_at_once,
    Kind.ABANDONED: _abandoned,
}
