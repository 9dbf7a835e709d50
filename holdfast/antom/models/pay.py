"""The pay call (Antom: pay)."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from holdfast.antom.amounts import Amount
from holdfast.antom.base import (
    Id64,
    IsoTime,
    Region,
    RequestModel,
    ResponseModel,
    Text8,
    Text32,
    Text2048,
    Url,
)
from holdfast.antom.models.card import PaymentMethod
from holdfast.antom.models.env import Env
from holdfast.antom.models.facts import PaymentFacts
from holdfast.antom.models.order import Order


class CaptureMode(StrEnum):
    """How an authorization is captured: by the gateway at once, or by the merchant with a capture call."""

    AUTOMATIC = "AUTOMATIC"
    MANUAL = "MANUAL"


class PaymentFactor(RequestModel):
    """Options of the payment; without `captureMode` the gateway captures automatically."""

    isAuthorization: bool | None = None
    captureMode: CaptureMode | None = None
    storePaymentMethodForBuyer: bool | None = None


class SettlementStrategy(RequestModel):
    """The currency in which the merchant is paid, where the merchant's contract has several."""

    settlementCurrency: Annotated[str, Field(min_length=3, max_length=3)] | None = None


class CreditPayPlan(RequestModel):
    """The number of instalments, 2 to 12."""

    installmentNum: Annotated[int, Field(ge=2, le=12)]


class CustomizedInfo(RequestModel):
    """Five free fields that the gateway repeats in the merchant's reports."""

    customizedField1: str | None = None
    customizedField2: str | None = None
    customizedField3: str | None = None
    customizedField4: str | None = None
    customizedField5: str | None = None


class PayRequest(RequestModel):
    """A card payment; `paymentRequestId` is the idempotency key.

    A combination of fields for which the gateway has no product is a validation error that names the field.
    """

    productCode: Literal["CASHIER_PAYMENT"] = "CASHIER_PAYMENT"
    paymentRequestId: Id64
    order: Order
    paymentAmount: Amount
    paymentMethod: PaymentMethod
    paymentRedirectUrl: Url
    env: Env
    paymentNotifyUrl: Url | None = None
    paymentFactor: PaymentFactor | None = None
    settlementStrategy: SettlementStrategy | None = None
    paymentExpiryTime: IsoTime | None = None
    creditPayPlan: CreditPayPlan | None = None
    merchantRegion: Region | None = None
    userRegion: Region | None = None
    merchantAccountId: Text32 | None = None
    appId: Text32 | None = None
    metadata: Text2048 | None = None
    customizedInfo: CustomizedInfo | None = None
    locale: Text8 | None = None
    extendInfo: str | None = None

    @model_validator(mode="after")
    def _check_issuer_authentication(self) -> Self:
        factor, card = self.paymentFactor, self.paymentMethod.paymentMethodMetaData
        is_manual = factor is not None and factor.captureMode is CaptureMode.MANUAL
        if is_manual and card is not None and card.requireIssuerAuthentication:
            raise ValueError("paymentFactor.captureMode cannot be MANUAL with requireIssuerAuthentication")
        return self

    @model_validator(mode="after")
    def _check_stored_method(self) -> Self:
        stores = self.paymentFactor is not None and self.paymentFactor.storePaymentMethodForBuyer
        buyer = self.order.buyer
        if stores and not (buyer and buyer.referenceBuyerId):
            raise ValueError("order.buyer.referenceBuyerId is required with storePaymentMethodForBuyer")
        return self


class RedirectActionForm(ResponseModel):
    """The form that redirects the buyer to the page of the issuer or of the gateway."""

    method: str | None = None
    parameters: str | None = None
    redirectUrl: str | None = None
    actionFormType: str | None = None


class PayResponse(PaymentFacts):
    """The response to a pay call: S authorized, F failed, U with PAYMENT_IN_PROCESS not decided yet."""

    normalUrl: str | None = None
    schemeUrl: str | None = None
    applinkUrl: str | None = None
    redirectActionForm: RedirectActionForm | None = None

    @property
    def has_redirect(self) -> bool:
        """Whether the response has a page for the buyer; one in process without a page has failed."""
        form = self.redirectActionForm
        return bool(self.normalUrl or self.schemeUrl or self.applinkUrl or (form and form.redirectUrl))
