"""`holdfast show REF`: one payment, readable."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from holdfast.cli import output
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.options import AsJson, Reference
from holdfast.cli.session import with_session
from holdfast.cli.views.payment_panel import LINES, payment_panel

EveryLine = Annotated[bool, typer.Option("--all", help="Show the whole audit trail.")]


def show(reference: Reference, every_line: EveryLine = False, as_json: AsJson = False) -> int:
    """Show one payment: what is known, its money, its attempts and captures, and its audit trail."""
    payment = with_session(lambda session: session.payments.get(reference))
    if as_json:
        output.show_json(payment)
    else:
        output.show(payment_panel(payment, datetime.now(UTC), lines=None if every_line else LINES))
    return ExitStatus.OK
