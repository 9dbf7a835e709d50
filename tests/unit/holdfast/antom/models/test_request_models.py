"""Request models are strict: each broken rule is refused in one line without values."""

from typing import Any

import pytest
from pydantic import ValidationError

from holdfast.antom.models import (
    CancelRequest,
    CardMetaData,
    GatewayCaptureRequest,
    InquiryPaymentRequest,
    PayRequest,
    RawCardMetaData,
    RequestModel,
    format_validation_error,
)
from tests.support.antom.gateway import sample

PAN, CVV = "4117347806156383", "850"
REQUEST = "pay-request.server-to-server.automatic-capture.json"
META = "paymentMethod.paymentMethodMetaData"


def set_at(fields: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    target: Any = fields
    for name in parents:
        target = target[int(name)] if isinstance(target, list) else target.setdefault(name, {})
    target[last] = value


def changed(*changes: tuple[str, object]) -> dict[str, Any]:
    fields = sample(REQUEST)
    for path, value in changes:
        set_at(fields, path, value)
    return fields


def refusal(model: type[RequestModel], fields: object) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(fields)
    assert PAN not in str(caught.value)
    return format_validation_error(caught.value)


LENGTHS = {
    "paymentRequestId": 64,
    "paymentRedirectUrl": 2048,
    "paymentNotifyUrl": 2048,
    "merchantAccountId": 32,
    "appId": 32,
    "metadata": 2048,
    "locale": 8,
    "order.referenceOrderId": 64,
    "order.orderDescription": 256,
    "order.buyer.referenceBuyerId": 64,
    "order.buyer.buyerName.firstName": 32,
    "order.buyer.buyerName.middleName": 32,
    "order.buyer.buyerName.lastName": 32,
    "order.buyer.buyerName.fullName": 128,
    "order.buyer.buyerPhoneNo": 24,
    "order.buyer.buyerEmail": 64,
    "order.goods.0.referenceGoodsId": 64,
    "order.goods.0.goodsName": 256,
    "order.goods.0.goodsCategory": 64,
    "order.goods.0.goodsUrl": 2048,
    "order.shipping.shippingCarrier": 128,
    "order.shipping.shippingPhoneNo": 16,
    "order.shipping.shipToEmail": 64,
    "order.shipping.shippingAddress.state": 8,
    "order.shipping.shippingAddress.city": 32,
    "order.shipping.shippingAddress.address1": 256,
    "order.shipping.shippingAddress.address2": 256,
    "order.shipping.shippingAddress.zipCode": 32,
    "env.deviceTokenId": 64,
    "env.deviceBrand": 64,
    "env.deviceModel": 128,
    "paymentMethod.paymentMethodType": 64,
    "paymentMethod.paymentMethodId": 2048,
    f"{META}.cardNo": 32,
    f"{META}.networkTransactionId": 256,
    f"{META}.businessNo": 10,
    f"{META}.cpf": 11,
    f"{META}.payerEmail": 64,
}


@pytest.mark.parametrize(("path", "limit"), LENGTHS.items())
def test_text_is_accepted_up_to_its_limit(path: str, limit: int) -> None:
    PayRequest.model_validate(changed((path, "x" * limit)))
    assert refusal(PayRequest, changed((path, "x" * (limit + 1)))) == f"{path}: at most {limit} characters"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("productCode", "AGREEMENT_PAYMENT", "productCode: must be 'CASHIER_PAYMENT'"),
        ("paymentRequestId", "", "paymentRequestId: must not be empty"),
        ("paymentRedirectUrl", "", "paymentRedirectUrl: must not be empty"),
        ("env.terminalType", "TV", "env.terminalType: must be 'WEB', 'WAP', 'APP' or 'MINI_APP'"),
        ("env.osType", "WINDOWS", "env.osType: must be 'IOS' or 'ANDROID'"),
        ("env.colorDepth", 2, "env.colorDepth: must be 1, 4, 8, 15, 16, 24, 30, 32 or 48"),
        ("env.screenHeight", 0, "env.screenHeight: must be at least 1"),
        ("env.screenWidth", 0, "env.screenWidth: must be at least 1"),
        ("env.timeZoneOffset", 721, "env.timeZoneOffset: must be at most 720"),
        ("env.timeZoneOffset", -721, "env.timeZoneOffset: must be at least -720"),
        ("paymentFactor.captureMode", "LATER", "paymentFactor.captureMode: must be 'AUTOMATIC' or 'MANUAL'"),
        ("creditPayPlan.installmentNum", 1, "creditPayPlan.installmentNum: must be at least 2"),
        ("creditPayPlan.installmentNum", 13, "creditPayPlan.installmentNum: must be at most 12"),
        ("settlementStrategy.settlementCurrency", "EURO", "settlementCurrency: at most 3 characters"),
        ("merchantRegion", "USA", "merchantRegion: at most 2 characters"),
        ("order.goods.0.goodsQuantity", "0", "order.goods.0.goodsQuantity: must match"),
        ("order.goods.0.goodsQuantity", "1.5", "order.goods.0.goodsQuantity: must match"),
        ("order.goods.0.deliveryMethodType", "DRONE", "must be 'PHYSICAL' or 'DIGITAL'"),
        (
            "order.buyer.buyerRegistrationTime",
            "2024-01-01T00:00:00",
            "must be an ISO-8601 time with an offset",
        ),
        ("paymentExpiryTime", "tomorrow", "paymentExpiryTime: must be an ISO-8601 time with an offset"),
        ("paymentAmount.value", 30000, "paymentAmount.value: must be a string"),
        (f"{META}.cvv", "99", f"{META}.cvv: must match"),
        (f"{META}.cvv", "12345", f"{META}.cvv: must match"),
        (f"{META}.expiryMonth", "1", f"{META}.expiryMonth: must match"),
        (f"{META}.expiryYear", "2029", f"{META}.expiryYear: must match"),
        (f"{META}.expiryYear", "29\n", f"{META}.expiryYear: must match"),
        (f"{META}.cardPasswordDigest", "123", f"{META}.cardPasswordDigest: must match"),
        (f"{META}.dateOfBirth", "01.02.1990", f"{META}.dateOfBirth: must match"),
        (f"{META}.recurringType", "DAILY", "must be 'SCHEDULED' or 'UNSCHEDULED'"),
        (f"{META}.cardNo", int(PAN), f"{META}.cardNo: must be a string"),
    ],
)
def test_value_that_breaks_a_rule_is_refused_with_field_and_rule(
    path: str, value: object, message: str
) -> None:
    assert message in refusal(PayRequest, changed((path, value)))


