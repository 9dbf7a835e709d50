"""Decides which answers of the gateway are not trusted before an inquiry."""

from activities.calls import CaptureResult, PayResult
from holdfast.antom.codes import Advice, advice, is_explained
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import ResultStatus
from holdfast.payment import Payment
from holdfast.statuses.attempt_status import AttemptStatus
from settlement.captures import AUTHORIZATION_ENDED
from settlement.evidence import OWN_CODES, Verdict

_AUTHORIZATION_REDUCED = AUTHORIZATION_ENDED | {"CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT"}


def needs_inquiry(operation: Operation, result: PayResult | CaptureResult) -> bool:
    """Returns whether this failure has to be confirmed by an inquiry before it is applied.

    The failure of a repeated call may concern only the repeat. Some codes report that the gateway had already
    received this id, from a call that is missing in this history after Temporal was restored from a backup.
    Others do not say what has become of the request.
    """
    if result.evidence.verdict is not Verdict.FAILED:
        return False
    code = result.evidence.resultCode or ""
    return result.repeated or _advises_inquiry(operation, code) or _leaves_open(operation, code)


def _leaves_open(operation: Operation, code: str) -> bool:
    """Returns whether a failure with this code leaves open what has become of the request."""
    return code not in OWN_CODES and not is_explained(operation, code)


def _advises_inquiry(operation: Operation, code: str) -> bool:
    return advice(operation, code, ResultStatus.F) is Advice.INQUIRE


def may_be_captured_externally(result: CaptureResult) -> bool:
    """Returns whether this failure reports that less is held, as after a capture by another party."""
    return result.evidence.verdict is Verdict.FAILED and result.evidence.resultCode in _AUTHORIZATION_REDUCED


def is_authorized_attempt(payment: Payment) -> bool:
    """Returns whether the gateway has authorized the current attempt, so that "no such order" cannot be true.

    The gateway answers so after the merchant account was given another client id; the money is still held.
    """
    return payment.attempt.status is AttemptStatus.AUTHORIZED
