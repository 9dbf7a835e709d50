"""Typed access to an untrusted JSON body by dotted paths, and the rejections of invalid fields."""

from collections.abc import Mapping
from dataclasses import dataclass

DECIMALS_0 = frozenset(["CLP", "JPY", "KRW", "VND"])
DECIMALS_2 = frozenset(
    [
        "AUD",
        "BDT",
        "BRL",
        "CAD",
        "CNY",
        "EUR",
        "GBP",
        "HKD",
        "IDR",
        "MXN",
        "MYR",
        "NZD",
        "PEN",
        "PHP",
        "PKR",
        "PLN",
        "SGD",
        "THB",
        "TWD",
        "USD",
    ]
)


class Refused(Exception):
    """A call that is rejected with this result code; it has no effect."""

    def __init__(self, code: str, message: str = "", status: str = "F") -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code.replace("_", " ").lower()
        self.status = status


@dataclass(frozen=True)
class Money:
    """An amount in minor units of its currency."""

    currency: str
    value: int

    def wire(self) -> dict[str, object]:
        """Returns the gateway's Amount, whose value is a string of digits."""
        return {"currency": self.currency, "value": str(self.value)}


class Body:
    """A JSON object with typed access; a field that is absent or of another type reads as empty."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self._data = data

    @property
    def data(self) -> Mapping[str, object]:
        """The object as it was received."""
        return self._data

    def at(self, path: str) -> object:
        """Returns the value at a dotted path, or None."""
        value: object = self._data
        for name in path.split("."):
            if not isinstance(value, Mapping):
                return None
            value = value.get(name)
        return value

    def text(self, path: str) -> str:
        """Returns the string at a path, or an empty one."""
        found = self.at(path)
        return found if isinstance(found, str) else ""

    def flag(self, path: str) -> bool:
        """Returns the boolean at a path, which may be quoted: Antom's documents show both."""
        found = self.at(path)
        return found is True or (isinstance(found, str) and found.lower() == "true")

    def required(self, path: str, max_length: int) -> str:
        """Returns a string of 1 to `max_length` characters. Raises `Refused` with PARAM_ILLEGAL."""
        found = self.text(path)
        if not found or len(found) > max_length:
            raise Refused("PARAM_ILLEGAL", f"{path}: 1 to {max_length} characters")
        return found

    def optional(self, path: str, max_length: int) -> str:
        """Returns such a string, or an empty one where it is absent. Raises `Refused` with PARAM_ILLEGAL."""
        return self.required(path, max_length) if self.at(path) is not None else ""

    def money(self, path: str) -> Money:
        """Returns an amount: a currency of Antom's list, 1 to 16 digits, positive, IDR in whole units.

        Raises `Refused` with CURRENCY_NOT_SUPPORT or PARAM_ILLEGAL.
        """
        currency, digits = self.text(f"{path}.currency"), self.text(f"{path}.value")
        if currency not in DECIMALS_0 | DECIMALS_2:
            raise Refused("CURRENCY_NOT_SUPPORT", f"{path}.currency")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 16 and int(digits) > 0):
            raise Refused("PARAM_ILLEGAL", f"{path}.value: a positive digit string")
        if currency == "IDR" and not digits.endswith("00"):
            raise Refused("PARAM_ILLEGAL", f"{path}.value: IDR has no fraction")
        return Money(currency, int(digits))


Answer = dict[str, object]


def answer(code: str, status: str, message: str = "", **fields: object) -> Answer:
    """Returns a response body: the result, and the fields that are not None."""
    result = {"resultCode": code, "resultStatus": status, "resultMessage": message or code.lower()}
    return {"result": result, **{name: value for name, value in fields.items() if value is not None}}


def success(**fields: object) -> Answer:
    """Returns a response body with result S."""
    return answer("SUCCESS", "S", "success.", **fields)