@pytest.mark.parametrize(
    "name",
    [
        "paymentRequestId",
        "order",
        "paymentAmount",
        "paymentMethod",
        "paymentRedirectUrl",
        "env",
        "order.referenceOrderId",
        "order.orderDescription",
        "order.orderAmount",
        "env.terminalType",
        "paymentMethod.paymentMethodType",
        "paymentAmount.value",
        "paymentAmount.currency",
    ],
)
def test_missing_required_field_is_refused_by_name(name: str) -> None:
    fields = sample(REQUEST)
    *parents, last = name.split(".")
    target = fields
    for parent in parents:
        target = target[parent]
    del target[last]
    assert refusal(PayRequest, fields) == f"{name}: is required"


@pytest.mark.parametrize(
    "path",
    [
        "paymentRequestID",
        "order.colour",
        "env.browserInfo.colour",
        "paymentFactor.capturemode",
        f"{META}.enableAuthenticationUpgrate",
        f"{META}.pin",
        "order.goods.0.colour",
        "paymentAmount.scale",
    ],
)
def test_unknown_field_is_refused_by_name(path: str) -> None:
    assert refusal(PayRequest, changed((path, "x"))) == f"{path}: is not a known field"


def test_goods_are_accepted_up_to_one_hundred() -> None:
    [goods] = sample(REQUEST)["order"]["goods"]
    PayRequest.model_validate(changed(("order.goods", [goods] * 100)))
    too_many = changed(("order.goods", [goods] * 101))
    assert refusal(PayRequest, too_many) == "order.goods: at most 100 entries"


def test_broken_rule_of_a_list_entry_names_the_entry() -> None:
    [goods] = sample(REQUEST)["order"]["goods"]
    fields = changed(("order.goods", [goods] * 3 + [goods | {"goodsName": "x" * 257}]))
    assert refusal(PayRequest, fields) == "order.goods.3.goodsName: at most 256 characters"


@pytest.mark.parametrize("quantity", ["1", "10", 3])
def test_quantity_is_serialized_as_a_string(quantity: object) -> None:
    request = PayRequest.model_validate(changed(("order.goods.0.goodsQuantity", quantity)))
    assert request.order.goods is not None
    assert request.order.goods[0].goodsQuantity == str(quantity)


def test_manual_capture_with_issuer_authentication_is_refused() -> None:
    fields = changed(("paymentFactor.captureMode", "MANUAL"), (f"{META}.requireIssuerAuthentication", True))
    refused = refusal(PayRequest, fields)
    assert refused == "paymentFactor.captureMode cannot be MANUAL with requireIssuerAuthentication"


