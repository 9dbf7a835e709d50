"""`holdfast refresh REF`: asks the gateway now."""

from holdfast.cli.commands.outcome import exit_status, show_outcome
from holdfast.cli.options import AsJson, Reference
from holdfast.cli.session import with_session


def refresh(reference: Reference, as_json: AsJson = False) -> int:
    """Ask the gateway now for the state of a payment."""
    payment = with_session(lambda session: session.payments.refresh(reference))
    show_outcome(payment, as_json=as_json)
    return exit_status(payment, is_done=True)
