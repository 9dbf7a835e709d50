"""The notifications that the gateway sends (Antom: notifyPayment, notifyCapture, inquireNotificationList).

Verify the signature over the raw bytes first: this module does not check whether a body is authentic.
"""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import ValidationError
from pydantic_core import from_json

from holdfast.antom.errors import MalformedNotification, UnknownNotification
from holdfast.antom.models.capture import CaptureFacts
from holdfast.antom.models.facts import PaymentFacts
from holdfast.antom.models.result import Result, ResultStatus
from holdfast.antom.models.validation_errors import format_validation_error

_TYPE_NAME = re.compile(r"[A-Z][A-Z_]{0,63}")


class PaymentNotification(PaymentFacts):
    """PAYMENT_RESULT: the payment is decided. PAYMENT_PENDING: it is not, whatever its `resultStatus`."""

    notifyType: Literal["PAYMENT_RESULT", "PAYMENT_PENDING"]
    paymentRequestId: str
    paymentMethodType: str | None = None


class RiskReviewNotification(PaymentFacts):
    """RISK_POST_REVIEW: the risk review of an authorization has a result, in `authReviewStatus`.

    Antom documents no body for it. Its `result` is not that of the payment, and it may be absent.
    """

    notifyType: Literal["RISK_POST_REVIEW"]
    result: Result = Result(resultCode="RISK_POST_REVIEW", resultStatus=ResultStatus.U)


class CaptureNotification(CaptureFacts):
    """CAPTURE_RESULT. The `captureRequestId` of an automatic capture is made by the gateway, not by us."""

    notifyType: Literal["CAPTURE_RESULT"]
    captureRequestId: str


Notification = PaymentNotification | CaptureNotification | RiskReviewNotification

_MODELS: Mapping[str, type[Notification]] = {
    "PAYMENT_RESULT": PaymentNotification,
    "PAYMENT_PENDING": PaymentNotification,
    "CAPTURE_RESULT": CaptureNotification,
    "RISK_POST_REVIEW": RiskReviewNotification,
}


def parse_notification(body: bytes) -> Notification:
    """Returns the notification in a body whose signature has been verified.

    Raises:
        MalformedNotification: The body is not JSON, or it breaks the model of its type.
        UnknownNotification: The body is of a type without a model.
    """
    content = _parse_json_object(body)
    notify_type = _notify_type_of(content)
    if notify_type is None or notify_type not in _MODELS:
        raise UnknownNotification("no model for this notifyType", notify_type=notify_type)
    try:
        return _MODELS[notify_type].model_validate(content)
    except ValidationError as error:
        raise MalformedNotification(format_validation_error(error), notify_type=notify_type) from None


def _parse_json_object(body: bytes) -> dict[str, object]:
    try:
        content = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise MalformedNotification("not JSON") from None
    if not isinstance(content, dict):
        raise MalformedNotification("not a JSON object")
    return content


def _notify_type_of(content: dict[str, object]) -> str | None:
    """Returns the type's name, which disputes have in `disputeNotificationType`; None for any other value."""
    name = content.get("notifyType", content.get("disputeNotificationType"))
    return name if isinstance(name, str) and _TYPE_NAME.fullmatch(name) else None
