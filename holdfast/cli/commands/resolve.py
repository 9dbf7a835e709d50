"""`holdfast resolve REF`: an operator's finding about a payment under review, or about a difference."""

import getpass
from typing import Annotated

import typer
from rich.text import Text

from holdfast.cli import output
from holdfast.cli.commands.outcome import exit_status, show_outcome
from holdfast.cli.exit_status import ExitStatus
from holdfast.cli.failure import CommandFailed
from holdfast.cli.options import AsJson
from holdfast.cli.session import with_session
from holdfast.resolution import Outcome, Resolution, parse_resolution
from holdfast.temporal.names import is_late_notification_id, reference_from_difference_id

Subject = Annotated[
    str,
    typer.Argument(
        metavar="REF", help="The payment reference, or the id of a difference.", show_default=False
    ),
]
Finding = Annotated[
    Outcome,
    typer.Option("--outcome", help="What you found. ACKNOWLEDGED decides nothing.", case_sensitive=False),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, in one line, without personal data.")]
Evidence = Annotated[
    str, typer.Option("--evidence", help='What you saw, as in "dashboard, capture 2026..., 14:02".')
]
By = Annotated[
    str | None, typer.Option("--by", help="Your login; by default that of this session.", show_default=False)
]
CaptureId = Annotated[
    str | None,
    typer.Option(
        "--capture", metavar="ID", help="The captureRequestId the finding is about.", show_default=False
    ),
]
PaymentId = Annotated[
    str | None,
    typer.Option(
        "--payment-id", metavar="ID", help="The gateway's paymentId from its dashboard.", show_default=False
    ),
]

Force = Annotated[
    bool,
    typer.Option(
        "--force", help="It counts although the gateway does not answer, or its record does not agree."
    ),
]


_LATE = "a late notification has ended when it is stored: it has no open review, and cannot be resolved"
_COMPARE = (
    "`holdfast review --ended` names its payment: run `holdfast reconcile --reference REF` with it, and "
    "resolve the difference that this finds."
)


def resolve(
    subject: Subject,
    outcome: Finding,
    reason: Reason,
    evidence: Evidence,
    by: By = None,
    capture_id: CaptureId = None,
    payment_id: PaymentId = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Record what you found out about a payment under review, or acknowledge a difference.

    docs/operations.md says when to use which outcome. Before a decision counts, Holdfast asks the gateway
    once more.
    """
    if is_late_notification_id(subject):
        raise CommandFailed(_LATE, _COMPARE, ExitStatus.REFUSED)
    resolution = parse_resolution(
        {
            "outcome": outcome,
            "resolvedBy": by or getpass.getuser(),
            "reason": reason,
            "evidence": evidence,
            "captureRequestId": capture_id,
            "paymentId": payment_id,
            "force": force,
        }
    )
    if reference_from_difference_id(subject) is not None:
        return _close(subject, resolution, as_json=as_json)
    payment = with_session(lambda session: session.payments.resolve(subject, resolution))
    show_outcome(payment, as_json=as_json)
    if payment.review is None:
        return exit_status(payment, is_done=True)
    output.note("Your finding is in the audit trail, and was not applied: the gateway's record counts.")
    return ExitStatus.NEEDS_PERSON


def _close(workflow_id: str, resolution: Resolution, *, as_json: bool) -> int:
    notice = with_session(lambda session: session.reconciliations.close(workflow_id, resolution))
    if as_json:
        output.show_json(notice)
    else:
        output.show(Text(f"The difference of payment {notice.paymentReference} is acknowledged."))
    return ExitStatus.OK
