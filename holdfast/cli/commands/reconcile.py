"""`holdfast reconcile`: compares payments with the gateway's records."""

import asyncio
import sys
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from holdfast.cli import output
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.options import AsJson
from holdfast.cli.periods import moment_of, seconds_of
from holdfast.cli.session import Session, with_session
from holdfast.cli.views.reconciliation_report import report_parts
from holdfast.reconciliation.report import ReconciliationReport, ReconciliationRequest, parse_reconciliation

POLL_SECONDS = 1.0
Last = Annotated[
    str | None, typer.Option("--last", help="The period until now: 30min, 24h, 7d.", show_default=False)
]
Since = Annotated[
    str | None, typer.Option("--since", help="The begin of the period, in UTC.", show_default=False)
]
Until = Annotated[
    str | None, typer.Option("--until", help="The end of the period, by default now.", show_default=False)
]
References = Annotated[
    list[str] | None,
    typer.Option(
        "--reference", metavar="REF", help="A payment of your own records; repeatable.", show_default=False
    ),
]
Account = Annotated[str, typer.Option("--account", metavar="ALIAS", help="The merchant account.")]


def reconcile(
    last: Last = None,
    since: Since = None,
    until: Until = None,
    references: References = None,
    account: Account = "default",
    as_json: AsJson = False,
) -> int:
    """Compare payments with the gateway's records: those of a period, those that are named, or both.

    Ctrl-C ends the waiting and not the comparison: run the same command again to join it.
    """
    request = _request(last, since, until, references, account)

    async def run(session: Session) -> ReconciliationReport:
        workflow_id = await session.reconciliations.start(request)
        return await _followed(session, workflow_id)

    report = with_session(run)
    if as_json:
        output.show_json(report)
    else:
        output.show(*report_parts(report))
    return ExitStatus.NEEDS_PERSON if report.different or report.differences else ExitStatus.OK


def _request(
    last: str | None, since: str | None, until: str | None, references: list[str] | None, account: str
) -> ReconciliationRequest:
    fields: dict[str, object] = {"merchantAccount": account, "references": tuple(references or ())}
    fields["last"] = seconds_of(last) if last is not None else None
    fields["since"] = moment_of(since) if since is not None else None
    fields["until"] = moment_of(until) if until is not None else None
    return parse_reconciliation(fields)


async def _followed(session: Session, workflow_id: str) -> ReconciliationReport:
    """Waits for the report, and shows how many payments are compared."""
    result = asyncio.create_task(session.reconciliations.result(workflow_id))
    try:
        with _progress() as progress:
            task = progress.add_task("comparing", total=None)
            while not result.done():
                report = await session.reconciliations.report(workflow_id)
                progress.update(task, completed=report.compared, total=report.expected or None)
                await asyncio.wait({result}, timeout=POLL_SECONDS)
        return await result
    finally:
        result.cancel()


def _progress() -> Progress:
    """Returns the bar, on standard error so that it is no part of the result."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = output.console(sys.stderr)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
