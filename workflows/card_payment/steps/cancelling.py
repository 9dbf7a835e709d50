"""CANCELLING: the authorization is voided. The gateway has to confirm that nothing is held."""

from collections.abc import Callable

from activities.calls import CancelCall, CancelResult
from holdfast.antom.codes import ORDER_NOT_EXIST, is_explained
from holdfast.antom.endpoints import Operation
from holdfast.payment_event import Event
from holdfast.progress import CancellationCause
from holdfast.source import Source
from settlement.evidence import Verdict
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import is_authorized_attempt
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.polling import ConsecutiveCount, Pauses, poll
from workflows.timing import CANCEL_INQUIRIES, CANCEL_INQUIRY_PAUSE, CANCEL_PAUSE, CANCEL_TRIES

_CLOSED = frozenset({Verdict.CANCELLED, Verdict.FAILED})
_NOT_BY_DEADLINE = frozenset({CancellationCause.REQUESTED, CancellationCause.RISK_REJECTED})


async def cancelling(state: PaymentState, inquirer: Inquirer) -> None:
    """Cancels and confirms by inquiry, in three rounds at most; an unconfirmed cancel is reviewed."""
    unchanged = state.unchanged_since()
    state.set_waiting_for("the gateway's confirmation that nothing is held")

    async def cancel_and_confirm() -> None:
        answer = await gateway.cancel(cancel_call(state, state.payment.attempt.paymentRequestId))
        await _confirm(state, inquirer, answer, unchanged)

    await poll(
        cancel_and_confirm,
        Pauses(CANCEL_PAUSE),
        times=CANCEL_TRIES,
        summary="until the payment is cancelled again",
        goes_on=unchanged,
    )
    if unchanged():
        state.apply_event(Event.OUTCOME_UNKNOWN, detail="the cancel has no confirmation")
        state.flag_for_review("the gateway did not confirm the cancel: money may be held")


def cancel_call(state: PaymentState, payment_request_id: str) -> CancelCall:
    """Returns the cancel of one attempt."""
    return CancelCall(merchantAccount=state.order.merchantAccount, paymentRequestId=payment_request_id)


async def _confirm(
    state: PaymentState, inquirer: Inquirer, answer: CancelResult | None, unchanged: Callable[[], bool]
) -> None:
    absent = ConsecutiveCount(CANCEL_INQUIRIES)

    async def is_decided() -> bool | None:
        verdict = await inquirer.verdict()
        is_absent = absent.observe(is_seen=verdict is Verdict.ABSENT) and _may_be_absent(state, answer)
        if not unchanged():
            return None
        if verdict in _CLOSED or is_absent:
            state.apply_event(_closing_event(state), Source.CANCEL)
            return True
        if verdict is Verdict.SUCCEEDED and answer is not None and not answer.accepted:
            _not_cancelled(state, answer)
            return True
        return None

    await poll(
        is_decided,
        Pauses(CANCEL_INQUIRY_PAUSE),
        times=CANCEL_INQUIRIES,
        summary="until the next inquiry",
        goes_on=unchanged,
    )


def _may_be_absent(state: PaymentState, answer: CancelResult | None) -> bool:
    """Returns whether the answer to the cancel allows that the gateway does not know the payment."""
    if answer is None or answer.accepted:
        return answer is not None
    return answer.code == ORDER_NOT_EXIST and not is_authorized_attempt(state.payment)


def _not_cancelled(state: PaymentState, answer: CancelResult) -> None:
    """Applies a refusal that says why. A cancel that was refused otherwise is sent again.

    ORDER_NOT_EXIST means that it arrived before the pay call. An undocumented code, and that of a failure
    inside the gateway, leave open what has become of it.
    """
    is_explained_refusal = answer.refused and is_explained(Operation.CANCEL, answer.code)
    if is_explained_refusal and answer.code != ORDER_NOT_EXIST:
        state.apply_event(Event.CANCEL_REFUSED, Source.CANCEL, answer.code)
        state.flag_for_review(f"the gateway refused to cancel: {answer.code}")


def _closing_event(state: PaymentState) -> Event:
    """Returns EXPIRY_CONFIRMED for a cancellation by a deadline, and CANCEL_CONFIRMED for any other."""
    is_requested = state.payment.progress.cancellationCause in _NOT_BY_DEADLINE
    return Event.CANCEL_CONFIRMED if is_requested else Event.EXPIRY_CONFIRMED
