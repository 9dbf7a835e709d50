"""The marks of the leak scan: the card data and the person of every order that a test makes.

All of it is invented. The security code begins with a zero and the expiry date is in no time stamp of a run,
so that neither occurs in a number with another meaning.
"""

from dataclasses import dataclass
from typing import Any

VISA = "4054695723100768"
DECLINED_VISA = "4054692760174822"
CVV = "0831"
MONTH, YEAR = "09", "38"
PIN = "86"
CRYPTOGRAM = "AAIBBYNoEQAAAAAAg4PyBhdAEQs="

FIRST_NAME, LAST_NAME = "Zaezilia", "Märkwinkel"
EMAIL = "kaeuferin@leak-mark.example"
PHONE = "+49155509172"
STREET, CITY, ZIP_CODE = "Quittenallee 77b", "Hinterleckingen", "QX-98743"
BORN = "1907-03-29"
IP = "192.0.2.7"
BROWSER = "MarkBrowser/77.1"

Json = dict[str, Any]


@dataclass(frozen=True)
class Mark:
    """One text of a person, with its name."""

    name: str
    text: str


PERSON = (
    Mark("first name", FIRST_NAME),
    Mark("last name", LAST_NAME),
    Mark("e-mail", EMAIL),
    Mark("phone", PHONE.removeprefix("+")),
    Mark("street", STREET),
    Mark("city", CITY),
    Mark("zip code", ZIP_CODE),
    Mark("date of birth", BORN),
    Mark("IP address", IP),
    Mark("browser", BROWSER),
)
CARD_NUMBERS = (VISA, DECLINED_VISA)
EXPIRIES = (f"{MONTH}/{YEAR}", f"{MONTH}/20{YEAR}", f"20{YEAR}-{MONTH}", f"{MONTH}{YEAR}", f"{YEAR}{MONTH}")


def buyer() -> Json:
    """Returns the buyer of an order."""
    return {
        "referenceBuyerId": "buyer-1",
        "buyerName": _name(),
        "buyerPhoneNo": PHONE,
        "buyerEmail": EMAIL,
    }


def shipping() -> Json:
    """Returns the shipping data of an order."""
    return {
        "shippingName": _name(),
        "shippingAddress": _address(),
        "shippingPhoneNo": PHONE,
        "shipToEmail": EMAIL,
    }


def cardholder() -> Json:
    """Returns the cardholder's data: `paymentMethodMetaData` without a card."""
    return {
        "cardholderName": _name(),
        "billingAddress": _address(),
        "payerEmail": EMAIL,
        "dateOfBirth": BORN,
    }


def env() -> Json:
    """Returns the buyer's environment."""
    return {"terminalType": "WEB", "clientIp": IP, "userAgent": BROWSER}


def _name() -> Json:
    return {"firstName": FIRST_NAME, "lastName": LAST_NAME}


def _address() -> Json:
    return {"region": "DE", "address1": STREET, "city": CITY, "zipCode": ZIP_CODE}
