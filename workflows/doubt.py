"""Which failures are believed at once, and which only after the gateway has been asked."""

from temporalio import workflow

from activities.calls import CaptureFinding, PayFinding
from antom.codes import Advice, advice
from antom.endpoints import Operation
from antom.models import ResultStatus
from payments.evidence import Verdict

_PATCH = "a-failure-that-says-ask-is-asked-about"


def is_doubtful(operation: Operation, finding: PayFinding | CaptureFinding) -> bool:
    """Whether this failure may hide a success.

    One of a repeat may be about the repeat alone; and by some codes the first send met an earlier one that
    nobody here knows of, as after Temporal was restored from a backup.
    """
    if finding.evidence.verdict is not Verdict.FAILED:
        return False
    if finding.repeated:
        return True
    return _says_ask(operation, finding.evidence.resultCode) and workflow.patched(_PATCH)


def _says_ask(operation: Operation, code: str | None) -> bool:
    return advice(operation, code or "", ResultStatus.F) is Advice.INQUIRE
