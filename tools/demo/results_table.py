"""The table at the end: each payment as Holdfast reports it, beside the gateway's ledger."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from holdfast.antom.amounts import Amount
from tools.demo.progress import coloured, mark
from tools.demo.scenario_result import ScenarioResult
from tools.demo.shop import CURRENCY
from tools.local_stack.command_line import WIDE
from tools.local_stack.ledger import OrderSummary

CAPTION = (
    "ledger: what happened to the money by the gateway's record\n"
    "at most live: the most authorizations that were held or captured at one time\n"
    "calls: how many calls the gateway received"
)


def money(minor_units: int) -> str:
    """Formats an amount, as in "EUR 30.00"; a dash for zero."""
    return Amount(currency=CURRENCY, value=str(minor_units)).display if minor_units else "-"


def results_table(results: Sequence[ScenarioResult], width: int) -> Table:
    """Returns a table with one row for each payment, with the scenario's title where `width` allows it."""
    has_room = width >= WIDE
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.caption, table.caption_justify = CAPTION, "left"
    for heading in ("", "payment", *(("scenario",) if has_room else ()), "status"):
        table.add_column(heading, no_wrap=True)
    for heading in ("captured", "ledger:\ncaptured", "at most\nlive", "pay\ncalls", "capture\ncalls"):
        table.add_column(heading, no_wrap=True, justify="right")
    for result in results:
        title = [Text(result.scenario.title)] if has_room else []
        numbers = (*_of_payment(result), *_of_ledger(result.order))
        table.add_row(mark(result.is_as_expected), Text(result.reference), *title, *numbers)
    return table


def complaints(results: Sequence[ScenarioResult]) -> list[str]:
    """Returns a line for each payment that is not as expected."""
    return [
        f"{result.reference}: {'; '.join(result.discrepancies)}"
        for result in results
        if not result.is_as_expected
    ]


def _of_payment(result: ScenarioResult) -> list[Text]:
    payment = result.payment
    captured = payment.capturedAmount.minor_units if payment and payment.capturedAmount else 0
    return [coloured(str(payment.status) if payment else "-"), Text(money(captured))]


def _of_ledger(order: OrderSummary) -> list[Text]:
    captured = "voided" if order.voided and not order.captured else money(order.captured)
    counts = (order.most_live, order.pay_calls, order.capture_calls)
    return [Text(captured, style="cyan"), *(Text(str(count), style="cyan") for count in counts)]
