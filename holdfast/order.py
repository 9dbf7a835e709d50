"""The order that starts a payment, and the requests that change a running payment."""

from collections.abc import Collection
from enum import StrEnum
from hashlib import sha256
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
from holdfast.validation.redirect_url import is_redirect, refuse_redirect
from holdfast.validation.size import reject_oversized
from holdfast.validation.strict import Strict

Seconds = Annotated[int, Field(ge=1, le=30 * 24 * 3600)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", strict=True)]
"""The merchant's own key of one capture or of one attempt. It holds no card data: Temporal stores it."""


def _refuse_dot_segment(reference: str) -> str:
    if reference in DOT_SEGMENTS:
        raise PydanticCustomError("dot_segment", "must not be . or .., which URLs drop")
    return reference


class AuthorizationExpiry(StrEnum):
    """The action that is taken one hour before an uncaptured authorization expires."""

    VOID = "VOID"
    CAPTURE = "CAPTURE"
    NOTIFY = "NOTIFY"


class PaymentMethod(Strict):
    """The payment method: the gateway's hosted page, a stored card, or a card from the card vault."""

    paymentMethodType: Literal["CARD"]
    paymentMethodId: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    """The card token of an earlier payment."""
    paymentMethodMetaData: CardMetaData | None = None
    cardReference: Annotated[str, Field(pattern=r"^card_[A-Za-z0-9_-]{20,80}$")] | None = None
    """The one-time reference of an entry in the card vault (server-to-server card data)."""

    @model_validator(mode="after")
    def _refuse_two_cards(self) -> Self:
        if self.paymentMethodId is not None and self.cardReference is not None:
            raise PydanticCustomError("one_card", "paymentMethodId and cardReference exclude each other")
        return self

    @property
    def fingerprint(self) -> str:
        """The kind of the payment method and the stored card, as a hash of 32 hexadecimal digits.

        The value of a `cardReference` does not count: a buyer who enters the card again gets another one.
        """
        kind = "card from the vault" if self.cardReference is not None else "page or stored card"
        parts = (self.paymentMethodType, kind, self.paymentMethodId or "")
        return sha256("\n".join(parts).encode()).hexdigest()[:32]


class PaymentOrder(Strict):
    """The order of one card payment. Amounts are digit strings in minor units, durations are in seconds."""

    paymentReference: Annotated[str, Field(pattern=PAYMENT_REFERENCE), AfterValidator(_refuse_dot_segment)]
    merchantAccount: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] = "default"
    order: Order
    paymentAmount: Amount
    env: Env
    settlementStrategy: SettlementStrategy | None = None
    paymentRedirectUrl: Annotated[
        str,
        Field(min_length=1, max_length=2048, json_schema_extra={"pattern": "^[A-Za-z][A-Za-z0-9+.-]*:"}),
    ]
    """`https` or `http`, or in an app a scheme of the app's own."""
    paymentMethod: PaymentMethod
    captureMode: CaptureMode = CaptureMode.AUTOMATIC
    completeWithin: Seconds = 840
    onAuthorizationExpiry: AuthorizationExpiry = AuthorizationExpiry.VOID
    attemptLimit: Annotated[int, Field(ge=1, le=20)] = 3
    retryWindow: Seconds = 900

    @model_validator(mode="before")
    @classmethod
    def _reject_card_data(cls, data: object) -> object:
        return reject_card_data(data)

    @model_validator(mode="after")
    def _refuse_redirect(self) -> Self:
        refuse_redirect(self.paymentRedirectUrl, self.env)
        return self

    @model_validator(mode="after")
    def _refuse_impossible_capture_mode(self) -> Self:
        refuse_manual_issuer_authentication(self.captureMode, self.paymentMethod)
        return self


class CaptureRequest(Strict):
    """The request to capture `captureAmount`, or the whole authorized amount when it is absent."""

    captureAmount: Amount | None = None
    isLastCapture: StrictBool = True
    key: Key | None = None
    """The same key is the same capture: it is made again only after it has failed."""


