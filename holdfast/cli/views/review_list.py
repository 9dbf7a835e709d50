"""The review list: each item with its reason, its age and the commands to run next."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from holdfast.cli.output import OneLine
from holdfast.cli.review_entries import ReviewEntry
from holdfast.cli.views.styles import payment_status
from holdfast.cli.views.times import ago, utc
from holdfast.statuses.payment_status import PaymentStatus

_INDENT = (0, 0, 0, 2)


def review_blocks(entries: Sequence[ReviewEntry], now: datetime) -> Iterator[RenderableType | OneLine]:
    """Yields what is printed for the entries."""
    for entry in entries:
        yield _heading(entry)
        yield Padding(Text(entry.reason), _INDENT, expand=False)
        yield Padding(
            Text(f"since {utc(entry.since)}, {ago(entry.since, now)}", style="dim"), _INDENT, expand=False
        )
        if entry.paymentRequestId:
            yield Padding(
                Text(f"at the gateway: {entry.paymentRequestId}", style="dim"), _INDENT, expand=False
            )
        for command in entry.commands:
            yield OneLine(Text(f"  $ {command}", style="cyan"))
        yield Text("")


def _heading(entry: ReviewEntry) -> Text:
    heading = Text(entry.paymentReference or entry.workflowId, style="bold")
    if entry.status is not None:
        heading.append("  ").append_text(payment_status(PaymentStatus(entry.status)))
    else:
        heading.append(f"  {entry.workflowType}", style="bold red")
    for part in (entry.amount, entry.merchantAccount, None if entry.isOpen else "ended"):
        if part:
            heading.append(f" · {part}", style="dim")
    return heading
