"""Which failures are believed at once, and which only after the gateway has been asked."""

from temporalio import workflow

from activities.calls import CaptureFinding, PayFinding
from antom.codes import Advice, advice
from antom.endpoints import Operation
from antom.models import ResultStatus
from payments.capture_settlement import HOLD_IS_GONE
from payments.evidence import Verdict

_TAKEN_BY_OTHERS = HOLD_IS_GONE | {"CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT"}
"""Less is held than was believed."""
_PATCH = "a-failure-that-says-ask-is-asked-about"


def is_doubtful(operation: Operation, finding: PayFinding | CaptureFinding) -> bool:
    """Whether this failure may hide a success.

    One of a repeat may be about the repeat alone; and by some codes the first send met an earlier one that
    nobody here knows of, as after Temporal was restored from a backup, or money that somebody else has taken.
    """
    if finding.evidence.verdict is not Verdict.FAILED:
        return False
    if finding.repeated:
        return True
    return _says_ask(operation, finding.evidence.resultCode or "") and workflow.patched(_PATCH)


def _says_ask(operation: Operation, code: str) -> bool:
    is_taken = operation is Operation.CAPTURE and code in _TAKEN_BY_OTHERS
    return is_taken or advice(operation, code, ResultStatus.F) is Advice.INQUIRE
