"""The report of `holdfast doctor`: what was found in each area, and what to do."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from holdfast.cli.doctor.check import Check, DoctorReport, Level

_NAME = 26
"""The columns of the name, the same in every area."""
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
        yield _table(list(checks))
        yield Text("")
    yield _verdict(report)


def _table(checks: list[Check]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, min_width=7)
    table.add_column(overflow="fold", width=_NAME)
    table.add_column(overflow="fold")
    for check in checks:
        mark, style = _MARKS[check.level]
        finding = Text(check.finding, style="dim" if check.level is Level.SKIPPED else "")
        if check.advice:
            finding.append(f"\n{check.advice}", style="cyan")
        table.add_row(Text(mark, style=style), check.name, finding)
    return table


def _verdict(report: DoctorReport) -> Text:
    warnings = f", {_count(report.warnings, 'warning')}" if report.warnings else ""
    if report.problems:
        return Text(f"{_count(report.problems, 'problem')}{warnings}.", style="bold red")
    return Text(f"No problem found{warnings}.", style="green")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
