"""Every documented result code has the advice of the tables; an undocumented one has a safe advice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.codes import (
    FAILURES,
    IN_PROCESS,
    UNDECIDED,
    Advice,
    advice,
    is_documented,
    is_explained,
)
from holdfast.antom.endpoints import Operation

BUYER = (
    "EXPIRED_CODE INVALID_PAYMENT_CODE PAYMENT_AMOUNT_EXCEED_LIMIT USER_AMOUNT_EXCEED_LIMIT"
    " USER_BALANCE_NOT_ENOUGH USER_KYC_NOT_QUALIFIED USER_PAYMENT_VERIFICATION_FAILED USER_STATUS_ABNORMAL"
    " VERIFY_TIMES_EXCEED_LIMIT VERIFY_UNMATCHED SELECTED_CARD_BRAND_NOT_AVAILABLE INVALID_EXPIRATION_DATE"
    " INVALID_CARD_NUMBER CARD_NOT_SUPPORTED DO_NOT_HONOR INVALID_AMOUNT"
)
CONTRACT = (
    "ACCESS_DENIED CURRENCY_NOT_SUPPORT INVALID_ACCESS_TOKEN INVALID_CONTRACT INVALID_MERCHANT_STATUS"
    " KEY_NOT_FOUND MERCHANT_KYB_NOT_QUALIFIED MERCHANT_NOT_REGISTERED NO_PAY_OPTIONS"
    " PAYMENT_COUNT_EXCEED_LIMIT PAYMENT_NOT_QUALIFIED SETTLE_CONTRACT_NOT_MATCH USER_NOT_EXIST"
)
RISK = "FRAUD_REJECT RISK_REJECT PAYMENT_PROHIBITED PROCESS_FAIL SYSTEM_ERROR"
GATEWAY_STOP = "SIGNATURE_INVALID INVALID_SIGNATURE CLIENT_INVALID INVALID_CLIENT KEY_NOT_FOUND ACCESS_DENIED"
GATEWAY_FIX = (
    "METHOD_NOT_SUPPORTED MEDIA_TYPE_NOT_ACCEPTABLE INVALID_API API_INVALID PARAM_ILLEGAL NO_INTERFACE_DEF"
)

TABLES: dict[Operation, dict[Advice, str]] = {
    Operation.PAY: {
        Advice.NEW_ATTEMPT: f"{BUYER} ORDER_IS_CANCELED ORDER_IS_CLOSED AUTHENTICATION_REQUIRED INVALID_CARD"
        " INVALID_EXPIRY_DATE_FORMAT ISSUER_REJECTS_TRANSACTION SUSPECTED_CARD",
        Advice.STOP: f"{CONTRACT} {RISK} {GATEWAY_STOP} SUSPECTED_RISK MERCHANT_BALANCE_NOT_ENOUGH",
        Advice.FIX: f"{GATEWAY_FIX} INVALID_PAYMENT_METHOD_META_DATA ORDER_NOT_EXIST",
        Advice.INQUIRE: "ORDER_STATUS_INVALID REPEAT_REQ_INCONSISTENT",
    },
    Operation.INQUIRY_PAYMENT: {
        Advice.INQUIRE: "ORDER_NOT_EXIST",
        Advice.REPEAT: "PROCESS_FAIL SYSTEM_ERROR",
        Advice.STOP: GATEWAY_STOP,
        Advice.FIX: GATEWAY_FIX,
    },
    Operation.CAPTURE: {
        Advice.NEW_ATTEMPT: "AUTH_CANCELLED AUTH_EXPIRED ORDER_IS_CANCELED",
        Advice.STOP: f"{GATEWAY_STOP} AUTH_NOT_FOUND INVALID_CONTRACT NO_PAY_OPTIONS RISK_REJECT"
        " PAYMENT_COUNT_EXCEED_LIMIT PROCESS_FAIL SYSTEM_ERROR USER_AMOUNT_EXCEED_LIMIT"
        " USER_BALANCE_NOT_ENOUGH USER_NOT_EXIST USER_STATUS_ABNORMAL",
        Advice.FIX: f"{GATEWAY_FIX} CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT CURRENCY_NOT_SUPPORT",
        Advice.INQUIRE: "MULTI_CAPTURE_NOT_SUPPORTED ORDER_STATUS_INVALID REPEAT_REQ_INCONSISTENT",
    },
    Operation.CANCEL: {
        Advice.STOP: f"{GATEWAY_STOP} CANCEL_WINDOW_EXCEED MERCHANT_BALANCE_NOT_ENOUGH SYSTEM_ERROR"
        " PAYMENT_METHOD_NOT_SUPPORTED USER_NOT_EXIST USER_STATUS_ABNORMAL",
        Advice.FIX: GATEWAY_FIX,
        Advice.INQUIRE: "ORDER_NOT_EXIST ORDER_STATUS_INVALID PROCESS_FAIL",
    },
    Operation.NOTIFICATION_LIST: {
        Advice.STOP: f"{GATEWAY_STOP} PROCESS_FAIL SYSTEM_ERROR",
        Advice.FIX: GATEWAY_FIX,
    },
}
ROWS = [
    (operation, code, expected)
    for operation, table in TABLES.items()
    for expected, codes in table.items()
    for code in dict.fromkeys(codes.split())
]


@pytest.mark.parametrize(("operation", "code", "expected"), ROWS)
def test_documented_failure_code_has_the_advice_of_the_table(
    operation: Operation, code: str, expected: Advice
) -> None:
    assert advice(operation, code, "F") is expected


@pytest.mark.parametrize("operation", Operation)
def test_failure_tables_contain_only_documented_codes(operation: Operation) -> None:
    assert set(FAILURES[operation]) == {code for op, code, _ in ROWS if op is operation}


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("PAYMENT_IN_PROCESS", Advice.INQUIRE),
        ("CAPTURE_IN_PROCESS", Advice.INQUIRE),
        ("UNKNOWN_EXCEPTION", Advice.REPEAT),
        ("REQUEST_TRAFFIC_EXCEED_LIMIT", Advice.REPEAT),
    ],
)
def test_documented_undecided_code_is_repeated_or_inquired(
    operation: Operation, code: str, expected: Advice
) -> None:
    assert advice(operation, code, "U") is expected


@pytest.mark.parametrize("operation", Operation)
@given(code=st.text(), status=st.text())
def test_undocumented_code_is_stopped_or_inquired(operation: Operation, code: str, status: str) -> None:
    assert advice(operation, f"NEW_{code}", "F") is Advice.STOP
    assert advice(operation, f"NEW_{code}", "U") is Advice.INQUIRE
    assert advice(operation, f"NEW_{code}", f"Z{status}") is Advice.INQUIRE


@pytest.mark.parametrize("operation", Operation)
@given(code=st.one_of(st.sampled_from(sorted({code for _, code, _ in ROWS} | set(UNDECIDED))), st.text()))
def test_undecided_code_never_advises_a_new_attempt(operation: Operation, code: str) -> None:
    assert advice(operation, code, "U") in (Advice.REPEAT, Advice.INQUIRE)
    assert advice(operation, code, "S") is Advice.DONE


def test_in_process_codes_are_those_of_pay_and_capture() -> None:
    assert {"PAYMENT_IN_PROCESS", "CAPTURE_IN_PROCESS"} == IN_PROCESS


@pytest.mark.parametrize("operation", Operation)
@given(code=st.text())
def test_undocumented_code_explains_nothing(operation: Operation, code: str) -> None:
    assert not is_documented(operation, f"NEW_{code}")
    assert not is_explained(operation, f"NEW_{code}")


@pytest.mark.parametrize(("operation", "code", "expected"), ROWS)
def test_documented_code_explains_a_failure_unless_it_is_a_failure_of_the_gateway(
    operation: Operation, code: str, expected: Advice
) -> None:
    assert is_documented(operation, code)
    assert is_explained(operation, code) is (code not in {"SYSTEM_ERROR", "PROCESS_FAIL", "ACCESS_DENIED"})
