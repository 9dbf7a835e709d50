"""What a merchant service sends: the order that starts a payment, and the requests that steer it."""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    model_validator,
)
from pydantic_core import PydanticCustomError

from holdfast.antom.amounts import Amount
from holdfast.antom.models import CaptureMode, CardMetaData, Env, Order, SettlementStrategy
from holdfast.errors import InvalidOrder, InvalidRequest
from holdfast.temporal.names import DOT_SEGMENTS, PAYMENT_REFERENCE
from holdfast.validation.card_fields import reject_card_data
from holdfast.validation.parsing import parse_model
from holdfast.validation.strict import Strict

Seconds = Annotated[int, Field(ge=1, le=30 * 24 * 3600)]


def _survives_a_path(reference: str) -> str:
    if reference in DOT_SEGMENTS:
        raise PydanticCustomError("dot_segment", "must not be . or .., which URLs drop")
    return reference


class AuthorizationExpiry(StrEnum):
    """What happens to an uncaptured authorization one hour before it runs out."""

    VOID = "VOID"
    CAPTURE = "CAPTURE"
    NOTIFY = "NOTIFY"


class PaymentMethod(Strict):
    """How the buyer pays: on the gateway's page, with a stored card, or with a card from the vault."""

    paymentMethodType: Literal["CARD"]
    paymentMethodId: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    """A card token of an earlier payment."""
    paymentMethodMetaData: CardMetaData | None = None
    cardReference: Annotated[str, Field(pattern=r"^card_[A-Za-z0-9_-]{20,80}$")] | None = None
    """A one-time reference into the card vault (server-to-server card data)."""

    @model_validator(mode="after")
    def _one_card(self) -> Self:
        if self.paymentMethodId is not None and self.cardReference is not None:
            raise PydanticCustomError("one_card", "paymentMethodId and cardReference exclude each other")
        return self


class PaymentOrder(Strict):
    """One card payment to be taken. Amounts are digit strings in minor units, durations are seconds."""

    paymentReference: Annotated[str, Field(pattern=PAYMENT_REFERENCE), AfterValidator(_survives_a_path)]
    merchantAccount: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = "default"
    order: Order
    paymentAmount: Amount
    env: Env
    settlementStrategy: SettlementStrategy | None = None
    paymentRedirectUrl: Annotated[str, Field(min_length=1, max_length=2048)]
    paymentMethod: PaymentMethod
    captureMode: CaptureMode = CaptureMode.AUTOMATIC
    completeWithin: Seconds = 840
    onAuthorizationExpiry: AuthorizationExpiry = AuthorizationExpiry.VOID
    attemptLimit: Annotated[int, Field(ge=1, le=20)] = 3
    retryWindow: Seconds = 900

    @model_validator(mode="before")
    @classmethod
    def _no_card_data(cls, data: object) -> object:
        return reject_card_data(data)

    @model_validator(mode="after")
    def _sold_by_the_gateway(self) -> Self:
        refuse_manual_issuer_authentication(self.captureMode, self.paymentMethod)
        return self


class CaptureRequest(Strict):
    """Take the money; the whole authorized amount when `captureAmount` is absent."""

    captureAmount: Amount | None = None
    isLastCapture: StrictBool = True


class CancelRequest(Strict):
    """Let the money go; `reason` is for the audit trail."""

    reason: Annotated[str, Field(min_length=1, max_length=256)]


class RetryRequest(Strict):
    """A new attempt after a decline, with another card or another device."""

    paymentMethod: PaymentMethod
    env: Env | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_card_data(cls, data: object) -> object:
        return reject_card_data(data)


def refuse_manual_issuer_authentication(mode: CaptureMode, method: PaymentMethod) -> None:
    """The gateway has no MANUAL capture for issuer-authenticated cards (Antom: capture, Korea).

    Raises:
        PydanticCustomError: for exactly that combination.
    """
    meta = method.paymentMethodMetaData
    if mode is CaptureMode.MANUAL and meta is not None and meta.requireIssuerAuthentication:
        raise PydanticCustomError(
            "capture_mode",
            "captureMode: MANUAL is not possible with paymentMethod.paymentMethodMetaData."
            "requireIssuerAuthentication, the gateway captures these payments by itself",
        )


def parse_order(data: object) -> PaymentOrder:
    """The order in what any client sent.

    Raises:
        InvalidOrder: one line that names field and rule and repeats no value.
    """
    return parse_model(PaymentOrder, data, InvalidOrder)


def parse_capture(data: object) -> CaptureRequest:
    """The capture request in what any client sent; no argument means the whole amount.

    Raises:
        InvalidRequest: one line that names field and rule and repeats no value.
    """
    return parse_model(CaptureRequest, {} if data is None else data, InvalidRequest)


def parse_cancel(data: object) -> CancelRequest:
    """The cancel request in what any client sent.

    Raises:
        InvalidRequest: one line that names field and rule and repeats no value.
    """
    return parse_model(CancelRequest, data, InvalidRequest)


def parse_retry_shape(data: object) -> RetryRequest:
    """The retry request in what any client sent, whatever the order it is for.

    Raises:
        InvalidRequest: one line that names field and rule and repeats no value.
    """
    return parse_model(RetryRequest, data, InvalidRequest)


def parse_retry(data: object, order: PaymentOrder, used_cards: Collection[str] = ()) -> RetryRequest:
    """The retry request in what any client sent, fit for this order: a card is good for one attempt.

    Raises:
        InvalidRequest: one line that names field and rule and repeats no value.
    """
    request = parse_retry_shape(data)
    try:
        refuse_manual_issuer_authentication(order.captureMode, request.paymentMethod)
    except PydanticCustomError as error:
        raise InvalidRequest(str(error)) from None
    card = request.paymentMethod.cardReference
    if card is not None and card in used_cards:
        raise InvalidRequest(
            "paymentMethod.cardReference: an earlier attempt has used it, put the card in again"
        )
    return request
