"""The table of the open payments before a process ended and after it was started again."""

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from tools.demo.progress import coloured
from tools.demo.results_table import money
from tools.demo.supervision.open_payments import Observed, ObservedPayment
from tools.local_stack.ledger import OrderSummary


def payments_table(before: Observed, after: Observed) -> Table:
    """Returns a table with one row for each payment of `before`, and two where it is another one now.

    In a terminal of 80 columns references and statuses are whole; the record of the money may wrap.
    """
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("payment", "", "Temporal"):
        table.add_column(heading, no_wrap=True)
    table.add_column("ledger")
    for reference, observed in before.items():
        was, now = _cells(observed), _cells(after[reference])
        if was == now:
            table.add_row(Text(reference), Text("unchanged", style="dim"), *now)
        else:
            table.add_row(Text(reference), Text("before"), *was)
            table.add_row(Text(), Text("now"), *now)
    return table


def money_in(order: OrderSummary) -> str:
    """Says where the money of one order is, by the gateway's record."""
    parts = [f"{money(amount)} {what}" for amount, what in _amounts(order) if amount]
    return ", ".join(parts) or ("voided" if order.voided else "no money moved")


def _amounts(order: OrderSummary) -> tuple[tuple[int, str], ...]:
    return ((order.held, "held"), (order.captured, "captured"))


def _cells(observed: ObservedPayment) -> tuple[Text, Text]:
    return coloured(observed.status), Text(money_in(observed.order), style="cyan")
