"""`holdfast watch`: payments as they change, until Ctrl-C, or one payment until its end."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

import typer
from rich.console import RenderableType
from rich.live import Live
from rich.text import Text

from holdfast.cli import output
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.options import Account, AsJson
from holdfast.cli.session import Session, with_session
from holdfast.cli.views.payment_panel import payment_panel
from holdfast.cli.views.payment_table import payment_table
from holdfast.cli.views.status_sentence import status_sentence
from holdfast.cli.views.styles import payment_status
from holdfast.cli.views.times import utc
from holdfast.payment import Payment
from holdfast.payment_list import ListedPayment, PaymentFilter, list_payments

Reference = Annotated[
    str | None,
    typer.Argument(metavar="[REF]", help="One payment, which is watched until its end.", show_default=False),
]
Interval = Annotated[float, typer.Option("--interval", min=0.2, max=60, help="Seconds between two readings.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="The number of payments in the table.")]
_Shown = TypeVar("_Shown", Payment, ListedPayment)


def watch(
    reference: Reference = None,
    account: Account = None,
    interval: Interval = 1.0,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> int:
    """Watch payments change: a live table until Ctrl-C, or one payment until its end.

    Without a terminal, and with --json, each change is one line.
    """
    if reference is not None:
        with_session(lambda session: _watch_one(session, reference, interval, as_json=as_json))
    else:
        which = PaymentFilter(merchantAccount=account)
        with_session(lambda session: _watch_all(session, which, interval, limit, as_json=as_json))
    return ExitStatus.OK


async def _watch_one(session: Session, reference: str, interval: float, *, as_json: bool) -> None:
    lines = _Changes[Payment](_payment_line, as_json=as_json)
    with _live(as_json=as_json) as live:
        while True:
            payment = await session.payments.get(reference)
            if live is not None:
                live.update(payment_panel(payment, datetime.now(UTC)), refresh=True)
            else:
                lines.show(reference, payment)
            if payment.status.is_final:
                return
            await asyncio.sleep(interval)


async def _watch_all(
    session: Session, which: PaymentFilter, interval: float, limit: int, *, as_json: bool
) -> None:
    lines = _Changes[ListedPayment](_listed_line, as_json=as_json)
    with _live(as_json=as_json) as live:
        while True:
            payments = await list_payments(session.temporal, which, limit=limit)
            if live is not None:
                live.update(_table(payments, live.console.width), refresh=True)
            else:
                for payment in reversed(payments):
                    lines.show(payment.paymentReference, payment)
            await asyncio.sleep(interval)


def _live(*, as_json: bool) -> AbstractContextManager[Live | None]:
    """Returns the live display of a terminal, or None where each change is a line."""
    console = output.console()
    if as_json or not console.is_terminal:
        return nullcontext()
    return Live(console=console, auto_refresh=False, vertical_overflow="crop")


def _table(payments: list[ListedPayment], width: int) -> RenderableType:
    if not payments:
        return Text("No payment yet. Ctrl-C ends.", style="dim")
    return payment_table(payments, datetime.now(UTC), width=width)


class _Changes(Generic[_Shown]):
    """Prints a line for each payment that is new or has changed."""

    def __init__(self, line: Callable[[_Shown], Text], *, as_json: bool) -> None:
        self._line: Callable[[_Shown], Text] = line
        self._as_json = as_json
        self._seen: dict[str, _Shown] = {}

    def show(self, reference: str, payment: _Shown) -> None:
        if self._seen.get(reference) == payment:
            return
        self._seen[reference] = payment
        if self._as_json:
            output.show_json_line(payment)
        else:
            output.show(self._line(payment))


def _payment_line(payment: Payment) -> Text:
    return _line(payment.paymentReference, payment_status(payment.status), status_sentence(payment))


def _listed_line(payment: ListedPayment) -> Text:
    return _line(payment.paymentReference, payment_status(payment.status), payment.summary or "")


def _line(reference: str, status: Text, text: str) -> Text:
    now = Text(utc(datetime.now(UTC)), style="dim")
    return Text("  ").join((now, Text(reference, style="bold"), status, Text(text)))
