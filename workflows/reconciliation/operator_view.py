"""The details of a reconciliation that the Temporal UI shows to operators."""

from holdfast.reconciliation.report import ReconciliationReport, ReportedDifference
from settlement.markdown import item, plain, utc
from workflows.reconciliation.state import Position, Stage

_SHOWN = 20
_STAGES = {
    Stage.ENDED: "payments that ended",
    Stage.OPEN: "open payments that were started",
    Stage.NOTIFICATIONS: "payments in the gateway's list of notifications",
    Stage.REFERENCES: "the references",
}


def details(report: ReconciliationReport, position: Position, waiting: int) -> str:
    """Returns the details of one run, in Markdown.

    Args:
        report: The report so far.
        position: The current position.
        waiting: The number of payments that are checked again at the end.
    """
    counts = [
        ("agreed", report.agreed),
        ("corrected", report.corrected),
        ("different", report.different),
        ("in progress", report.inProgress),
        ("unanswered", report.unanswered),
        ("to be checked again", waiting),
        ("rate limit answers", report.trafficLimits),
        ("events of the gateway read", report.eventsRead),
    ]
    lines = [
        f"## {report.compared} of about {report.expected} compared",
        item("Merchant account", report.merchantAccount),
        item("Period", _period(report)),
        item("Position", _position(position)),
        *(f"- {name}: {number}" for name, number in counts if number),
        item("Events refused as", report.eventsRefusedAs),
        *(_difference(reported) for reported in report.differences[-_SHOWN:]),
    ]
    return "\n".join(line for line in lines if line)


def _period(report: ReconciliationReport) -> str | None:
    if report.since is None or report.until is None:
        return None
    return f"{utc(report.since)} - {utc(report.until)}"


def _position(position: Position) -> str:
    stage = _STAGES[position.stage]
    return f"{stage} before {utc(position.before)}" if position.before else stage


def _difference(reported: ReportedDifference) -> str:
    difference = reported.difference
    here, there = plain(difference.holdfastState), plain(difference.gatewayState)
    where = plain(difference.captureRequestId or difference.paymentRequestId)
    return f"- **{difference.kind}** `{where}`: Holdfast `{here}`, gateway `{there}` ({reported.disposition})"
