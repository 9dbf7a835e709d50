"""The card and how it may be used: `paymentMethod.paymentMethodMetaData` (Antom: card features).

`CardMetaData` holds what may be stored. `RawCardMetaData` adds the card data, which must not be stored after
authorization or logged (PCI DSS 3.3.1): its values appear in no repr and in no error. The cryptogram of a 3-D
Secure authentication is such a value, and is in `RawMpiData` alone.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from holdfast.antom.base import Id64, Region, RequestModel, Text64, Text256, Text2048
from holdfast.antom.models.buyer import Address, Name

_Date = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
_TwoDigits = Annotated[str, Field(pattern=r"^[0-9]{2}$")]


class BillingAddress(Address):
    """The card's billing address, with a region.

    In the US, `state` has 2 to 3 characters and `zipCode` at most 10.
    """

    region: Region

    @model_validator(mode="after")
    def _check_us_limits(self) -> Self:
        if self.region != "US":
            return self
        if self.state is not None and not 2 <= len(self.state) <= 3:
            raise ValueError("state must be an ISO 3166-2 code of 2 to 3 characters in the US")
        if self.zipCode is not None and len(self.zipCode) > 10:
            raise ValueError("zipCode must have at most 10 characters in the US")
        return self


CARD_FIELDS = frozenset({"cardNo", "cvv", "expiryMonth", "expiryYear", "cardPasswordDigest", "cavv", "caav"})
"""The names of the gateway's fields for card data: what the `Raw` models add."""


class MpiData(RequestModel):
    """The result of a 3-D Secure authentication by another provider, without its cryptogram."""

    threeDSVersion: str | None = None
    eci: str | None = None
    dsTransactionId: str | None = None
    credentialType: str | None = None


class RawMpiData(MpiData):
    """Adds the cryptogram. Antom's samples name it `caav`, its client library `cavv`; prefer `cavv`."""

    cavv: str | None = Field(default=None, repr=False)
    caav: str | None = Field(default=None, repr=False)


class CardMetaData(RequestModel):
    """Every field of a card payment except the card data."""

    cardholderName: Name | None = None
    billingAddress: BillingAddress | None = None
    is3DSAuthentication: bool | None = None
    enableAuthenticationUpgrade: bool | None = None
    request3DS: bool | str | None = None
    scaExemptionIndicator: bool | str | None = None
    mpiData: MpiData | None = None
    isCardOnFile: bool | None = None
    tokenize: bool | None = None
    tokenizeMode: str | None = None
    recurringType: Literal["SCHEDULED", "UNSCHEDULED"] | None = None
    networkTransactionId: Text256 | None = None
    selectedCardBrand: str | None = None
    requireIssuerAuthentication: bool | None = None
    paymentMethodRegion: str | None = None
    dateOfBirth: _Date | None = Field(default=None, repr=False)
    businessNo: Annotated[str, Field(max_length=10)] | None = Field(default=None, repr=False)
    cpf: Annotated[str, Field(max_length=11)] | None = Field(default=None, repr=False)
    payerEmail: Text64 | None = None

    @model_validator(mode="after")
    def _check_single_authentication(self) -> Self:
        if self.mpiData is not None and self.is3DSAuthentication:
            raise ValueError("is3DSAuthentication must be false with mpiData")
        return self


class RawCardMetaData(CardMetaData):
    """Adds the card data, for server-to-server payments (requires PCI DSS). No value appears in a repr."""

    cardNo: Annotated[str, Field(min_length=1, max_length=32)] | None = Field(default=None, repr=False)
    cvv: Annotated[str, Field(pattern=r"^[0-9]{3,4}$")] | None = Field(default=None, repr=False)
    expiryMonth: _TwoDigits | None = Field(default=None, repr=False)
    expiryYear: _TwoDigits | None = Field(default=None, repr=False)
    cardPasswordDigest: _TwoDigits | None = Field(default=None, repr=False)
    mpiData: RawMpiData | None = None


class PaymentMethod(RequestModel):
    """The type `CARD`; `paymentMethodId` is the gateway's token of a stored card."""

    paymentMethodType: Id64
    paymentMethodId: Text2048 | None = Field(default=None, repr=False)
    paymentMethodMetaData: RawCardMetaData | None = None
