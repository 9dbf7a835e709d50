"""Which answers of the gateway are not believed as they come."""

from activities.calls import CaptureResult, PayResult
from holdfast.antom.codes import Advice, advice
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import ResultStatus
from holdfast.evidence import Verdict
from holdfast.payment import Payment
from holdfast.status import PaymentStatus as S
from settlement.captures import HOLD_IS_GONE

_LESS_IS_HELD = HOLD_IS_GONE | {"CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT"}


def is_untrusted(operation: Operation, finding: PayResult | CaptureResult) -> bool:
    """Whether this failure may hide a success.

    One of a repeat may be about the repeat alone; and by some codes the first send met an earlier one that
    nobody here knows of, as after Temporal was restored from a backup.
    """
    if finding.evidence.verdict is not Verdict.FAILED:
        return False
    if finding.repeated:
        return True
    return _says_ask(operation, finding.evidence.resultCode or "")


def _says_ask(operation: Operation, code: str) -> bool:
    return advice(operation, code, ResultStatus.F) is Advice.INQUIRE


def may_be_taken_by_others(finding: CaptureResult) -> bool:
    """Whether this failure says that less is held than was believed: somebody else may have captured."""
    is_failed = finding.evidence.verdict is Verdict.FAILED
    return is_failed and finding.evidence.resultCode in _LESS_IS_HELD


def is_disowned(payment: Payment) -> bool:
    """Whether "no such order" would be about an attempt that the gateway has authorized.

    Then somebody else is asked, as after an account was given another client id; the money is still held.
    """
    return payment.attempt.status is S.AUTHORIZED
