"""The step of each status, which a payment runs until it has another status."""

from collections.abc import Awaitable, Callable, Mapping

from holdfast.statuses.payment_status import PaymentStatus as S
from workflows.card_payment.inquirer import Inquirer
from workflows.card_payment.payment_state import PaymentState
from workflows.card_payment.steps.authorized import authorized
from workflows.card_payment.steps.authorizing import authorizing
from workflows.card_payment.steps.cancelling import cancelling
from workflows.card_payment.steps.capturing import capturing
from workflows.card_payment.steps.declined import declined
from workflows.card_payment.steps.partially_captured import partially_captured
from workflows.card_payment.steps.review import review
from workflows.card_payment.steps.undecided import undecided

Step = Callable[[PaymentState, Inquirer], Awaitable[None]]

STEPS: Mapping[S, Step] = {
    S.AUTHORIZING: authorizing,
    S.ACTION_REQUIRED: undecided,
    S.PENDING: undecided,
    S.AUTHORIZED: authorized,
    S.CAPTURING: capturing,
    S.PARTIALLY_CAPTURED: partially_captured,
    S.DECLINED: declined,
    S.CANCELLING: cancelling,
    S.NEEDS_REVIEW: review,
}
"""One step per status that is not final."""
