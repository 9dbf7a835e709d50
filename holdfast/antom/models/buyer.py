"""Names, addresses and the buyer of an order (Antom: pay)."""

from holdfast.antom.base import IsoTime, Region, RequestModel, Text8, Text24, Text32, Text64, Text128, Text256


class Name(RequestModel):
    """The name of a person: buyer, cardholder or receiver."""

    firstName: Text32 | None = None
    middleName: Text32 | None = None
    lastName: Text32 | None = None
    fullName: Text128 | None = None


class Address(RequestModel):
    """A postal address; `region` is an ISO 3166 code of two letters."""

    region: Region | None = None
    state: Text8 | None = None
    city: Text32 | None = None
    address1: Text256 | None = None
    address2: Text256 | None = None
    zipCode: Text32 | None = None


class Buyer(RequestModel):
    """The buyer in the merchant's records; card payments need a phone number or an e-mail address."""

    referenceBuyerId: Text64 | None = None
    buyerName: Name | None = None
    buyerPhoneNo: Text24 | None = None
    buyerEmail: Text64 | None = None
    buyerRegistrationTime: IsoTime | None = None
    isAccountVerified: bool | None = None
    successfulOrderCount: int | None = None
