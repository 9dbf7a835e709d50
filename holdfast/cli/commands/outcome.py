"""What a command that has changed a payment prints, and its exit status."""

from rich.text import Text

from holdfast.cli import output
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.views.status_sentence import status_sentence
from holdfast.cli.views.styles import payment_status
from holdfast.payment import Payment
from holdfast.statuses.payment_status import PaymentStatus as S

_IN_PROGRESS = frozenset({S.AUTHORIZING, S.PENDING, S.CAPTURING, S.CANCELLING})


def show_outcome(payment: Payment, *, as_json: bool) -> None:
    """Prints the payment in one line, or as JSON."""
    if as_json:
        output.show_json(payment)
        return
    line = Text.assemble((payment.paymentReference, "bold"), "  ", payment_status(payment.status), "  ")
    output.show(line.append(status_sentence(payment)))
    if payment.review is not None:
        output.show(Text.assemble(("A person must look: ", "bold red"), payment.review.reason))


def exit_status(payment: Payment, *, is_done: bool) -> ExitStatus:
    """Returns the exit status of a command that wanted to change the payment.

    Args:
        payment: The payment after the command.
        is_done: Whether the command has reached what it was asked for.
    """
    if payment.status is S.NEEDS_REVIEW:
        return ExitStatus.NEEDS_PERSON
    if is_done:
        return ExitStatus.OK
    if payment.status in _IN_PROGRESS:
        output.note(f"The outcome is not known yet: holdfast watch {payment.paymentReference}")
        return ExitStatus.IN_PROGRESS
    return ExitStatus.REFUSED
