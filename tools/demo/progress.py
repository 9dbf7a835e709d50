"""Shows the payments while they run: one line for each in a terminal, a log of changes in a file."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from holdfast import Payment
from holdfast.statuses.payment_status import PaymentStatus as S
from tools.local_stack.command_line import WIDE

COLOURS: Mapping[str, str] = {
    S.CAPTURED: "green",
    S.AUTHORIZED: "cyan",
    S.DECLINED: "red",
    S.EXPIRED: "magenta",
    S.CANCELLED: "magenta",
    S.NEEDS_REVIEW: "bold red",
}
_MARKS = {
    None: Text("·", style="dim"),
    True: Text("✓", style="bold green"),
    False: Text("✗", style="bold red"),
}


def trail(payment: Payment) -> list[str]:
    """Returns every status that the payment has had, from its audit trail."""
    statuses: list[str] = []
    for event in payment.events:
        for status in (str(event.from_), str(event.to)):
            if statuses[-1:] != [status]:
                statuses.append(status)
    return statuses or [str(payment.status)]


def coloured(status: str) -> Text:
    """Formats a status in its colour."""
    return Text(status, style=COLOURS.get(status, "yellow"))


def mark(is_as_expected: bool | None) -> Text:
    """Returns a tick or a cross; a dot for a scenario that has not ended."""
    return _MARKS[is_as_expected]


@dataclass
class Line:
    """One payment: the statuses it has had, the last note, and whether it ended as expected."""

    title: str
    statuses: list[str] = field(default_factory=list)
    note: str = ""
    is_as_expected: bool | None = None


class Progress:
    """Shows the lines and their changes, as a context."""

    def __init__(self, out: Console, titles: Mapping[str, str]) -> None:
        self._out = out
        self._lines = {name: Line(title) for name, title in titles.items()}
        self._started = time.monotonic()
        # refreshed by changes alone, not by time
        live = Live(console=out, auto_refresh=False, get_renderable=self._table)
        self._live = live if out.file.isatty() and not out.is_dumb_terminal else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start(refresh=True)
            return self
        for name, line in self._lines.items():
            self._out.print(Text(f"  {name:<17}{line.title}"), soft_wrap=True)
        self._out.print()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def note(self, name: str, text: str) -> None:
        """Shows what happened outside the payment."""
        self._lines[name].note = text
        self._show(name, text)

    def changed(self, name: str, payment: Payment) -> None:
        """Shows the payment if its status has changed."""
        line, statuses = self._lines[name], trail(payment)
        if statuses != line.statuses:
            known = len(line.statuses)
            line.statuses = statuses
            self._show(name, "".join(f"→ {status} " for status in statuses[known:]).rstrip())

    def ended(self, name: str, *, is_as_expected: bool) -> None:
        """Shows the result of a scenario."""
        self._lines[name].is_as_expected = is_as_expected
        if self._live is not None:
            self._live.refresh()

    def _show(self, name: str, text: str) -> None:
        if self._live is not None:
            self._live.refresh()
            return
        seconds = time.monotonic() - self._started
        self._out.print(Text(f"  {seconds:4.1f} s  {name:<17}{text}"), soft_wrap=True)

    def _table(self) -> Table:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
        is_wide = self._out.width >= WIDE
        for width in (1, 15, *((39,) if is_wide else ()), 15):
            table.add_column(width=width, no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for name, line in self._lines.items():
            status = coloured(line.statuses[-1] if line.statuses else "")
            title = [Text(line.title)] if is_wide else []
            # without room for both, the first note replaces the title
            text = line.note if is_wide else line.note or line.title
            table.add_row(mark(line.is_as_expected), Text(name), *title, status, Text(text, style="dim"))
        return table
