"""The report of `holdfast doctor`: what was found in each area, and what to do."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from holdfast.cli.doctor.check import Check, DoctorReport, Level

_MARK, _NAME = 7, 26
"""The columns of the level and of the name, the same in every area."""
_MARKS = {
    Level.OK: ("ok", "green"),
    Level.WARNING: ("warning", "yellow"),
    Level.PROBLEM: ("problem", "bold red"),
    Level.SKIPPED: ("-", "dim"),
}


def doctor_parts(report: DoctorReport) -> Iterator[RenderableType]:
    """Yields what is printed for the report."""
    for area, checks in groupby(report.checks, key=lambda check: check.area):
        yield Text(area, style="bold")
        for check in checks:
            yield from _lines(check)
        yield Text("")
    yield _verdict(report)


def _lines(check: Check) -> Iterator[RenderableType]:
    mark, style = _MARKS[check.level]
    line = Table.grid(padding=(0, 2))
    line.add_column(width=_MARK, no_wrap=True)
    line.add_column(width=_NAME, overflow="fold")
    line.add_column(overflow="fold")
    finding = Text(check.finding, style="dim" if check.level is Level.SKIPPED else "")
    line.add_row(Text(mark, style=style), check.name, finding)
    yield line
    if check.advice:
        yield Padding(Text(check.advice, style="cyan"), (0, 0, 0, _MARK + 2), expand=False)


def _verdict(report: DoctorReport) -> Text:
    warnings = f", {_count(report.warnings, 'warning')}" if report.warnings else ""
    if report.problems:
        return Text(f"{_count(report.problems, 'problem')}{warnings}.", style="bold red")
    return Text(f"No problem found{warnings}.", style="green")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
