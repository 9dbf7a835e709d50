"""The cancel call, which voids an uncaptured authorization (Antom: cancel). No notification follows it."""

from typing import Self

from pydantic import model_validator

from holdfast.antom.base import Id64, RequestModel, Text32
from holdfast.antom.models.result import ResultModel


class CancelRequest(RequestModel):
    """Identifies the payment by `paymentId` or `paymentRequestId`; it may be repeated."""

    paymentId: Id64 | None = None
    paymentRequestId: Id64 | None = None
    merchantAccountId: Text32 | None = None

    @model_validator(mode="after")
    def _check_payment_id(self) -> Self:
        if self.paymentId is None and self.paymentRequestId is None:
            raise ValueError("paymentId or paymentRequestId is required")
        return self


class CancelResponse(ResultModel):
    """The response to a cancel; S also for a payment that had failed, whose status stays FAIL."""

    paymentId: str | None = None
    paymentRequestId: str | None = None
    cancelTime: str | None = None
