"""What to do about a result code, per operation, as data (Antom: result codes of pay, inquiryPayment,
capture and cancel; for the list of notifications no codes of its own are documented).

The documents disagree about a pay call that ends with U: the prose says a new paymentRequestId, the table
says the same one. A new id before the old one is known to be dead can authorize twice, so U never advises
a new attempt.
"""

from collections.abc import Mapping
from enum import StrEnum

from holdfast.antom.endpoints import Operation
from holdfast.antom.models.result import ResultStatus

PAYMENT_IN_PROCESS = "PAYMENT_IN_PROCESS"
CAPTURE_IN_PROCESS = "CAPTURE_IN_PROCESS"
ORDER_NOT_EXIST = "ORDER_NOT_EXIST"
IN_PROCESS = frozenset({PAYMENT_IN_PROCESS, CAPTURE_IN_PROCESS})
"""The U codes that are an answer: accepted, not decided yet. Any other U is not knowing."""


class Advice(StrEnum):
    """The next step after an answer."""

    DONE = "DONE"
    REPEAT = "REPEAT"
    """The same request with the same id, after a pause."""
    INQUIRE = "INQUIRE"
    """Ask what became of it."""
    NEW_ATTEMPT = "NEW_ATTEMPT"
    """This id is dead: the payer may try again, under a new id."""
    STOP = "STOP"
    """No retry helps: contract, configuration or risk. Tell a person."""
    FIX = "FIX"
    """The request is wrong: correct it before anything is sent again."""


_STOP, _FIX, _NEW, _ASK, _REPEAT = (
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
"""Codes the gateway itself gives, on any operation."""

_PAY = _GATEWAY | _table(
    {
        _STOP: "CURRENCY_NOT_SUPPORT FRAUD_REJECT INVALID_ACCESS_TOKEN INVALID_CONTRACT"
        " INVALID_MERCHANT_STATUS MERCHANT_KYB_NOT_QUALIFIED MERCHANT_NOT_REGISTERED NO_PAY_OPTIONS"
        " PAYMENT_COUNT_EXCEED_LIMIT PAYMENT_NOT_QUALIFIED RISK_REJECT SETTLE_CONTRACT_NOT_MATCH"
        " USER_NOT_EXIST PAYMENT_PROHIBITED SUSPECTED_RISK MERCHANT_BALANCE_NOT_ENOUGH",
        _FIX: "INVALID_PAYMENT_METHOD_META_DATA ORDER_NOT_EXIST",
        _ASK: "ORDER_STATUS_INVALID REPEAT_REQ_INCONSISTENT",
        _NEW: "EXPIRED_CODE INVALID_PAYMENT_CODE ORDER_IS_CANCELED ORDER_IS_CLOSED"
        " PAYMENT_AMOUNT_EXCEED_LIMIT USER_AMOUNT_EXCEED_LIMIT USER_BALANCE_NOT_ENOUGH"
        " USER_KYC_NOT_QUALIFIED USER_PAYMENT_VERIFICATION_FAILED USER_STATUS_ABNORMAL"
        " VERIFY_TIMES_EXCEED_LIMIT VERIFY_UNMATCHED AUTHENTICATION_REQUIRED"
        " SELECTED_CARD_BRAND_NOT_AVAILABLE INVALID_EXPIRATION_DATE INVALID_EXPIRY_DATE_FORMAT"
        " INVALID_CARD_NUMBER INVALID_CARD CARD_NOT_SUPPORTED DO_NOT_HONOR INVALID_AMOUNT"
        " ISSUER_REJECTS_TRANSACTION SUSPECTED_CARD",
    }
)

_INQUIRY = _GATEWAY | _table({_ASK: ORDER_NOT_EXIST, _REPEAT: "PROCESS_FAIL SYSTEM_ERROR"})

_CAPTURE = _GATEWAY | _table(
    {
        _STOP: "AUTH_NOT_FOUND INVALID_CONTRACT NO_PAY_OPTIONS PAYMENT_COUNT_EXCEED_LIMIT RISK_REJECT"
        " USER_AMOUNT_EXCEED_LIMIT USER_BALANCE_NOT_ENOUGH USER_NOT_EXIST USER_STATUS_ABNORMAL",
        _FIX: "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT CURRENCY_NOT_SUPPORT",
        _ASK: "MULTI_CAPTURE_NOT_SUPPORTED ORDER_STATUS_INVALID REPEAT_REQ_INCONSISTENT",
        _NEW: "AUTH_CANCELLED AUTH_EXPIRED ORDER_IS_CANCELED",
    }
)

_CANCEL = _GATEWAY | _table(
    {
        _STOP: "CANCEL_WINDOW_EXCEED MERCHANT_BALANCE_NOT_ENOUGH PAYMENT_METHOD_NOT_SUPPORTED USER_NOT_EXIST"
        " USER_STATUS_ABNORMAL",
        _ASK: "ORDER_NOT_EXIST ORDER_STATUS_INVALID PROCESS_FAIL",
    }
)

FAILURES: Mapping[Operation, Mapping[str, Advice]] = {
    Operation.PAY: _PAY,
    Operation.INQUIRY_PAYMENT: _INQUIRY,
    Operation.CAPTURE: _CAPTURE,
    Operation.CANCEL: _CANCEL,
    Operation.NOTIFICATION_LIST: _GATEWAY,
}
"""Advice for a result with status F."""

UNDECIDED: Mapping[str, Advice] = _table(
    {
        _ASK: f"{PAYMENT_IN_PROCESS} {CAPTURE_IN_PROCESS}",
        _REPEAT: "UNKNOWN_EXCEPTION REQUEST_TRAFFIC_EXCEED_LIMIT",
    }
)
"""Advice for a result with status U, on any operation."""


def advice(operation: Operation, code: str, status: str) -> Advice:
    """What to do after `code` with `status`; for PAY also a paymentResultCode of an inquiry or notification.

    A code nobody has documented: F is dead but for a person to read, U (or any other status) is inquired.
    """
    if status == ResultStatus.S:
        return Advice.DONE
    if status == ResultStatus.F:
        return FAILURES[operation].get(code, Advice.STOP)
    return UNDECIDED.get(code, Advice.INQUIRE)
