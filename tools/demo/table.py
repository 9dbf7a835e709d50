"""The table at the end: what we say of each payment, beside what the gateway's ledger says."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from holdfast.antom.amounts import Amount
from tools.demo.progress import WIDE, coloured, mark
from tools.demo.scenario_run import Result
from tools.demo.shop import CURRENCY
from tools.local_stack.ledger_client import Account

CAPTION = (
    "ledger: what the gateway says happened to the money\n"
    "at most live: the most authorizations that held or took money at one time\n"
    "calls: how often the gateway was asked"
)


def money(minor_units: int) -> str:
    """As in "EUR 30.00"; a dash for nothing."""
    return Amount(currency=CURRENCY, value=str(minor_units)).display if minor_units else "-"


def table_of(results: Sequence[Result], width: int) -> Table:
    """One row for each payment; their stories' titles where `width` has room for them."""
    has_room = width >= WIDE
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.caption, table.caption_justify = CAPTION, "left"
    for heading in ("", "payment", *(("story",) if has_room else ()), "status"):
        table.add_column(heading, no_wrap=True)
    for heading in ("captured", "ledger:\ncaptured", "at most\nlive", "pay\ncalls", "capture\ncalls"):
        table.add_column(heading, no_wrap=True, justify="right")
    for result in results:
        title = [Text(result.story.title)] if has_room else []
        numbers = (*_ours(result), *_ledgers(result.account))
        table.add_row(mark(result.is_right), Text(result.reference), *title, *numbers)
    return table


def complaints(results: Sequence[Result]) -> list[str]:
    """A line for each payment that is not where it should be."""
    return [f"{result.reference}: {'; '.join(result.wrong)}" for result in results if not result.is_right]


def _ours(result: Result) -> list[Text]:
    payment = result.payment
    captured = payment.capturedAmount.minor_units if payment and payment.capturedAmount else 0
    return [coloured(str(payment.status) if payment else "-"), Text(money(captured))]


def _ledgers(account: Account) -> list[Text]:
    captured = "voided" if account.voided and not account.captured else money(account.captured)
    counts = (account.most_live, account.pay_calls, account.capture_calls)
    return [Text(captured, style="cyan"), *(Text(str(count), style="cyan") for count in counts)]