@pytest.mark.parametrize(("mode", "issuer"), [("AUTOMATIC", True), (None, True), ("MANUAL", False)])
def test_other_capture_modes_are_accepted_with_issuer_authentication(mode: str | None, issuer: bool) -> None:
    fields = changed(("paymentFactor.captureMode", mode), (f"{META}.requireIssuerAuthentication", issuer))
    PayRequest.model_validate(fields)


@pytest.mark.parametrize("terminal", ["WAP", "APP", "MINI_APP"])
def test_terminal_other_than_web_requires_os_type(terminal: str) -> None:
    fields = changed(("env.terminalType", terminal), ("env.osType", None))
    assert refusal(PayRequest, fields) == f"env: osType is required when terminalType is {terminal}"
    PayRequest.model_validate(changed(("env.terminalType", "WEB"), ("env.osType", None)))


def test_stored_payment_method_requires_reference_buyer_id() -> None:
    fields = changed(("paymentFactor.storePaymentMethodForBuyer", True))
    PayRequest.model_validate(fields)
    for owner in (None, {}, {"referenceBuyerId": ""}):
        set_at(fields, "order.buyer", owner)
        assert "order.buyer.referenceBuyerId is required" in refusal(PayRequest, fields)


def test_external_authentication_excludes_3ds_authentication() -> None:
    fields = changed((f"{META}.mpiData", {"eci": "05", "cavv": "x"}), (f"{META}.is3DSAuthentication", True))
    assert refusal(PayRequest, fields) == f"{META}: is3DSAuthentication must be false with mpiData"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ({"city": "Reno"}, f"{META}.billingAddress.region: is required"),
        (
            {"region": "US", "state": "Nevada"},
            "state must be an ISO 3166-2 code of 2 to 3 characters in the US",
        ),
        ({"region": "US", "zipCode": "1" * 11}, "zipCode must have at most 10 characters in the US"),
    ],
)
def test_billing_address_follows_the_rules_of_its_region(address: dict[str, str], message: str) -> None:
    assert message in refusal(PayRequest, changed((f"{META}.billingAddress", address)))


@pytest.mark.parametrize("cvv", ["123", "1234"])
def test_cvv_of_three_or_four_digits_is_accepted(cvv: str) -> None:
    PayRequest.model_validate(changed((f"{META}.cvv", cvv)))


def test_quoted_boolean_is_serialized_bare() -> None:
    request = PayRequest.model_validate(changed(("paymentFactor.isAuthorization", "true")))
    assert request.model_dump(mode="json", exclude_none=True)["paymentFactor"] == {"isAuthorization": True}


@pytest.mark.parametrize("name", ["cardNo", "cvv", "expiryMonth", "expiryYear", "cardPasswordDigest"])
def test_card_meta_data_refuses_card_data(name: str) -> None:
    assert refusal(CardMetaData, {name: PAN}) == f"{name}: is not a known field"


def test_repr_of_pay_request_contains_no_card_data() -> None:
    card = {"cardNo": PAN, "cvv": CVV, "expiryMonth": "12", "expiryYear": "29", "cardPasswordDigest": "77"}
    request = PayRequest.model_validate(changed((META, card), ("paymentMethod.paymentMethodId", "TOKEN")))
    assert RawCardMetaData.model_validate(card).cvv == CVV
    for text in (repr(request), str(request), repr(request.paymentMethod)):
        assert not [secret for secret in (PAN, CVV, "'12'", "'29'", "'77'", "TOKEN") if secret in text]


@pytest.mark.parametrize("model", [InquiryPaymentRequest, CancelRequest])
def test_inquiry_and_cancel_require_a_payment_id(model: type[RequestModel]) -> None:
    assert refusal(model, {}) == "paymentId or paymentRequestId is required"
    assert refusal(model, {"paymentId": ""}) == "paymentId: must not be empty"
    assert refusal(model, {"paymentId": "x" * 65}) == "paymentId: at most 64 characters"
    model.model_validate({"paymentId": "1"})
    model.model_validate({"paymentRequestId": "1"})


def test_capture_requires_request_id_payment_id_and_amount() -> None:
    refused = refusal(GatewayCaptureRequest, {"captureType": "LAST", "paymentRequestId": "1"})
    for name in ("captureRequestId", "paymentId", "captureAmount"):
        assert f"{name}: is required" in refused
    assert "captureType: must be 'FINAL' or 'NON_FINAL'" in refused
    assert "paymentRequestId: is not a known field" in refused


def test_request_is_immutable() -> None:
    request = PayRequest.model_validate(sample(REQUEST))
    name = "paymentRequestId"
    with pytest.raises(ValidationError, match="frozen"):
        setattr(request, name, "another")
