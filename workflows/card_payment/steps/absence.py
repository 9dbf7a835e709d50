"""When "no such order" is believed: three times in a row, 15 seconds apart, and then closed by a cancel."""

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
    """Whether the current attempt's pay call certainly never arrived, and never will."""
    unchanged, absent = state.unchanged_since(), ConsecutiveCount(ABSENCE_ANSWERS)

    async def is_unknown() -> bool | None:
        """False at the first other answer; None until there are enough of the same."""
        is_seen = await inquirer.verdict() is Verdict.ABSENT
        return is_seen if absent.observe(is_seen=is_seen) or not is_seen else None

    summary = "until the gateway is asked again"
    if not await poll(is_unknown, Pauses(ABSENCE_PAUSE), summary=summary, goes_on=unchanged):
        return False
    if is_authorized_attempt(state.payment):
        return False
    return unchanged() and await _is_closed(state, inquirer) and unchanged()


def never_arrived(payment_request_id: str) -> PaymentEvidence:
    """What absence says about an attempt."""
    return PaymentEvidence(
        source=Source.INQUIRY,
        verdict=Verdict.FAILED,
        paymentRequestId=payment_request_id,
        resultCode=ORDER_NOT_EXIST,
        resultMessage="the pay call never arrived at the gateway",
    )


async def _is_closed(state: PaymentState, inquirer: Inquirer) -> bool:
    """Cancel what never arrived, so that a late request is rejected because its id is closed.

    Only a gateway that cancels it, or does not know it, confirms that nothing is there. Any other answer,
    that it was captured already for example, says that something is.
    """
    answer = await gateway.cancel(cancel_call(state, state.payment.attempt.paymentRequestId))
    if answer is None:
        return False
    if answer.accepted:
        return await inquirer.verdict() is Verdict.ABSENT
    return answer.code == ORDER_NOT_EXIST
