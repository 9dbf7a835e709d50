"""Money as a currency and an integer number of its minor units, written as a digit string; never a float.

Antom lists the currencies it accepts for cards and how many decimals each has. A currency outside that list,
such as KWD with its three decimals, is refused (Antom: currency rules).
"""

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from holdfast.antom.base import RequestModel, ResponseModel, none_if_empty

_WITHOUT_DECIMALS = frozenset(["CLP", "JPY", "KRW", "VND"])
_WITH_TWO_DECIMALS = frozenset(
    {"AUD", "BDT", "BRL", "CAD", "CNY", "EUR", "GBP", "HKD", "IDR", "MXN", "MYR", "NZD", "PEN", "PHP"}
    | {"PKR", "PLN", "SGD", "THB", "TWD", "USD"}
)
CURRENCIES = _WITHOUT_DECIMALS | _WITH_TWO_DECIMALS
"""The ISO 4217 codes that Antom lists."""

MAX_VALUE_DIGITS = 16


def decimals(currency: str) -> int:
    """Returns how many decimals Antom uses for the currency.

    Raises:
        ValueError: Antom does not list the currency.
    """
    _require_listed(currency)
    return 0 if currency in _WITHOUT_DECIMALS else 2


def _require_listed(currency: str) -> str:
    if currency in CURRENCIES:
        return currency
    if len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper():
        raise ValueError(f"currency {currency} is not one Antom lists")
    raise ValueError("must be an ISO 4217 code of three capital letters")


def _require_positive_digits(value: str) -> str:
    is_canonical = value.isascii() and value.isdigit() and not value.startswith("0")
    if not is_canonical or len(value) > MAX_VALUE_DIGITS:
        raise ValueError("must be a positive whole number of minor units: 1 to 16 digits, no leading zero")
    return value


Currency = Annotated[
    str,
    AfterValidator(_require_listed),
    Field(json_schema_extra={"enum": sorted(CURRENCIES)}, examples=["EUR"]),
]
MinorUnits = Annotated[
    str, AfterValidator(_require_positive_digits), Field(json_schema_extra={"pattern": "^[1-9][0-9]{0,15}$"})
]


class Amount(RequestModel):
    """An amount: a listed currency and a positive number of minor units.

    `Amount(currency="EUR", value="30000")` is EUR 300.00. IDR amounts end in 00 (Antom: currency rules).
    """

    currency: Currency
    value: MinorUnits

    @model_validator(mode="after")
    def _check_whole_rupiah(self) -> Self:
        if self.currency == "IDR" and not self.value.endswith("00"):
            raise ValueError("value of an IDR amount must end in 00")
        return self

    @property
    def minor_units(self) -> int:
        """The amount as an integer of minor units."""
        return int(self.value)

    @property
    def display(self) -> str:
        """The amount in major units with its currency, such as `EUR 300.00` or `JPY 300`."""
        places = decimals(self.currency)
        if places == 0:
            return f"{self.currency} {self.minor_units}"
        whole, fraction = divmod(self.minor_units, 10**places)
        return f"{self.currency} {whole}.{fraction:0{places}}"


class ReceivedAmount(ResponseModel):
    """An amount as the gateway wrote it, which may be any text: compare it, do not calculate with it."""

    currency: Annotated[str, StringConstraints(max_length=64)]
    value: Annotated[str, StringConstraints(max_length=64)]

    def matches(self, amount: Amount) -> bool:
        """Returns whether this is the same currency and the same number of minor units."""
        is_number = self.value.isascii() and self.value.isdigit()
        return self.currency == amount.currency and is_number and int(self.value) == amount.minor_units


OptionalAmount = Annotated[ReceivedAmount | None, BeforeValidator(none_if_empty)]
"""An amount that the gateway may omit or write as an empty object."""
