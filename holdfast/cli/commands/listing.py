"""`holdfast list`: the newest payments."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from holdfast.cli import output
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.options import Account, AsJson
from holdfast.cli.session import with_session
from holdfast.cli.views.payment_table import payment_table
from holdfast.payment_list import PaymentFilter, list_payments
from holdfast.statuses.payment_status import PaymentStatus

Status = Annotated[
    PaymentStatus | None,
    typer.Option("--status", help="Only this status.", case_sensitive=False, show_default=False),
]
NeedsReview = Annotated[bool, typer.Option("--review", help="Only payments that a person must look at.")]
IsOverdue = Annotated[
    bool, typer.Option("--overdue", help="Only payments that wait too long for an answer of the gateway.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="The highest number of payments.")]


def list_newest(
    status: Status = None,
    needs_review: NeedsReview = False,
    is_overdue: IsOverdue = False,
    account: Account = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> int:
    """List payments, open and newest first, by status, account, need of a review or overdue answer."""
    which = PaymentFilter(
        status=status,
        merchantAccount=account,
        needsReview=needs_review or None,
        overdueAt=datetime.now(UTC) if is_overdue else None,
    )
    payments = with_session(lambda session: list_payments(session.temporal, which, limit=limit))
    if as_json:
        output.show_json(payments)
    elif payments:
        width = output.console().width
        output.show(payment_table(payments, datetime.now(UTC), width=width))
    else:
        output.show(Text("No payment.", style="dim"))
    return ExitStatus.OK
