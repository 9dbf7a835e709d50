"""The report of a reconciliation: its numbers, and the differences that it found."""

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from holdfast.cli.views.times import utc
from holdfast.reconciliation.report import ReconciliationReport


def report_parts(report: ReconciliationReport) -> list[RenderableType]:
    """Returns what is printed for a report."""
    parts: list[RenderableType] = [_heading(report), _numbers(report)]
    if report.eventsRefusedAs is not None:
        refused = f"The gateway did not list its notifications ({report.eventsRefusedAs})."
        parts.append(
            Text(f"{refused} Payments that Temporal does not know were not searched.", style="yellow")
        )
    if report.differences:
        parts += [Text(""), Text("Differences", style="bold"), _differences(report)]
    for title, references in (
        ("In progress", report.inProgressReferences),
        ("Without an answer", report.unansweredReferences),
    ):
        if references:
            parts += [Text(""), Text(title, style="bold"), Text(", ".join(references))]
    return parts


def _heading(report: ReconciliationReport) -> Text:
    heading = Text.assemble(("Reconciliation", "bold"), f" of account {report.merchantAccount}")
    if report.since is not None and report.until is not None:
        heading.append(f", {utc(report.since)} to {utc(report.until)}", style="dim")
    return heading


def _numbers(report: ReconciliationReport) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    rows = (
        (report.compared, f"of {report.expected} payments compared", ""),
        (report.agreed, "agree with the gateway's record", "green"),
        (report.corrected, "were corrected by the gateway's answer", "yellow"),
        (report.different, "differ", "bold red"),
        (report.inProgress, "changed during the comparison; the next run compares them", "dim"),
        (report.unanswered, "had no answer", "yellow"),
    )
    for number, text, style in rows:
        table.add_row(Text(str(number), style=style if number else "dim"), text)
    return table


def _differences(report: ReconciliationReport) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("Payment", "Difference", "In Holdfast", "At the gateway", "Then"):
        table.add_column(title, overflow="fold")
    for each in report.differences:
        difference = each.difference
        texts = (
            each.paymentReference,
            difference.kind,
            difference.holdfastState,
            difference.gatewayState,
            each.disposition,
        )
        # a string would be read as Rich's markup, and the gateway has its own words for states
        table.add_row(*(Text(text or "") for text in texts))
    return table
