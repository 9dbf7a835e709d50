"""The inquiry of a payment and of its captures (Antom: inquiryPayment).

There is no inquiry of a capture alone: it is one of the payment's `transactions`.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from holdfast.antom.amounts import AmountIfAny
from holdfast.antom.base import Id64, Received, Sent, Text32, none_when_empty
from holdfast.antom.models.facts import PaymentFacts
from holdfast.antom.models.pay import RedirectActionForm
from holdfast.antom.models.result import Result


class TransactionStatus(StrEnum):
    """State of a payment (`paymentStatus`) or of one of its transactions."""

    SUCCESS = "SUCCESS"
    FAIL = "FAIL"
    PROCESSING = "PROCESSING"
    CANCELLED = "CANCELLED"
    PENDING = "PENDING"


class TransactionType(StrEnum):
    """Kind of an entry in `transactions`."""

    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    CAPTURE = "CAPTURE"
    CANCEL = "CANCEL"
    AUTHORIZATION = "AUTHORIZATION"
    VOID = "VOID"
    INCREMENTAL = "INCREMENTAL"


class InquiryPaymentRequest(Sent):
    """Asks by `paymentId` or by `paymentRequestId`; with both, the gateway takes `paymentId`."""

    paymentId: Id64 | None = None
    paymentRequestId: Id64 | None = None
    merchantAccountId: Text32 | None = None

    @model_validator(mode="after")
    def _names_a_payment(self) -> Self:
        if self.paymentId is None and self.paymentRequestId is None:
            raise ValueError("paymentId or paymentRequestId is required")
        return self


class Transaction(Received):
    """One capture, refund or the like; `transactionRequestId` is our request id, as captureRequestId."""

    transactionType: Annotated[TransactionType | str | None, Field(union_mode="left_to_right")] = None
    transactionStatus: Annotated[TransactionStatus | str | None, Field(union_mode="left_to_right")] = None
    transactionId: str | None = None
    transactionRequestId: str | None = None
    transactionAmount: AmountIfAny = None
    transactionTime: str | None = None
    transactionResult: Annotated[Result | None, BeforeValidator(none_when_empty)] = None


def _empty_when_null(value: object) -> object:
    return [] if value is None else value


class InquiryPaymentResponse(PaymentFacts):
    """Answer to an inquiry. `result` tells only whether the inquiry worked: read `paymentStatus`.

    A status nobody has documented stays a plain string: treat it as not final.
    """

    paymentStatus: Annotated[TransactionStatus | str | None, Field(union_mode="left_to_right")] = None
    paymentResultCode: str | None = None
    paymentResultMessage: str | None = None
    paymentMethodType: str | None = None
    redirectActionForm: RedirectActionForm | None = None
    authReviewStatus: str | None = None
    transactions: Annotated[list[Transaction], BeforeValidator(_empty_when_null)] = Field(
        default_factory=list
    )
