"""Parsing notifications: the known kinds, and the errors for any other body."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.antom.errors import AntomError, MalformedNotification, NotificationError, UnknownNotification
from holdfast.antom.models import (
    CaptureNotification,
    Notification,
    PaymentNotification,
    ResultStatus,
    RiskReviewNotification,
    parse_notification,
)
from tests.support.antom.gateway import result

PAN = "4117347806156383"


def notification_body(notify_type: object, **fields: Any) -> bytes:
    return json.dumps(result("S", "SUCCESS", notifyType=notify_type, **fields)).encode()


@pytest.mark.parametrize("notify_type", ["PAYMENT_RESULT", "PAYMENT_PENDING"])
def test_payment_notification_is_parsed_without_loss(notify_type: str) -> None:
    amount = {"currency": "EUR", "value": "30000"}
    body = notification_body(
        notify_type, paymentRequestId="order-1-1", paymentAmount=amount, retryInfo={"new": True}
    )
    notification = parse_notification(body)
    assert isinstance(notification, PaymentNotification)
    assert notification.notifyType == notify_type
    assert notification.paymentRequestId == "order-1-1"
    assert notification.model_dump(mode="json", exclude_unset=True) == json.loads(body)


def test_capture_notification_is_parsed() -> None:
    body = notification_body("CAPTURE_RESULT", captureRequestId="order-1-c1", captureId=2019, paymentId="2")
    notification = parse_notification(body)
    assert isinstance(notification, CaptureNotification)
    assert (notification.captureRequestId, notification.captureId) == ("order-1-c1", "2019")
    assert notification.result.resultStatus is ResultStatus.S


def test_risk_review_notification_is_parsed_with_and_without_a_result() -> None:
    fields = {"notifyType": "RISK_POST_REVIEW", "paymentRequestId": "order-1-1", "authReviewStatus": "ACCEPT"}
    for body in (fields, result("S", "SUCCESS", **fields)):
        notification = parse_notification(json.dumps(body).encode())
        assert isinstance(notification, RiskReviewNotification)
        assert (notification.paymentRequestId, notification.authReviewStatus) == ("order-1-1", "ACCEPT")


@pytest.mark.parametrize(
    "notify_type",
    ["REFUND_RESULT", "UPDATE_AMOUNT_RESULT", "DISPUTE_CREATED", "SOMETHING_NEW"],
)
@pytest.mark.parametrize("field", ["notifyType", "disputeNotificationType"])
def test_notification_type_without_a_model_is_unknown_with_its_name(field: str, notify_type: str) -> None:
    with pytest.raises(UnknownNotification) as caught:
        parse_notification(json.dumps(result("S", "SUCCESS", **{field: notify_type})).encode())
    assert caught.value.notify_type == notify_type


@pytest.mark.parametrize("notify_type", [None, 7, [], {}, "", "payment_result", PAN, "A B", "X" * 65, "A\nB"])
def test_malformed_notification_type_is_unknown_and_not_repeated(notify_type: object) -> None:
    with pytest.raises(UnknownNotification) as caught:
        parse_notification(notification_body(notify_type))
    assert caught.value.notify_type is None
    assert PAN not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b"[" * 100_000, b'{"a":NaN}', b"notifyType=x"])
def test_body_that_is_not_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedNotification, match="not JSON"):
        parse_notification(body)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"PAYMENT_RESULT"', b"null", b"true"])
def test_json_that_is_not_an_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedNotification, match="not a JSON object"):
        parse_notification(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (notification_body("PAYMENT_RESULT"), "paymentRequestId: is required"),
        (notification_body("CAPTURE_RESULT"), "captureRequestId: is required"),
        (b'{"notifyType":"PAYMENT_RESULT","paymentRequestId":"1"}', "result: is required"),
        (
            b'{"notifyType":"PAYMENT_RESULT","paymentRequestId":"1","result":null}',
            "result: must be an object",
        ),
        (notification_body("PAYMENT_RESULT", paymentRequestId=[PAN]), "paymentRequestId: must be a string"),
    ],
)
def test_known_type_that_breaks_its_model_is_malformed(body: bytes, message: str) -> None:
    with pytest.raises(MalformedNotification) as caught:
        parse_notification(body)
    assert str(caught.value) == message
    assert caught.value.notify_type in ("PAYMENT_RESULT", "CAPTURE_RESULT")
    assert caught.value.__suppress_context__


def test_both_errors_are_notification_errors() -> None:
    assert {MalformedNotification.__base__, UnknownNotification.__base__} == {NotificationError}
    assert NotificationError.__base__ is AntomError


@given(
    body=st.one_of(
        st.binary(), st.text().map(str.encode), st.builds(json.dumps, st.integers()).map(str.encode)
    )
)
def test_arbitrary_bytes_raise_notification_error(body: bytes) -> None:
    with pytest.raises(NotificationError):
        parse_notification(body)


@given(
    fields=st.fixed_dictionaries(
        {"notifyType": st.sampled_from(["PAYMENT_RESULT", "CAPTURE_RESULT"])},
        optional={
            name: st.one_of(
                st.none(), st.text(max_size=5), st.integers(), st.booleans(), st.just({}), st.just([])
            )
            for name in [
                *("paymentRequestId", "captureRequestId", "paymentAmount", "captureAmount", "authExpiryTime"),
                *("paymentResultInfo", "cardInfo", "paymentTime", "paymentId", "new"),
            ]
        },
    )
)
def test_known_fields_of_any_type_raise_nothing_but_malformed_notification(fields: dict[str, object]) -> None:
    body = json.dumps(result("S", "SUCCESS") | fields).encode()
    try:
        notification: Notification = parse_notification(body)
    except MalformedNotification:
        return
    assert notification.notifyType == fields["notifyType"]
