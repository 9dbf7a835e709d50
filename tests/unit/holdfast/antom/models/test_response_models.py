"""Response models are tolerant: added fields and other spellings do not make a response invalid."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.antom.amounts import Amount
from holdfast.antom.models import (
    CancelResponse,
    CaptureResponse,
    InquiryPaymentResponse,
    PaymentResultInfo,
    PayResponse,
    ResponseModel,
    ResultStatus,
    ThreeDSResult,
    TransactionStatus,
    TransactionType,
)
from tests.support.antom.gateway import result

RESPONSES = [PayResponse, InquiryPaymentResponse, CaptureResponse, CancelResponse]
EXPIRY = "2024-03-25T19:36:54-07:00"
EXPIRY_UTC = datetime(2024, 3, 26, 2, 36, 54, tzinfo=UTC)


def inquiry(**fields: Any) -> InquiryPaymentResponse:
    return InquiryPaymentResponse.model_validate(result("S", "SUCCESS", **fields))


def three_ds(**fields: Any) -> ThreeDSResult:
    info = inquiry(paymentResultInfo={"threeDSResult": fields}).paymentResultInfo
    assert info is not None
    assert info.threeDSResult is not None
    return info.threeDSResult


@pytest.mark.parametrize("model", RESPONSES)
def test_unknown_fields_are_kept_in_model_extra(model: type[ResponseModel]) -> None:
    fields = result("S", "SUCCESS", somethingNew={"deep": [1, None]}, other=True)
    fields["result"]["resultHint"] = "new too"
    response = model.model_validate(fields)
    assert response.model_extra == {"somethingNew": {"deep": [1, None]}, "other": True}
    assert response.model_dump(mode="json", exclude_unset=True) == fields


@pytest.mark.parametrize("model", RESPONSES)
def test_response_with_only_a_result_is_valid(model: type[ResponseModel]) -> None:
    model.model_validate(result("F", "ACCESS_DENIED"))
    model.model_validate({"result": {"resultCode": "X", "resultStatus": "F"}})


@pytest.mark.parametrize("model", RESPONSES)
@pytest.mark.parametrize("fields", [{}, {"result": None}, {"result": {}}, [], "S", None])
def test_response_without_a_result_is_invalid(model: type[ResponseModel], fields: object) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(fields)


def test_known_values_become_enums_and_unknown_values_stay_strings() -> None:
    known = inquiry(paymentStatus="SUCCESS", transactions=[{"transactionType": "CAPTURE"}])
    assert known.paymentStatus is TransactionStatus.SUCCESS
    assert known.transactions[0].transactionType is TransactionType.CAPTURE
    assert known.result.resultStatus is ResultStatus.S
    new = inquiry(paymentStatus="WEIRD", transactions=[{"transactionType": "X", "transactionStatus": "Y"}])
    assert new.paymentStatus == "WEIRD"
    assert (new.transactions[0].transactionType, new.transactions[0].transactionStatus) == ("X", "Y")
    assert PayResponse.model_validate(result("Z", "NEW_CODE")).result.resultStatus == "Z"


@pytest.mark.parametrize("fields", [{"transactions": None}, {"transactions": []}, {}])
def test_missing_transactions_are_an_empty_list(fields: dict[str, Any]) -> None:
    assert inquiry(**fields).transactions == []


def test_capture_is_parsed_from_the_transactions() -> None:
    entry = {
        "transactionType": "CAPTURE",
        "transactionStatus": "PROCESSING",
        "transactionId": 2019,
        "transactionRequestId": "order-1-c1",
        "transactionAmount": {"currency": "EUR", "value": 30000},
        "transactionResult": {"resultCode": "PAYMENT_IN_PROCESS", "resultStatus": "U"},
        "acquirerInfo": {"new": 1},
    }
    [capture] = inquiry(transactions=[entry]).transactions
    assert capture.transactionId == "2019"
    assert capture.transactionStatus is TransactionStatus.PROCESSING
    assert capture.transactionAmount is not None
    assert capture.transactionAmount.matches(Amount(currency="EUR", value="30000"))


@pytest.mark.parametrize("name", ["authExpiryTime", "authExpirytime"])
def test_authorization_expiry_is_read_from_both_spellings(name: str) -> None:
    response = inquiry(**{name: EXPIRY})
    assert response.auth_expiry == EXPIRY_UTC
    assert response.model_dump(exclude_unset=True)[name] == EXPIRY


def test_empty_spelling_does_not_hide_the_other() -> None:
    assert inquiry(authExpiryTime="", authExpirytime=EXPIRY).auth_expiry == EXPIRY_UTC


@pytest.mark.parametrize(
    "text", [None, "", "soon", "2024-03-25T19:36:54", "0001-01-01T00:00:00+14:00", "x" * 999]
)
def test_unreadable_time_is_none(text: str | None) -> None:
    response = inquiry(authExpiryTime=text, paymentTime=text)
    assert response.auth_expiry is None
    assert response.paid_at is None


@pytest.mark.parametrize("name", ["cavv", "caav"])
def test_cryptogram_is_read_from_both_spellings(name: str) -> None:
    result_of_3ds = three_ds(**{name: "cryptogram"})
    assert result_of_3ds.authentication_value == "cryptogram"
    assert "cryptogram" not in repr(result_of_3ds)


def test_empty_cryptogram_is_none() -> None:
    assert three_ds(cavv="", eci="").authentication_value is None
    assert three_ds(cavv="", caav="x").authentication_value == "x"


@pytest.mark.parametrize(
    ("written", "read"),
    [(True, True), (False, False), ("true", True), ("false", False), ("Y", True), ("", None), (None, None)],
)
def test_boolean_is_read_bare_and_quoted(written: object, read: bool | None) -> None:
    assert three_ds(challenged=written, threeDSOffered=written).challenged is read


def test_card_info_is_used_where_payment_result_info_is_absent() -> None:
    older = inquiry(cardInfo={"lastFour": "6383"}).result_info
    assert older is not None
    assert older.lastFour == "6383"


@pytest.mark.parametrize("empty", [{}, {"cardToken": None}, {"cardToken": ""}])
def test_card_info_adds_the_fields_that_payment_result_info_lacks(empty: dict[str, object]) -> None:
    older = {"lastFour": "0000", "cardToken": "token-1", "new": 1, "threeDSResult": {"eci": "05", "xid": "x"}}
    newer = {"lastFour": "6383", **empty, "threeDSResult": {"eci": "02", "xid": ""}}
    both = inquiry(cardInfo=older, paymentResultInfo=newer).result_info
    assert both is not None
    assert (both.lastFour, both.cardToken) == ("6383", "token-1")
    assert both.threeDSResult is not None
    assert (both.threeDSResult.eci, both.threeDSResult.xid) == ("02", "x")


@pytest.mark.parametrize("invalid", ["", "text", [], True, 7])
@pytest.mark.parametrize("name", ["paymentResultInfo", "cardInfo"])
def test_card_details_of_another_type_do_not_invalidate_the_response(name: str, invalid: object) -> None:
    response = PayResponse.model_validate(result("S", "SUCCESS", **{name: invalid}))
    assert response.result.resultStatus is ResultStatus.S
    assert response.result_info is None


def test_invalid_card_detail_does_not_hide_the_others() -> None:
    fields = {"cardBrand": True, "lastFour": 6383, "threeDSResult": {"challenged": "perhaps", "eci": 5}}
    info = PaymentResultInfo.model_validate(fields)
    assert (info.cardBrand, info.lastFour) == (None, "6383")
    assert info.threeDSResult is not None
    assert (info.threeDSResult.challenged, info.threeDSResult.eci) == (None, "5")


@pytest.mark.parametrize("empty", [None, "", {}])
def test_empty_amount_is_none(empty: object) -> None:
    response = inquiry(
        paymentAmount=empty, transactions=[{"transactionAmount": empty, "transactionResult": empty}]
    )
    assert response.paymentAmount is None
    assert response.transactions[0].transactionAmount is None
    assert response.transactions[0].transactionResult is None
    capture = CaptureResponse.model_validate(result("F", "PROCESS_FAIL", captureAmount=empty))
    assert capture.captureAmount is None


@pytest.mark.parametrize(
    "fields",
    [
        {"normalUrl": "https://x"},
        {"schemeUrl": "x://y"},
        {"applinkUrl": "https://x"},
        {"redirectActionForm": {"method": "POST", "redirectUrl": "https://x", "parameters": "{}"}},
    ],
)
def test_response_with_any_page_url_has_a_redirect(fields: dict[str, Any]) -> None:
    assert PayResponse.model_validate(result("U", "PAYMENT_IN_PROCESS", **fields)).has_redirect


@pytest.mark.parametrize("fields", [{}, {"normalUrl": ""}, {"redirectActionForm": {}}, {"normalUrl": None}])
def test_response_without_a_page_url_has_no_redirect(fields: dict[str, Any]) -> None:
    assert not PayResponse.model_validate(result("U", "PAYMENT_IN_PROCESS", **fields)).has_redirect


def test_repr_of_payment_result_info_omits_card_details() -> None:
    secrets = {"cardNo": "411734******6383", "cardToken": "TOKEN", "expiryMonth": "MM", "expiryYear": "YY"}
    more = {"fingerprint": "FINGER", "cardholderName": {"firstName": "Tom"}}
    text = repr(PaymentResultInfo.model_validate(secrets | more))
    assert not [value for value in (*secrets.values(), "FINGER", "Tom") if value in text]


def test_repr_of_response_omits_unknown_fields() -> None:
    added = {"cardNumber": "4117347806156383", "paymentResultInfo": {"cardNumber": "4117347806156383"}}
    response = PayResponse.model_validate(result("S", "SUCCESS", **added))
    assert response.model_extra == {"cardNumber": "4117347806156383"}
    assert "4117347806156383" not in repr(response)
    assert "SUCCESS" in repr(response)


def test_response_is_immutable() -> None:
    response = inquiry()
    name = "paymentStatus"
    with pytest.raises(ValidationError, match="frozen"):
        setattr(response, name, "SUCCESS")