class CancelRequest(Strict):
    """The request to cancel a payment. The audit trail keeps its `reason`."""

    reason: Annotated[str, Field(min_length=1, max_length=256)]


class RetryRequest(Strict):
    """The request for a new attempt after a decline, with another payment method or environment."""

    paymentMethod: PaymentMethod
    env: Env | None = None
    key: Key | None = None
    """The same key is the same attempt."""

    @model_validator(mode="before")
    @classmethod
    def _reject_card_data(cls, data: object) -> object:
        return reject_card_data(data)


def refuse_manual_issuer_authentication(mode: CaptureMode, method: PaymentMethod) -> None:
    """Refuses MANUAL capture of issuer-authenticated cards, which the gateway lacks (Antom: capture, Korea).

    Raises:
        PydanticCustomError: The capture mode is MANUAL, and the card requires issuer authentication.
    """
    meta = method.paymentMethodMetaData
    if mode is CaptureMode.MANUAL and meta is not None and meta.requireIssuerAuthentication:
        raise PydanticCustomError(
            "capture_mode",
            "captureMode: MANUAL is not possible with paymentMethod.paymentMethodMetaData."
            "requireIssuerAuthentication, the gateway captures these payments by itself",
        )


def parse_order(data: object) -> PaymentOrder:
    """Validates the order that a client sent.

    Raises:
        InvalidOrder: The order breaks a rule. The message is one line that names the field and the rule,
            and repeats no value.
    """
    return parse_model(PaymentOrder, data, InvalidOrder)


def parse_capture(data: object) -> CaptureRequest:
    """Validates the capture request that a client sent. None means the whole amount.

    Raises:
        InvalidRequest: The request breaks a rule. The message is one line that names the field and the rule,
            and repeats no value.
    """
    return parse_model(CaptureRequest, {} if data is None else data, InvalidRequest)


def parse_cancel(data: object) -> CancelRequest:
    """Validates the cancel request that a client sent.

    Raises:
        InvalidRequest: The request breaks a rule. The message is one line that names the field and the rule,
            and repeats no value.
    """
    return parse_model(CancelRequest, data, InvalidRequest)


def parse_retry_fields(data: object) -> RetryRequest:
    """Validates the retry request that a client sent, without comparing it with the order.

    Raises:
        InvalidRequest: The request breaks a rule. The message is one line that names the field and the rule,
            and repeats no value.
    """
    return parse_model(RetryRequest, data, InvalidRequest)


def retried_order(order: PaymentOrder, request: RetryRequest) -> PaymentOrder:
    """Returns the order of the next attempt, with the payment method and the environment of the request."""
    changed = {"paymentMethod": request.paymentMethod, "env": request.env or order.env}
    return order.model_copy(update=changed)


def parse_retry(data: object, order: PaymentOrder, used_cards: Collection[str] = ()) -> RetryRequest:
    """Validates the retry request that a client sent, and compares it with the order.

    Args:
        data: The request.
        order: The order of the payment.
        used_cards: The card references of earlier attempts; each is valid for one attempt only.

    Raises:
        InvalidRequest: The request breaks a rule. The message is one line that names the field and the rule,
            and repeats no value.
    """
    request = parse_retry_fields(data)
    try:
        refuse_manual_issuer_authentication(order.captureMode, request.paymentMethod)
    except PydanticCustomError as error:
        raise InvalidRequest(str(error)) from None
    if request.env is not None and not is_redirect(order.paymentRedirectUrl, request.env.terminalType):
        raise InvalidRequest("env.terminalType: the order's paymentRedirectUrl is for an app alone")
    reject_oversized(retried_order(order, request), InvalidRequest)
    card = request.paymentMethod.cardReference
    if card is not None and card in used_cards:
        raise InvalidRequest(
            "paymentMethod.cardReference: an earlier attempt has used it, put the card in again"
        )
    return request
