"""The texts of the audit trail and of a review's reason. People read them; no decision does."""

from collections.abc import Mapping
from typing import Final

from holdfast.observation import Observation
from holdfast.observation import ObservationKind as K
from holdfast.payment import Attempt, Capture
from holdfast.payment_event import Event
from holdfast.resolution import Resolution
from holdfast.statuses.attempt_status import AttemptStatus
from holdfast.statuses.payment_status import PaymentStatus

BUYER_HAS_FINISHED: Final = "the buyer has finished"
CAPTURE_BESIDE_OPEN_ONE: Final = "a capture succeeded while another one has no result yet"
RISK_REVIEW_AFTER_CAPTURE: Final = "a risk review of a payment that was reported as captured is not decided"
RISK_REJECTED_AFTER_CAPTURE: Final = "the risk review rejected a payment whose money is captured"

_SENTENCES: Final[Mapping[K, str]] = {
    K.UNKNOWN_REQUEST_ID: "evidence for a request id that this payment has not used",
    K.OTHER_PAYMENT_ID: "evidence carries another paymentId",
    K.OTHER_AMOUNT: "evidence carries another amount",
    K.OTHER_CURRENCY: "evidence carries another currency",
    K.SUCCESS_AFTER_CLOSE: "a success for an attempt that was decided otherwise",
    K.SUCCESS_AFTER_DECLINE: "the gateway reports success for a declined attempt",
    K.FAILURE_AFTER_SUCCESS: "a failure after a success",
    K.FAILURE_NOT_CONFIRMED: "a failure that an inquiry has to confirm",
    K.CANCELLATION_AFTER_CAPTURE: "a cancellation of a captured payment",
    K.CANCELLATION_DURING_CAPTURE: "a cancellation while a capture has no result yet",
    K.CAPTURE_OF_OTHER_PAYMENT: "a capture of another paymentId",
    K.CAPTURE_BEFORE_AUTHORIZATION: "a capture result before the authorization's",
    K.CAPTURE_WITHOUT_ID: "a capture without a captureRequestId",
    K.SECOND_AUTOMATIC_CAPTURE: "a second capture of an AUTOMATIC payment",
    K.EXTERNAL_CAPTURE: "a capture that this payment did not request",
    K.CAPTURES_EXCEED_AUTHORIZATION: "captures add up to more than is authorized",
    K.RISK_REVIEW_CONTRADICTED: "a second decision of the risk review contradicts the first",
    K.SUCCESS_OF_FAILED_CAPTURE: "a success of a capture that failed",
    K.EXPIRY_BEFORE_PAYMENT: "an authExpiryTime that is not after the payment counts as absent",
}


def of_observation(observation: Observation) -> str:
    """Returns the sentence about evidence that was not applied, with the request id that it names."""
    subject = observation.subject
    if observation.kind is K.CLOSE_NOT_CONFIRMED:
        return f"attempt {subject} is authorized until an inquiry reports otherwise"
    if observation.kind is K.RECORD_DIFFERS:
        what = f"{observation.difference} {subject}, {observation.gatewayState}"
        return f"differs from the gateway's record: {what}"
    sentence = _SENTENCES[observation.kind]
    return f"{sentence}: {subject}" if subject else sentence


def external_capture(capture_request_id: str) -> str:
    """Returns the sentence about a capture that counts although this payment did not request it."""
    return f"{_SENTENCES[K.EXTERNAL_CAPTURE]}: {capture_request_id}"


def forgotten_capture(capture_request_id: str) -> str:
    """Returns the sentence about a capture of this payment that its workflow has forgotten."""
    return f"a capture of this payment that a reset or a restore has removed: {capture_request_id}"


def forgotten_capture_repeated(capture_request_id: str) -> str:
    """Returns the sentence about a request that is answered with a forgotten capture."""
    return f"the request is answered with the forgotten capture {capture_request_id}"


def attempt_failed(attempt: Attempt, code: str | None) -> str:
    """Returns the sentence about a failed attempt that a person must review."""
    return f"attempt {attempt.paymentRequestId} failed: {code or 'without a code'}"


def success_after_decline() -> str:
    """Returns the sentence about a declined attempt that an inquiry reports as authorized."""
    return _SENTENCES[K.SUCCESS_AFTER_DECLINE]


def authorized_after_close(payment_request_id: str) -> str:
    """Returns the sentence about an authorization of an attempt that was closed."""
    return f"attempt {payment_request_id} succeeded after it was closed"


def late_authorization_ended(payment_request_id: str, status: AttemptStatus) -> str:
    """Returns the sentence about the end of an authorization that was reported after the close."""
    return f"the late authorization of attempt {payment_request_id} has ended: {status}"


def not_possible(event: Event, status: PaymentStatus) -> str:
    """Returns the sentence about an event for which the state graph has no edge from a status."""
    return f"{event} is not possible from {status}"


def attempt_is_closed(event: Event, status: AttemptStatus) -> str:
    """Returns the sentence about an event that does not restore the authorization of a closed attempt."""
    return f"{event}, and the attempt is {status}"


def capture_failed(capture: Capture, code: str | None) -> str:
    """Returns the sentence about a capture whose failure a person must review."""
    return f"capture {capture.captureRequestId}: {code or 'failed'}"


def capture_succeeded_after_failure(capture: Capture) -> str:
    """Returns the sentence about a capture that succeeded after its failure was reported."""
    return f"capture {capture.captureRequestId} succeeded after it was reported failed"


def capture_succeeded_unexpectedly(capture: Capture, status: PaymentStatus) -> str:
    """Returns the sentence about a capture that succeeded in a status that expects none."""
    return f"capture {capture.captureRequestId} succeeded while the payment was {status}"


def lines_left_out(number: int) -> str:
    """Returns the sentence that stands for lines that a long audit trail no longer contains."""
    return f"{number} lines are left out here"


def resolution(made: Resolution) -> str:
    """Returns the sentence about an operator's resolution and the evidence for it."""
    sentence = f"{made.resolvedBy}: {made.reason} (evidence: {made.evidence})"
    return f"{sentence}, sent with force" if made.force else sentence
