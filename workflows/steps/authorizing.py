"""AUTHORIZING: the pay call is on its way, and its outcome may be unknown."""

from temporalio import workflow

from activities.calls import PayFinding
from antom.codes import ORDER_NOT_EXIST
from payments.evidence import PaymentEvidence, Source, Verdict
from payments.graph import Event
from payments.translation import from_missing_card
from workflows import gateway
from workflows.case import Case, until
from workflows.gateway import OrderRefused
from workflows.inquirer import Inquirer, verdict_of
from workflows.steps.cancelling import cancel_call
from workflows.timing import ABSENT_PAUSE, ABSENT_TIMES


async def authorizing(case: Case, inquirer: Inquirer) -> None:
    """Pay; a call without an outcome is asked about until the truth is known or the buyer's time is up.

    A cancellation waits for the pay call to end: a cancel that overtook it would find nothing to cancel.
    """
    here = case.here()
    case.waits("the gateway's answer to pay")
    attempt = case.payment.attempt.paymentRequestId
    try:
        finding = await until(lambda: _is_decided(case, attempt), gateway.pay(case.pay_call()))
    except OrderRefused as refusal:
        _refused(case, attempt, refusal.message)
        return
    if finding is not None:
        await _hear(case, inquirer, finding)
    elif reference := case.order.paymentMethod.cardReference:
        await gateway.forget_card(reference)
    if here():
        await _establish(case, inquirer)


def _is_decided(case: Case, payment_request_id: str) -> bool:
    attempts = (a for a in case.payment.attempts if a.paymentRequestId == payment_request_id)
    return any(attempt.decidedAt is not None for attempt in attempts)


def _refused(case: Case, attempt: str, message: str) -> None:
    if len(case.payment.attempts) == 1:
        case.refusal = message
    else:
        case.learn(from_missing_card(attempt, message))


async def _hear(case: Case, inquirer: Inquirer, finding: PayFinding) -> None:
    """The answer to a first send is the truth. The answer to a repeat may be about the repeat alone:

    an earlier send of the same id can have succeeded, so a failure is confirmed before it is believed, and a
    payment in process may have been finished already (Antom: idempotency).
    """
    failed = finding.evidence.verdict is Verdict.FAILED
    if finding.repeated and failed:
        if verdict_of(await inquirer.ask()) is Verdict.ABSENT:
            case.learn(finding.evidence)
        return
    case.learn(finding.evidence)
    if finding.repeated and finding.evidence.verdict is Verdict.IN_PROCESS:
        await inquirer.ask()


async def _establish(case: Case, inquirer: Inquirer) -> None:
    """Ask before deciding. What the gateway does not know three times never arrived."""
    here, absent = case.here(), 0
    while here():
        case.waits("the gateway's word on what became of the pay call", case.deadline)
        verdict = verdict_of(await inquirer.ask())
        absent = absent + 1 if verdict is Verdict.ABSENT else 0
        if not here():
            return
        if absent == ABSENT_TIMES:
            await _never_arrived(case, inquirer)
        elif workflow.now() >= case.deadline:
            case.move(Event.TRUTH_UNKNOWN, detail="the pay call has no known outcome")
            case.flag("the pay call has no known outcome, and the gateway could not say")
        if here():
            await case.pause(ABSENT_PAUSE, "until the gateway is asked again")


async def _never_arrived(case: Case, inquirer: Inquirer) -> None:
    """Cancelled all the same, so that a straggler finds its request id closed."""
    here, attempt = case.here(), case.payment.attempt.paymentRequestId
    answer = await gateway.cancel(cancel_call(case, attempt))
    if answer is not None and answer.accepted:
        await inquirer.ask()
    if not here():
        return
    never = PaymentEvidence(
        source=Source.INQUIRY,
        verdict=Verdict.FAILED,
        paymentRequestId=attempt,
        resultCode=ORDER_NOT_EXIST,
        resultMessage="the pay call never arrived at the gateway",
    )
    case.learn(never)
