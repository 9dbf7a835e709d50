"""The fields of a payment that pay responses, inquiries and notifications share.

Source: Antom, pay and notifyPayment.
"""

from datetime import datetime
from typing import TypeVar

from pydantic import Field, JsonValue, ValidationError, ValidatorFunctionWrapHandler, field_validator

from holdfast.antom.amounts import OptionalAmount
from holdfast.antom.base import OptionalBool, ResponseModel, parse_time
from holdfast.antom.models.result import ResultModel


def _none_if_invalid(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    try:
        return validate(value)
    except ValidationError:
        return None


class _Informative(ResponseModel):
    """Fields that decide nothing: one of an unexpected type is None, and the response stays valid."""

    _lenient_fields = field_validator("*", mode="wrap")(_none_if_invalid)


_I = TypeVar("_I", bound=_Informative)


def _merged(newer: _I, older: _I) -> _I:
    """Returns the newer object, with the value of the older one in each field that is empty in the newer."""
    fields = {name: getattr(older, name) for name in type(older).model_fields}
    filled = {
        name: _either(getattr(newer, name), value) for name, value in fields.items() if value is not None
    }
    return newer.model_copy(update=filled)


def _either(newer: object, older: object) -> object:
    if isinstance(newer, _Informative) and isinstance(older, _Informative):
        return _merged(newer, older)
    return older if newer in (None, "") else newer


class ThreeDSResult(_Informative):
    """The result of the 3-D Secure authentication; absent for Korean cards."""

    threeDSVersion: str | None = None
    eci: str | None = None
    cavv: str | None = Field(default=None, repr=False)
    caav: str | None = Field(default=None, repr=False)
    dsTransactionId: str | None = None
    xid: str | None = None
    threeDStransactionStatusReason: str | None = None
    challenged: OptionalBool = None
    challengeCancel: str | None = None
    exemptionType: str | None = None
    threeDSOffered: OptionalBool = None
    paResStatus: str | None = None
    liabilityShift: str | None = None

    @property
    def authentication_value(self) -> str | None:
        """The cryptogram, from `cavv` or `caav`; None when both are empty."""
        return self.cavv or self.caav or None


class PaymentResultInfo(_Informative):
    """The details of the card. The gateway masks `cardNo`, and it appears in no repr even so."""

    cardNo: str | None = Field(default=None, repr=False)
    cardBin: str | None = None
    lastFour: str | None = None
    cardBrand: str | None = None
    cardToken: str | None = Field(default=None, repr=False)
    cardCategory: str | None = None
    issuingCountry: str | None = None
    issuerName: str | None = None
    funding: str | None = None
    paymentMethodRegion: str | None = None
    avsResultRaw: str | None = None
    cvvResultRaw: str | None = None
    networkTransactionId: str | None = None
    threeDSResult: ThreeDSResult | None = None
    cardholderName: JsonValue = Field(default=None, repr=False)
    expiryMonth: str | None = Field(default=None, repr=False)
    expiryYear: str | None = Field(default=None, repr=False)
    refusalCodeRaw: str | None = None
    refusalReasonRaw: str | None = None
    merchantAdviceCode: str | None = None
    fingerprint: str | None = Field(default=None, repr=False)
    credentialTypeUsed: str | None = None
    rrn: str | None = None
    authorizationCode: str | None = None


class PaymentFacts(ResultModel):
    """The shared fields. Time fields keep the gateway's own text; the properties are aware times in UTC."""

    paymentRequestId: str | None = None
    paymentId: str | None = None
    paymentAmount: OptionalAmount = None
    actualPaymentAmount: OptionalAmount = None
    paymentCreateTime: str | None = None
    paymentTime: str | None = None
    authExpiryTime: str | None = None
    authExpirytime: str | None = None
    authReviewStatus: str | None = None
    """The status of the gateway's risk review of the authorization; absent where there is none."""
    paymentResultInfo: PaymentResultInfo | None = None
    cardInfo: PaymentResultInfo | None = None

    _lenient_fields = field_validator("authReviewStatus", "paymentResultInfo", "cardInfo", mode="wrap")(
        _none_if_invalid
    )

    @property
    def auth_expiry(self) -> datetime | None:
        """The time until which a capture is possible, from either spelling of the field; None if absent."""
        return parse_time(self.authExpiryTime or self.authExpirytime)

    @property
    def paid_at(self) -> datetime | None:
        """The time at which the payment succeeded; None if absent."""
        return parse_time(self.paymentTime)

    @property
    def result_info(self) -> PaymentResultInfo | None:
        """`paymentResultInfo`, with the fields that only `cardInfo`, its older name, has."""
        newer, older = self.paymentResultInfo, self.cardInfo
        return _merged(newer, older) if newer and older else newer or older
