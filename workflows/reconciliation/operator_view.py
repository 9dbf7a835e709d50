"""What an operator sees of a reconciliation in the Temporal UI."""

from holdfast.reconciliation.report import ReconciliationReport, ReportedDifference
from settlement.markdown import item, plain, utc
from workflows.reconciliation.state import Stage, Walk

_SHOWN = 20
_STAGES = {
    Stage.ENDED: "payments that ended",
    Stage.OPEN: "open payments that were started",
    Stage.TOLD: "payments that the gateway has told of",
    Stage.REFERENCES: "the references",
}


def details(report: ReconciliationReport, walk: Walk, waiting: int) -> str:
    """The page of one run, in Markdown; `waiting` payments are asked about again at the end."""
    counts = [
        ("agreed", report.agreed),
        ("corrected", report.corrected),
        ("different", report.different),
        ("in motion", report.inProgress),
        ("not answered", report.unanswered),
        ("to be asked again", waiting),
        ("told to slow down", report.trafficLimits),
        ("events of the gateway read", report.eventsRead),
    ]
    lines = [
        f"## {report.compared} of about {report.expected} compared",
        item("Merchant account", report.merchantAccount),
        item("Period", _period(report)),
        item("Is at", _position(walk)),
        *(f"- {name}: {number}" for name, number in counts if number),
        item("Events refused as", report.eventsRefusedAs),
        *(_difference(found) for found in report.differences[-_SHOWN:]),
    ]
    return "\n".join(line for line in lines if line)


def _period(report: ReconciliationReport) -> str | None:
    if report.since is None or report.until is None:
        return None
    return f"{utc(report.since)} - {utc(report.until)}"


def _position(walk: Walk) -> str:
    stage = _STAGES[walk.stage]
    return f"{stage} before {utc(walk.before)}" if walk.before else stage


def _difference(found: ReportedDifference) -> str:
    difference = found.difference
    here, there = plain(difference.holdfastState), plain(difference.gatewayState)
    where = plain(difference.captureRequestId or difference.paymentRequestId)
    return f"- **{difference.kind}** `{where}`: Holdfast `{here}`, gateway `{there}` ({found.disposition})"
