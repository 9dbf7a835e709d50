"""What pay answers, inquiries and notifications say alike about a payment (Antom: pay, notifyPayment)."""

from datetime import datetime

from pydantic import Field, JsonValue, ValidationError, ValidatorFunctionWrapHandler, field_validator

from holdfast.antom.amounts import AmountIfAny
from holdfast.antom.base import Received, ReceivedBool, instant
from holdfast.antom.models.result import Answer


def _absent_when_odd(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return None


class _Informative(Received):
    """Facts that decide nothing: one in a shape nobody expected is absent, and the answer stays readable."""

    _any_shape = field_validator("*", mode="wrap")(_absent_when_odd)


class ThreeDSResult(_Informative):
    """The outcome of the 3-D Secure authentication; absent for Korean cards."""

    threeDSVersion: str | None = None
    eci: str | None = None
    cavv: str | None = Field(default=None, repr=False)
    caav: str | None = Field(default=None, repr=False)
    dsTransactionId: str | None = None
    xid: str | None = None
    threeDStransactionStatusReason: str | None = None
    challenged: ReceivedBool = None
    challengeCancel: str | None = None
    exemptionType: str | None = None
    threeDSOffered: ReceivedBool = None
    paResStatus: str | None = None
    liabilityShift: str | None = None

    @property
    def authentication_value(self) -> str | None:
        """The cryptogram under either spelling; None when empty."""
        return self.cavv or self.caav or None


class PaymentResultInfo(_Informative):
    """What is known of the card that paid. `cardNo` is masked by the gateway and still in no repr."""

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


class PaymentFacts(Answer):
    """Common part; times keep the gateway's own text, the properties are aware (UTC)."""

    paymentRequestId: str | None = None
    paymentId: str | None = None
    paymentAmount: AmountIfAny = None
    actualPaymentAmount: AmountIfAny = None
    paymentCreateTime: str | None = None
    paymentTime: str | None = None
    authExpiryTime: str | None = None
    authExpirytime: str | None = None
    paymentResultInfo: PaymentResultInfo | None = None
    cardInfo: PaymentResultInfo | None = None

    _card_in_any_shape = field_validator("paymentResultInfo", "cardInfo", mode="wrap")(_absent_when_odd)

    @property
    def auth_expiry(self) -> datetime | None:
        """Until when a capture is possible, under either spelling of the field; None when not told."""
        return instant(self.authExpiryTime or self.authExpirytime)

    @property
    def paid_at(self) -> datetime | None:
        """When the payment succeeded; None when not told."""
        return instant(self.paymentTime)

    @property
    def result_info(self) -> PaymentResultInfo | None:
        """`paymentResultInfo`, or its older twin `cardInfo`."""
        return self.paymentResultInfo or self.cardInfo
