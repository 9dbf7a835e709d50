"""The pay call (Antom: pay)."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from holdfast.antom.amounts import Amount
from holdfast.antom.base import Id64, IsoTime, Received, Region, Sent, Text8, Text32, Text2048, Url
from holdfast.antom.models.card import PaymentMethod
from holdfast.antom.models.env import Env
from holdfast.antom.models.facts import PaymentFacts
from holdfast.antom.models.order import Order


class CaptureMode(StrEnum):
    """Who takes the money of an authorization: the gateway at once, or the merchant by a capture."""

    AUTOMATIC = "AUTOMATIC"
    MANUAL = "MANUAL"


class PaymentFactor(Sent):
    """How the payment proceeds; without `captureMode` the gateway captures by itself."""

    isAuthorization: bool | None = None
    captureMode: CaptureMode | None = None
    storePaymentMethodForBuyer: bool | None = None


class SettlementStrategy(Sent):
    """The currency the merchant is paid in, where the contract has several."""

    settlementCurrency: Annotated[str, Field(min_length=3, max_length=3)] | None = None


class CreditPayPlan(Sent):
    """Instalments, 2 to 12."""

    installmentNum: Annotated[int, Field(ge=2, le=12)]


class CustomizedInfo(Sent):
    """Five free fields that come back in the merchant's reports."""

    customizedField1: str | None = None
    customizedField2: str | None = None
    customizedField3: str | None = None
    customizedField4: str | None = None
    customizedField5: str | None = None


class PayRequest(Sent):
    """A card payment; `paymentRequestId` is the idempotency key.

    Combinations the gateway has no product for are refused here, each with the field's name.
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
    def _issuer_authentication_captures_at_once(self) -> Self:
        factor, card = self.paymentFactor, self.paymentMethod.paymentMethodMetaData
        is_manual = factor is not None and factor.captureMode is CaptureMode.MANUAL
        if is_manual and card is not None and card.requireIssuerAuthentication:
            raise ValueError("paymentFactor.captureMode cannot be MANUAL with requireIssuerAuthentication")
        return self

    @model_validator(mode="after")
    def _stored_method_has_an_owner(self) -> Self:
        stores = self.paymentFactor is not None and self.paymentFactor.storePaymentMethodForBuyer
        buyer = self.order.buyer
        if stores and not (buyer and buyer.referenceBuyerId):
            raise ValueError("order.buyer.referenceBuyerId is required with storePaymentMethodForBuyer")
        return self


class RedirectActionForm(Received):
    """The form that takes the buyer to the issuer's or the gateway's page."""

    method: str | None = None
    parameters: str | None = None
    redirectUrl: str | None = None
    actionFormType: str | None = None


class PayResponse(PaymentFacts):
    """Answer to a pay call: S authorized, F failed, U with PAYMENT_IN_PROCESS not decided yet."""

    normalUrl: str | None = None
    schemeUrl: str | None = None
    applinkUrl: str | None = None
    redirectActionForm: RedirectActionForm | None = None

    @property
    def has_redirect(self) -> bool:
        """Whether there is a page to send the buyer to; in process without one, creation failed."""
        form = self.redirectActionForm
        return bool(self.normalUrl or self.schemeUrl or self.applinkUrl or (form and form.redirectUrl))
