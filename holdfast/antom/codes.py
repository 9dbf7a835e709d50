"""The next step for each result code of each operation, as data.

The codes are those of Antom's result code tables of pay, inquiryPayment, capture and cancel; Antom documents
none that are specific to the list of notifications.

Antom's documents disagree about a pay call that ends with U: the prose asks for a new paymentRequestId, the
table for the same one. A new id before the old one is certainly closed can authorize twice, so U never
advises a new attempt.
"""

from collections.abc import Mapping
from enum import StrEnum

from holdfast.antom.endpoints import Operation
from holdfast.antom.models.result import ResultStatus

PAYMENT_IN_PROCESS = "PAYMENT_IN_PROCESS"
CAPTURE_IN_PROCESS = "CAPTURE_IN_PROCESS"
ORDER_NOT_EXIST = "ORDER_NOT_EXIST"
IN_PROCESS = frozenset({PAYMENT_IN_PROCESS, CAPTURE_IN_PROCESS})
"""The U codes that mean: accepted, not decided yet. Any other U leaves the outcome unknown."""


class Advice(StrEnum):
    """The next step after a response."""

    DONE = "DONE"
    """The operation has succeeded."""
    REPEAT = "REPEAT"
    """Send the same request with the same id again, after a delay."""
    INQUIRE = "INQUIRE"
    """Inquire about the outcome."""
    NEW_ATTEMPT = "NEW_ATTEMPT"
    """The request id is closed: the buyer may try again, under a new id."""
    STOP = "STOP"
    """No retry helps (contract, configuration or risk): an operator has to act."""
    FIX = "FIX"
    """The request is wrong: it has to be corrected before anything is sent again."""


_STOP, _FIX, _NEW, _INQUIRE, _REPEAT = (
    Advice.STOP,
    Advice.FIX,
    Advice.NEW_ATTEMPT,
    Advice.INQUIRE,
    Advice.REPEAT,
)


def _table(rows: Mapping[Advice, str]) -> dict[str, Advice]:
    return {code: advice for advice, codes in rows.items() for code in codes.split()}


_GATEWAY = _table(
    {
        _STOP: "ACCESS_DENIED SIGNATURE_INVALID INVALID_SIGNATURE CLIENT_INVALID INVALID_CLIENT KEY_NOT_FOUND"
        " PROCESS_FAIL SYSTEM_ERROR",
        _FIX: "PARAM_ILLEGAL NO_INTERFACE_DEF METHOD_NOT_SUPPORTED MEDIA_TYPE_NOT_ACCEPTABLE INVALID_API"
        " API_INVALID",
    }
)
"""The codes that every operation can return."""

_PAY = _GATEWAY | _table(
    {
        _STOP: "CURRENCY_NOT_SUPPORT FRAUD_REJECT INVALID_ACCESS_TOKEN INVALID_CONTRACT"
        " INVALID_MERCHANT_STATUS MERCHANT_KYB_NOT_QUALIFIED MERCHANT_NOT_REGISTERED NO_PAY_OPTIONS"
        " PAYMENT_COUNT_EXCEED_LIMIT PAYMENT_NOT_QUALIFIED RISK_REJECT SETTLE_CONTRACT_NOT_MATCH"
        " USER_NOT_EXIST PAYMENT_PROHIBITED SUSPECTED_RISK MERCHANT_BALANCE_NOT_ENOUGH",
        _FIX: "INVALID_PAYMENT_METHOD_META_DATA ORDER_NOT_EXIST",
        _INQUIRE: "ORDER_STATUS_INVALID REPEAT_REQ_INCONSISTENT",
        _NEW: "EXPIRED_CODE INVALID_PAYMENT_CODE ORDER_IS_CANCELED ORDER_IS_CLOSED"
        " PAYMENT_AMOUNT_EXCEED_LIMIT USER_AMOUNT_EXCEED_LIMIT USER_BALANCE_NOT_ENOUGH"
        " USER_KYC_NOT_QUALIFIED USER_PAYMENT_VERIFICATION_FAILED USER_STATUS_ABNORMAL"
        " VERIFY_TIMES_EXCEED_LIMIT VERIFY_UNMATCHED AUTHENTICATION_REQUIRED"
        " SELECTED_CARD_BRAND_NOT_AVAILABLE INVALID_EXPIRATION_DATE INVALID_EXPIRY_DATE_FORMAT"
        " INVALID_CARD_NUMBER INVALID_CARD CARD_NOT_SUPPORTED DO_NOT_HONOR INVALID_AMOUNT"
        " ISSUER_REJECTS_TRANSACTION SUSPECTED_CARD",
    }
)

