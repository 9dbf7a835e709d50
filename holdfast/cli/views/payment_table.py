"""A list of payments as a table."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from holdfast.cli.views.styles import payment_status
from holdfast.cli.views.times import ago
from holdfast.payment_list import ListedPayment


def payment_table(payments: Sequence[ListedPayment], now: datetime, *, width: int) -> Table:
    """Returns the table; a narrow one leaves out the order, the account and the gateway's id.

    Args:
        payments: The payments.
        now: The current time.
        width: The columns of the console.
    """
    is_wide = width >= 120
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("Payment", overflow="fold")
    table.add_column("Status", no_wrap=True)
    table.add_column("Amount", no_wrap=True, justify="right")
    table.add_column("Started", no_wrap=True)
    if is_wide:
        for title in ("Order", "Account", "Gateway's id"):
            table.add_column(title, overflow="ellipsis", no_wrap=True)
    for payment in payments:
        more = (payment.referenceOrderId, payment.merchantAccount, payment.paymentId) if is_wide else ()
        started = Text(ago(payment.startedAt, now), style="dim")
        # a string would be read as Rich's markup, and these are a merchant's and the gateway's
        texts = (Text(each or "") for each in more)
        reference, amount = Text(payment.paymentReference), Text(payment.amount)
        table.add_row(reference, _status(payment), amount, started, *texts)
    return table


def _status(payment: ListedPayment) -> Text:
    text = payment_status(payment.status)
    if payment.isTerminated:
        return Text.assemble(text, (" · terminated", "bold red"))
    if payment.needsReview:
        return Text.assemble(text, (" · review", "bold red"))
    return text
