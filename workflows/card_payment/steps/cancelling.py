"""CANCELLING: the money is let go, which counts once the gateway confirms that nothing is held."""

from activities.calls import CancelCall, CancelResult
from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.evidence import Source, Verdict
from holdfast.progress import CancellationCause
from holdfast.transitions import Event
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import is_disowned
from workflows.card_payment.inquirer import Inquirer, verdict_of
from workflows.card_payment.payment_state import Case
from workflows.timing import ABSENT_PAUSE, ABSENT_TIMES, CANCEL_PAUSE, CANCEL_TRIES

_CLOSED = frozenset({Verdict.CANCELLED, Verdict.FAILED})


async def cancelling(case: Case, inquirer: Inquirer) -> None:
    """Cancel and confirm by inquiry, three rounds at most; what stays open then is a person's to see."""
    here = case.here()
    case.waits("the gateway's confirmation that nothing is held")
    for _ in range(CANCEL_TRIES):
        answer = await gateway.cancel(cancel_call(case, case.payment.attempt.paymentRequestId))
        await _confirm(case, inquirer, answer)
        if not here():
            return
        await case.pause(CANCEL_PAUSE, "until the payment is cancelled again")
        if not here():
            return
    case.move(Event.TRUTH_UNKNOWN, detail="the cancel has no confirmation")
    case.flag("the gateway did not confirm the cancel: money may be held")


def cancel_call(case: Case, payment_request_id: str) -> CancelCall:
    """The cancel of one attempt."""
    return CancelCall(merchantAccount=case.order.merchantAccount, paymentRequestId=payment_request_id)


async def _confirm(case: Case, inquirer: Inquirer, answer: CancelResult | None) -> None:
    here, absent = case.here(), 0
    for _ in range(ABSENT_TIMES):
        verdict = verdict_of(await inquirer.ask())
        absent += verdict is Verdict.ABSENT
        if not here():
            return
        if verdict in _CLOSED or (absent == ABSENT_TIMES and _may_be_absent(case, answer)):
            case.move(_closing_event(case), Source.CANCEL)
            return
        if verdict is Verdict.SUCCEEDED and answer is not None and not answer.accepted:
            _not_cancelled(case, answer)
            return
        await case.pause(ABSENT_PAUSE, "until the gateway is asked again")
        if not here():
            return


def _may_be_absent(case: Case, answer: CancelResult | None) -> bool:
    """Whether the answer to the cancel fits a payment that the gateway does not know."""
    if answer is None or answer.accepted:
        return answer is not None
    return answer.code == ORDER_NOT_EXIST and not is_disowned(case.payment)


def _not_cancelled(case: Case, answer: CancelResult) -> None:
    """A refusal counts; but a cancel that found nothing has been overtaken by the pay call: cancel again."""
    if answer.refused and answer.code != ORDER_NOT_EXIST:
        case.move(Event.CANCEL_REFUSED, Source.CANCEL, answer.code)
        case.flag(f"the gateway refused to cancel: {answer.code}")


def _closing_event(case: Case) -> Event:
    """Cancelled where a person asked for it, expired where the clock did."""
    is_requested = case.payment.progress.cancellationCause is CancellationCause.REQUESTED
    return Event.CANCEL_CONFIRMED if is_requested else Event.EXPIRY_CONFIRMED
