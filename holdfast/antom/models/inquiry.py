"""The inquiry of a payment and of its captures (Antom: inquiryPayment).

The gateway has no inquiry of a single capture: a capture is one of the payment's `transactions`.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from holdfast.antom.amounts import OptionalAmount
from holdfast.antom.base import Id64, RequestModel, ResponseModel, Text32, empty_list_if_null, none_if_empty
from holdfast.antom.models.facts import PaymentFacts
from holdfast.antom.models.pay import RedirectActionForm
from holdfast.antom.models.result import Result


class TransactionStatus(StrEnum):
    """The status of a payment (`paymentStatus`) or of one of its transactions."""

    SUCCESS = "SUCCESS"
    FAIL = "FAIL"
    PROCESSING = "PROCESSING"
    CANCELLED = "CANCELLED"
    PENDING = "PENDING"


class TransactionType(StrEnum):
    """The type of an entry in `transactions`."""

    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    CAPTURE = "CAPTURE"
    CANCEL = "CANCEL"
    AUTHORIZATION = "AUTHORIZATION"
    VOID = "VOID"
    INCREMENTAL = "INCREMENTAL"


class InquiryPaymentRequest(RequestModel):
    """Identifies the payment by `paymentId` or `paymentRequestId`; the gateway prefers `paymentId`."""

    paymentId: Id64 | None = None
    paymentRequestId: Id64 | None = None
    merchantAccountId: Text32 | None = None

    @model_validator(mode="after")
    def _check_payment_id(self) -> Self:
        if self.paymentId is None and self.paymentRequestId is None:
            raise ValueError("paymentId or paymentRequestId is required")
        return self


class Transaction(ResponseModel):
    """A capture, refund or other transaction.

    `transactionRequestId` is our request id, such as a captureRequestId.
    """

    transactionType: Annotated[TransactionType | str | None, Field(union_mode="left_to_right")] = None
    transactionStatus: Annotated[TransactionStatus | str | None, Field(union_mode="left_to_right")] = None
    transactionId: str | None = None
    transactionRequestId: str | None = None
    transactionAmount: OptionalAmount = None
    transactionTime: str | None = None
    transactionResult: Annotated[Result | None, BeforeValidator(none_if_empty)] = None


class InquiryPaymentResponse(PaymentFacts):
    """The response to an inquiry. `result` is that of the inquiry itself; `paymentStatus` is the payment's.

    An undocumented status stays a plain string: treat it as not final.
    """

    paymentStatus: Annotated[TransactionStatus | str | None, Field(union_mode="left_to_right")] = None
    paymentResultCode: str | None = None
    paymentResultMessage: str | None = None
    paymentMethodType: str | None = None
    redirectActionForm: RedirectActionForm | None = None
    transactions: Annotated[
        list[Transaction],
        BeforeValidator(empty_list_if_null, json_schema_input_type=list[Transaction] | None),
    ] = Field(default_factory=list)
