"""What a payment does in each status, until it has another one."""

from collections.abc import Awaitable, Callable, Mapping

from payments.status import PaymentStatus as S
from workflows.case import Case
from workflows.inquirer import Inquirer
from workflows.steps.authorized import authorized, partially_captured
from workflows.steps.authorizing import authorizing
from workflows.steps.cancelling import cancelling
from workflows.steps.capturing import capturing
from workflows.steps.declined import declined
from workflows.steps.review import review
from workflows.steps.undecided import undecided

Step = Callable[[Case, Inquirer], Awaitable[None]]

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
