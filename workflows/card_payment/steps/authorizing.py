"""AUTHORIZING: the pay call is on its way, and its outcome may be unknown."""

from temporalio import workflow

from activities.calls import PayResult
from holdfast.antom.endpoints import Operation
from holdfast.evidence import PaymentEvidence, Verdict
from holdfast.transitions import Event
from settlement.translation import from_missing_card
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import is_untrusted
from workflows.card_payment.gateway_calls import OrderRefused
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import Case, until
from workflows.card_payment.steps.absence import is_absent, never_arrived
from workflows.timing import ABSENT_PAUSE


async def authorizing(case: Case, inquirer: Inquirer) -> None:
    """Pay; a call without an outcome is asked about until the truth is known or the buyer's time is up.

    A cancellation waits for the pay call to end: a cancel that overtook it would find nothing to cancel.
    """
    here = case.here()
    case.waits("the gateway's answer to pay")
    attempt, card = case.payment.attempt.paymentRequestId, case.order.paymentMethod.cardReference
    try:
        finding = await until(lambda: _is_decided(case, attempt), gateway.pay(case.pay_call()))
    except OrderRefused as refusal:
        _refused(case, attempt, refusal.message)
        return
    if card is not None:
        case.used_cards.add(card)
    if finding is not None:
        await _hear(case, inquirer, finding)
    elif card is not None:
        await gateway.forget_card(card)
    if here():
        failed = finding is not None and finding.evidence.verdict is Verdict.FAILED
        await _establish(case, inquirer, finding.evidence if finding and failed else never_arrived(attempt))


def _is_decided(case: Case, payment_request_id: str) -> bool:
    attempts = (a for a in case.payment.attempts if a.paymentRequestId == payment_request_id)
    return any(attempt.decidedAt is not None for attempt in attempts)


def _refused(case: Case, attempt: str, message: str) -> None:
    if len(case.payment.attempts) == 1:
        case.refusal = message
    else:
        case.learn(from_missing_card(attempt, message))


async def _hear(case: Case, inquirer: Inquirer, finding: PayResult) -> None:
    """The answer to a first send is the truth, unless it says itself to ask. The answer to a repeat may be
    about the repeat alone:

    an earlier send of the same id can have succeeded, so a failure is not believed before the gateway knows
    of nothing else, and a payment in process may have been finished already (Antom: idempotency).
    """
    if is_untrusted(Operation.PAY, finding):
        return
    case.learn(finding.evidence)
    if finding.repeated and finding.evidence.verdict is Verdict.IN_PROCESS:
        await inquirer.ask()


async def _establish(case: Case, inquirer: Inquirer, if_absent: PaymentEvidence) -> None:
    """Ask before deciding; `if_absent` holds where the pay call never arrived."""
    here, pause = case.here(), ABSENT_PAUSE
    while here():
        case.waits("the gateway's word on what became of the pay call", case.deadline)
        if await is_absent(case, inquirer):
            case.learn(if_absent)
        elif here() and workflow.now() >= case.deadline:
            case.move(Event.TRUTH_UNKNOWN, detail="the pay call has no known outcome")
            case.flag("the pay call has no known outcome, and the gateway could not say")
        elif here():
            ask_at = min(workflow.now() + pause, case.deadline)
            await case.pause_until(ask_at, "until the gateway is asked again")
            pause *= 2