_INQUIRY_PAYMENT = _GATEWAY | _table({_INQUIRE: ORDER_NOT_EXIST, _REPEAT: "PROCESS_FAIL SYSTEM_ERROR"})

_CAPTURE = _GATEWAY | _table(
    {
        _STOP: "AUTH_NOT_FOUND INVALID_CONTRACT NO_PAY_OPTIONS PAYMENT_COUNT_EXCEED_LIMIT RISK_REJECT"
        " USER_AMOUNT_EXCEED_LIMIT USER_BALANCE_NOT_ENOUGH USER_NOT_EXIST USER_STATUS_ABNORMAL",
        _FIX: "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT CURRENCY_NOT_SUPPORT",
        _INQUIRE: "MULTI_CAPTURE_NOT_SUPPORTED ORDER_STATUS_INVALID REPEAT_REQ_INCONSISTENT",
        _NEW: "AUTH_CANCELLED AUTH_EXPIRED ORDER_IS_CANCELED",
    }
)

_CANCEL = _GATEWAY | _table(
    {
        _STOP: "CANCEL_WINDOW_EXCEED MERCHANT_BALANCE_NOT_ENOUGH PAYMENT_METHOD_NOT_SUPPORTED USER_NOT_EXIST"
        " USER_STATUS_ABNORMAL",
        _INQUIRE: "ORDER_NOT_EXIST ORDER_STATUS_INVALID PROCESS_FAIL",
    }
)

FAILURES: Mapping[Operation, Mapping[str, Advice]] = {
    Operation.PAY: _PAY,
    Operation.INQUIRY_PAYMENT: _INQUIRY_PAYMENT,
    Operation.CAPTURE: _CAPTURE,
    Operation.CANCEL: _CANCEL,
    Operation.NOTIFICATION_LIST: _GATEWAY,
}
"""The advice for each code of a result with status F, per operation."""

_UNEXPLAINED = frozenset({"ACCESS_DENIED", "PROCESS_FAIL", "SYSTEM_ERROR"})
"""The codes of a failure inside the gateway, which do not say what has become of the request."""

UNDECIDED: Mapping[str, Advice] = _table(
    {
        _INQUIRE: f"{PAYMENT_IN_PROCESS} {CAPTURE_IN_PROCESS}",
        _REPEAT: "UNKNOWN_EXCEPTION REQUEST_TRAFFIC_EXCEED_LIMIT",
    }
)
"""The advice for each code of a result with status U, for each operation."""


def advice(operation: Operation, code: str, status: str) -> Advice:
    """Returns the next step after `code` with `status`.

    For PAY, `code` can also be the paymentResultCode of an inquiry or a notification. An undocumented code is
    `STOP` with status F, and `INQUIRE` with status U or any other status.
    """
    if status == ResultStatus.S:
        return Advice.DONE
    if status == ResultStatus.F:
        return FAILURES[operation].get(code, Advice.STOP)
    return UNDECIDED.get(code, Advice.INQUIRE)


def is_documented(operation: Operation, code: str) -> bool:
    """Returns whether the gateway documents this code for a result with status F of the operation."""
    return code in FAILURES[operation]


def is_explained(operation: Operation, code: str) -> bool:
    """Returns whether a failure with this code says why the request failed.

    A failure that does not is confirmed by an inquiry before anything depends on it: an undocumented code,
    SYSTEM_ERROR, PROCESS_FAIL and ACCESS_DENIED leave open what has become of the request.
    """
    return is_documented(operation, code) and code not in _UNEXPLAINED
