"""When "no such order" is believed: three times in a row, 15 seconds apart, and closed all the same."""

from holdfast.antom.codes import ORDER_NOT_EXIST
from holdfast.evidence import PaymentEvidence, Source, Verdict
from workflows.card_payment import gateway_calls as gateway
from workflows.card_payment.answer_trust import is_disowned
from workflows.card_payment.inquirer import Inquirer, verdict_of
from workflows.card_payment.payment_state import Case
from workflows.card_payment.steps.cancelling import cancel_call
from workflows.timing import ABSENT_PAUSE, ABSENT_TIMES


async def is_absent(case: Case, inquirer: Inquirer) -> bool:
    """Whether the current attempt's pay call certainly never arrived, and never will."""
    here = case.here()
    for number in range(ABSENT_TIMES):
        if number:
            await case.pause(ABSENT_PAUSE, "until the gateway is asked again")
        if not here() or verdict_of(await inquirer.ask()) is not Verdict.ABSENT:
            return False
    if is_disowned(case.payment):
        return False
    return here() and await _is_closed(case, inquirer) and here()


def never_arrived(payment_request_id: str) -> PaymentEvidence:
    """What absence says about an attempt."""
    return PaymentEvidence(
        source=Source.INQUIRY,
        verdict=Verdict.FAILED,
        paymentRequestId=payment_request_id,
        resultCode=ORDER_NOT_EXIST,
        resultMessage="the pay call never arrived at the gateway",
    )


async def _is_closed(case: Case, inquirer: Inquirer) -> bool:
    """Cancel what never arrived, so that a straggler finds its request id closed.

    Only a gateway that cancels it, or does not know it, confirms that nothing is there. Any other answer,
    that it was captured already for example, says that something is.
    """
    answer = await gateway.cancel(cancel_call(case, case.payment.attempt.paymentRequestId))
    if answer is None:
        return False
    if answer.accepted:
        return verdict_of(await inquirer.ask()) is Verdict.ABSENT
    return answer.code == ORDER_NOT_EXIST
