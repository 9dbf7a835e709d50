"""Voiding an authorization that was not captured (Antom: cancel). No notification follows."""

from typing import Self

from pydantic import model_validator

from holdfast.antom.base import Id64, Sent, Text32
from holdfast.antom.models.result import Answer


class CancelRequest(Sent):
    """Names the payment by `paymentId` or `paymentRequestId`; it has no id of its own and may be repeated."""

    paymentId: Id64 | None = None
    paymentRequestId: Id64 | None = None
    merchantAccountId: Text32 | None = None

    @model_validator(mode="after")
    def _names_a_payment(self) -> Self:
        if self.paymentId is None and self.paymentRequestId is None:
            raise ValueError("paymentId or paymentRequestId is required")
        return self


class CancelResponse(Answer):
    """Answer to a cancel; S also for a payment that had failed, whose status stays FAIL."""

    paymentId: str | None = None
    paymentRequestId: str | None = None
    cancelTime: str | None = None
