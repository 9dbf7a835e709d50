"""Accepts "no such order" after three answers in a row, 15 seconds apart, and a cancel that closes the id."""

from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.source import Source
from settlement.evidence import PaymentEvidence, Verdict
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import is_authorized_attempt
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.polling import ConsecutiveCount, Pauses, poll
from workflows.card_payment.steps.cancelling import cancel_call
from workflows.timing import ABSENCE_ANSWERS, ABSENCE_PAUSE


async def is_absent(state: PaymentState, inquirer: Inquirer) -> bool:
    """Returns whether the current attempt's pay call never arrived and is closed to a late arrival."""
    unchanged, absent = state.unchanged_since(), ConsecutiveCount(ABSENCE_ANSWERS)

    async def is_unknown() -> bool | None:
        """Returns False at the first other answer, None until there are enough of the same, and then True."""
        is_seen = await inquirer.verdict() is Verdict.ABSENT
        return is_seen if absent.observe(is_seen=is_seen) or not is_seen else None

    summary = "until the next inquiry"
    if not await poll(is_unknown, Pauses(ABSENCE_PAUSE), summary=summary, goes_on=unchanged):
        return False
    if is_authorized_attempt(state.payment):
        return False
    return unchanged() and await _is_closed(state, inquirer) and unchanged()


def never_arrived(payment_request_id: str) -> PaymentEvidence:
    """Returns the evidence that an attempt's pay call never arrived at the gateway."""
    return PaymentEvidence(
        source=Source.INQUIRY,
        verdict=Verdict.FAILED,
        paymentRequestId=payment_request_id,
        resultCode=ORDER_NOT_EXIST,
        resultMessage="the pay call never arrived at the gateway",
    )


async def _is_closed(state: PaymentState, inquirer: Inquirer) -> bool:
    """Cancels the attempt, so that a late request is rejected because its id is closed.

    Returns whether the gateway cancels it, or does not know it. Any other answer, such as one that it was
    captured already, means that the pay call did arrive.
    """
    answer = await gateway.cancel(cancel_call(state, state.payment.attempt.paymentRequestId))
    if answer is None:
        return False
    if answer.accepted:
        return await inquirer.verdict() is Verdict.ABSENT
    return answer.code == ORDER_NOT_EXIST
