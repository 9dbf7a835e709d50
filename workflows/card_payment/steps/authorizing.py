"""AUTHORIZING: the pay call is in progress, and its outcome can be unknown."""

from activities.calls import PayResult
from holdfast.antom.endpoints import Operation
from holdfast.payment_event import Event
from settlement.evidence import PaymentEvidence, Verdict
from settlement.translation import from_missing_card
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import needs_inquiry
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState, until
from workflows.card_payment.polling import Pauses, poll
from workflows.card_payment.steps.absence import is_absent, never_arrived
from workflows.execution import ActivityRefused
from workflows.timing import UNKNOWN_PAY_PAUSE


async def authorizing(state: PaymentState, inquirer: Inquirer) -> None:
    """Pays. A call without an outcome is inquired about until it is decided or the buyer's time has passed.

    A cancellation waits for the pay call to end: a cancel that arrives before it finds nothing to cancel.
    The call is made in one run of the workflow; only the inquiries about it go on in the next run.
    """
    if not state.is_unconfirmed:
        state.unconfirmed_failure = await _pay(state, inquirer)
    if state.unconfirmed_failure is not None:
        await _establish(state, inquirer, state.unconfirmed_failure)


async def _pay(state: PaymentState, inquirer: Inquirer) -> PaymentEvidence | None:
    """Pays. Returns what is settled if the call never arrived; None where its outcome is known."""
    unchanged = state.same_revision()
    state.set_waiting_for("the gateway's answer to pay")
    attempt, card = state.payment.attempt.paymentRequestId, state.order.paymentMethod.cardReference
    try:
        result = await until(lambda: _is_decided(state, attempt), gateway.pay(state.pay_call()))
    except ActivityRefused as refusal:
        _refused(state, attempt, refusal.message)
        return None
    if card is not None:
        state.used_cards.add(card)
    if result is not None:
        await _apply(state, inquirer, result)
    elif card is not None:
        await gateway.forget_card(card)
    if not unchanged():
        return None
    failed = result is not None and result.evidence.verdict is Verdict.FAILED
    return result.evidence if result and failed else never_arrived(attempt)


def _is_decided(state: PaymentState, payment_request_id: str) -> bool:
    attempts = (a for a in state.payment.attempts if a.paymentRequestId == payment_request_id)
    return any(attempt.decidedAt is not None for attempt in attempts)


def _refused(state: PaymentState, attempt: str, message: str) -> None:
    if len(state.payment.attempts) == 1:
        state.refusal = message
    else:
        state.apply(from_missing_card(attempt, message))


async def _apply(state: PaymentState, inquirer: Inquirer, result: PayResult) -> None:
    """Settles the answer, unless it needs an inquiry first.

    The answer to a repeated call may concern only the repeat. An earlier send of the same id can have
    succeeded, so a failure is accepted only after an inquiry, and a payment in process can have been finished
    already (Antom: idempotency).
    """
    if needs_inquiry(Operation.PAY, result):
        return
    state.apply(result.evidence)
    if result.repeated and result.evidence.verdict is Verdict.IN_PROCESS:
        await inquirer.inquire()


async def _establish(state: PaymentState, inquirer: Inquirer, if_absent: PaymentEvidence) -> None:
    """Inquires before a decision; `if_absent` is settled where the pay call never arrived."""
    unchanged = state.unchanged_since()
    state.set_waiting_for("the gateway's record of the pay call", state.deadline)

    async def never_arrives() -> bool | None:
        return await is_absent(state, inquirer) or None

    while unchanged():
        absent = await poll(
            never_arrives,
            Pauses(UNKNOWN_PAY_PAUSE, growth=2),
            summary="until the next inquiry",
            until=state.deadline,
            goes_on=unchanged,
        )
        if absent:
            state.apply(if_absent)
        elif unchanged():
            state.apply_event(Event.TRUTH_UNKNOWN, detail="the pay call has no known outcome")
            state.flag_for_review("the pay call has no known outcome, and no inquiry has established it")
