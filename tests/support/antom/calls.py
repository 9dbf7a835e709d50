"""The client's five calls, made to a stub gateway."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from holdfast.antom.client import AntomClient
from holdfast.antom.models import (
    Amount,
    CancelRequest,
    GatewayCaptureRequest,
    InquiryPaymentRequest,
    NotificationListRequest,
)
from holdfast.antom.outcome import Outcome, Unknown
from tests.support.antom.gateway import (
    PAYMENT_REQUEST_ID,
    Reply,
    StubGateway,
    account,
    pay_request,
    result,
    signed_response,
)

INQUIRY = InquiryPaymentRequest(paymentRequestId=PAYMENT_REQUEST_ID)
CAPTURE = GatewayCaptureRequest(
    captureRequestId="order-1-c1", paymentId="2019", captureAmount=Amount(currency="EUR", value="30000")
)
CANCEL = CancelRequest(paymentRequestId=PAYMENT_REQUEST_ID)
NOTIFICATION_LIST = NotificationListRequest(
    eventCreateTimeFrom="2026-11-22T00:00:00Z", eventCreateTimeTo="2026-11-23T00:00:00Z"
)

CALLS: dict[str, Callable[[AntomClient], Awaitable[Outcome[Any]]]] = {
    "pay": lambda client: client.pay(pay_request()),
    "inquire_payment": lambda client: client.inquire_payment(INQUIRY),
    "capture": lambda client: client.capture(CAPTURE),
    "cancel": lambda client: client.cancel(CANCEL),
    "list_notifications": lambda client: client.list_notifications(NOTIFICATION_LIST),
}
PATHS = {
    "pay": "/ams/api/v1/payments/pay",
    "inquire_payment": "/ams/api/v1/payments/inquiryPayment",
    "capture": "/ams/api/v1/payments/capture",
    "cancel": "/ams/api/v1/payments/cancel",
    "list_notifications": "/ams/api/v1/notification/inquireNotificationList",
}


async def outcome_of(reply: Reply, call: str = "pay") -> Outcome[Any]:
    async with AntomClient(account(), transport=StubGateway(reply)) as client:
        return await CALLS[call](client)


async def unknown_of(reply: Reply, call: str = "pay") -> Unknown:
    outcome = await outcome_of(reply, call)
    assert isinstance(outcome, Unknown)
    return outcome


def json_body(fields: object) -> bytes:
    return json.dumps(fields).encode()


SUCCESS = result("S", "SUCCESS", paymentRequestId=PAYMENT_REQUEST_ID)


def respond_signed_by(key: str) -> Reply:
    return lambda request: signed_response(request.url.path, json_body(SUCCESS), key=key)
