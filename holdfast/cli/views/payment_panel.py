"""One payment, readable: its status in a sentence, its money, attempts, captures, review and audit trail."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from holdfast.antom.amounts import Amount
from holdfast.cli.views.status_sentence import status_sentence
from holdfast.cli.views.styles import attempt_status, capture_status, payment_status, style_of
from holdfast.cli.views.times import ago, utc
from holdfast.payment import Attempt, AuditEvent, Capture, Payment

LINES = 12
"""The number of lines of the audit trail that are shown without `--all`."""
Row = tuple[str, RenderableType]


def payment_panel(payment: Payment, now: datetime, *, lines: int | None = LINES) -> Panel:
    """Returns the panel of a payment.

    Args:
        payment: The payment.
        now: The current time.
        lines: How many of the last lines of the audit trail are shown; None for all of them.
    """
    parts: list[RenderableType] = [Text(status_sentence(payment))]
    parts += _review(payment, now)
    parts += _section(None, _facts(payment, now))
    parts += _section("Attempts", [row for each in payment.attempts for row in _attempt(each)])
    parts += _section("Captures", [_capture(each) for each in payment.captures])
    parts += _trail(payment, lines)
    title = Text.assemble((payment.paymentReference, "bold"), "  ", payment_status(payment.status))
    return Panel(
        Group(*parts), title=title, title_align="left", border_style=style_of(payment.status), padding=(1, 2)
    )


def _section(title: str | None, rows: Iterable[Row]) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=10)
    table.add_column(overflow="fold")
    for name, value in rows:
        # a string would be read as Rich's markup, and the gateway makes the ids of automatic captures
        table.add_row(Text(name), value)
    if not table.row_count:
        return []
    return [Text(""), *([Text(title, style="bold")] if title else []), table]


def _review(payment: Payment, now: datetime) -> list[RenderableType]:
    if payment.review is None:
        return []
    since = f"Since {utc(payment.review.since)}, {ago(payment.review.since, now)}."
    return [
        Text(""),
        Text.assemble(("A person must look: ", "bold red"), payment.review.reason),
        Text(since, style="dim"),
    ]


def _facts(payment: Payment, now: datetime) -> list[Row]:
    amounts: tuple[tuple[str, Amount | None], ...] = (
        ("Amount", payment.paymentAmount),
        ("Authorized", payment.authorizedAmount),
        ("Captured", payment.capturedAmount),
    )
    rows: list[Row] = [(name, Text(amount.display)) for name, amount in amounts if amount is not None]
    rows.append(("Mode", Text(f"{payment.captureMode} capture, account {payment.merchantAccount}")))
    if payment.authExpiryTime is not None and not payment.status.is_final:
        limit = f"{utc(payment.authExpiryTime)}, {ago(payment.authExpiryTime, now)}"
        rows.append(("Capture by", Text(limit)))
    if payment.authReviewStatus is not None:
        rows.append(("Risk", Text(payment.authReviewStatus)))
    if payment.nextAction is not None and payment.nextAction.normalUrl:
        # a terminal makes a link of a URL on a line of its own, and a person can copy it
        rows.append(("Page", Text(payment.nextAction.normalUrl, style="underline")))
    return rows


def _attempt(attempt: Attempt) -> list[Row]:
    what = Text.assemble(attempt_status(attempt.status), *_code(attempt.resultCode))
    if attempt.decidedAt is not None:
        what.append(f" · {utc(attempt.decidedAt)}")
    if attempt.decidedBy is not None:
        what.append(f" · by {_words(attempt.decidedBy)}")
    rows: list[Row] = [(attempt.paymentRequestId, what)]
    about = " · ".join(filter(None, (_card(attempt), attempt.paymentId)))
    if about:
        rows.append(("", Text(about, style="dim")))
    return rows


def _card(attempt: Attempt) -> str:
    info = attempt.paymentResultInfo
    if info is None:
        return ""
    return " ".join(filter(None, (info.cardBrand, info.cardNo)))


def _capture(capture: Capture) -> Row:
    what = Text.assemble(
        f"{capture.captureAmount.display} ", capture_status(capture.status), *_code(capture.resultCode)
    )
    about = " · ".join(filter(None, (f"key {capture.key}" if capture.key else "", capture.captureId)))
    if about:
        what.append(f" · {about}", style="dim")
    return capture.captureRequestId, what


def _trail(payment: Payment, lines: int | None) -> list[RenderableType]:
    shown = payment.events if lines is None else payment.events[-lines:]
    hidden = len(payment.events) - len(shown)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line in shown:
        table.add_row(f"{line.at:%m-%d %H:%M:%S}", _words(line.source), _what(line))
    earlier = f", {hidden} earlier ones with --all" if hidden else ""
    heading = Text.assemble(("Audit trail", "bold"), (f" (UTC{earlier})", "dim"))
    return [Text(""), heading, Padding(table, 0)] if shown else []


def _what(line: AuditEvent) -> Text:
    text = Text(f"{_words(line.event)} → ") if line.event else Text("")
    if line.event:
        text.append_text(payment_status(line.to))
    if line.detail:
        text.append(f"{': ' if line.event else ''}{line.detail}")
    return Text.assemble(text, *_code(line.code))


def _code(code: str | None) -> tuple[tuple[str, str], ...]:
    """Returns the result code in brackets; that of a success says nothing that the status does not say."""
    return ((f" ({code})", "dim"),) if code and code != "SUCCESS" else ()


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
