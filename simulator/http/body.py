"""Reading an untrusted JSON body by dotted paths, and the refusals that reading can end in."""

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
    """A call answered with a result code other than success; nothing was done."""

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
        """The gateway's Amount: the value is a digit string."""
        return {"currency": self.currency, "value": str(self.value)}


class Body:
    """A JSON object with typed look-ups; what is absent or of another type reads as empty."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self._data = data

    def at(self, path: str) -> object:
        """The value at a dotted path, or None."""
        here: object = self._data
        for name in path.split("."):
            if not isinstance(here, Mapping):
                return None
            here = here.get(name)
        return here

    def text(self, path: str) -> str:
        """The string at a path, or an empty one."""
        found = self.at(path)
        return found if isinstance(found, str) else ""

    def flag(self, path: str) -> bool:
        """A boolean, native or quoted: Antom's own documents show both."""
        found = self.at(path)
        return found is True or (isinstance(found, str) and found.lower() == "true")

    def required(self, path: str, longest: int) -> str:
        """A non-empty string of at most `longest` characters, else PARAM_ILLEGAL."""
        found = self.text(path)
        if not found or len(found) > longest:
            raise Refused("PARAM_ILLEGAL", f"{path}: 1 to {longest} characters")
        return found

    def optional(self, path: str, longest: int) -> str:
        """A string that may be absent, else PARAM_ILLEGAL."""
        return self.required(path, longest) if self.at(path) is not None else ""

    def money(self, path: str) -> Money:
        """An Amount: currency of Antom's list, 1 to 16 digits, positive, IDR in whole units."""
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
    """A response body: the result, and the fields that are not None."""
    result = {"resultCode": code, "resultStatus": status, "resultMessage": message or code.lower()}
    return {"result": result, **{name: value for name, value in fields.items() if value is not None}}


def success(**fields: object) -> Answer:
    """An answer with result S."""
    return answer("SUCCESS", "S", "success.", **fields)
