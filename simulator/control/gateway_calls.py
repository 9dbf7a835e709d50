"""The gateway's operations and notifications in the OpenAPI document, with the models of `holdfast.antom`."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from holdfast.antom.base import RequestModel, ResponseModel
from holdfast.antom.endpoints import Operation
from holdfast.antom.models import (
    CancelRequest,
    CancelResponse,
    CaptureResponse,
    GatewayCaptureRequest,
    InquiryPaymentRequest,
    InquiryPaymentResponse,
    Notification,
    NotificationListRequest,
    NotificationListResponse,
    PayRequest,
    PayResponse,
    Result,
)


@dataclass(frozen=True)
class GatewayCall:
    """One operation of the gateway."""

    operation: Operation
    summary: str
    request: type[RequestModel]
    response: type[ResponseModel]

    @property
    def name(self) -> str:
        """The name of the operation, such as `pay`."""
        return self.operation.value.rsplit("/", 1)[-1]


GATEWAY_CALLS = (
    GatewayCall(
        Operation.PAY,
        "Authorizes a card payment, or redirects the buyer to a hosted page.",
        PayRequest,
        PayResponse,
    ),
    GatewayCall(
        Operation.INQUIRY_PAYMENT,
        "Returns a payment and its captures.",
        InquiryPaymentRequest,
        InquiryPaymentResponse,
    ),
    GatewayCall(Operation.CAPTURE, "Captures authorized money.", GatewayCaptureRequest, CaptureResponse),
    GatewayCall(
        Operation.CANCEL, "Cancels a payment and releases its authorization.", CancelRequest, CancelResponse
    ),
    GatewayCall(
        Operation.NOTIFICATION_LIST,
        "Returns the notifications of the last thirty days, delivered or not.",
        NotificationListRequest,
        NotificationListResponse,
    ),
)


class Acknowledgement(RequestModel):
    """The answer that acknowledges a notification: SUCCESS, S. Any other is followed by the next send."""

    result: Result


NOTIFICATION_BODY, ACKNOWLEDGEMENT = "webhook body", "webhook answer"
NOTIFICATION_MODELS: dict[str, TypeAdapter[object]] = {
    NOTIFICATION_BODY: TypeAdapter(Notification),
    ACKNOWLEDGEMENT: TypeAdapter(Acknowledgement),
}
REQUEST_HEADERS = {
    "client-id": "The merchant's client id.",
    "request-time": "The time of the request: epoch milliseconds, or ISO-8601 with an offset.",
    "signature": (
        "algorithm=RSA256,keyVersion=1,signature=..., over `POST <path>`, a line feed, and "
        "`<client-id>.<request-time>.<body>`; base64, percent-encoded."
    ),
}
RESPONSE_HEADERS = {
    "client-id": "The merchant's client id.",
    "response-time": "The time of the answer, ISO-8601 with an offset.",
    "signature": "As in the request, with the response-time and the body of the answer.",
}
