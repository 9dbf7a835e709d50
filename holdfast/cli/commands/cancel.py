"""`holdfast cancel REF`: cancels a payment and releases what is held."""

from typing import Annotated

import typer

from holdfast.cli.commands.outcome import exit_status, show_outcome
from holdfast.cli.options import AsJson, Reference
from holdfast.cli.session import with_session
from holdfast.statuses.payment_status import PaymentStatus

Reason = Annotated[
    str, typer.Option("--reason", help="Why, for the audit trail, without personal data.", show_default=False)
]


def cancel(reference: Reference, reason: Reason, as_json: AsJson = False) -> int:
    """Cancel a payment that is not captured, and release what is held on the card."""
    payment = with_session(lambda session: session.payments.cancel(reference, reason))
    show_outcome(payment, as_json=as_json)
    return exit_status(payment, is_done=payment.status is PaymentStatus.CANCELLED)
