"""Card numbers where a person writes freely: a description, a name, a reason, evidence.

What a merchant service sends is refused for it before it leaves the process. An id or a telephone number can
look like a card number too, so other fields are not looked at: they are the merchant's to keep clean.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel

from holdfast.errors import HoldfastError
from holdfast.validation.card_fields import CARD_FIELDS, named_values

_Request = TypeVar("_Request", bound=BaseModel)

FREE_TEXTS = frozenset(
    {
        "orderDescription",
        "goodsName",
        "firstName",
        "middleName",
        "lastName",
        "fullName",
        "reason",
        "evidence",
        "resolvedBy",
    }
)
"""The last three are an operator's, or of a cancellation."""
_JSON_TEXT = "extendInfo"
_STORED_CARD = "paymentMethodId"
_GROUP = re.compile(r"[0-9]+")
_BETWEEN = re.compile(r"[\W_]{1,3}")
_LONGEST = 19
_BRANDS = re.compile(
    r"4\d{15}(\d{3})?"  # Visa
    r"|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(0[0-5]|[689]\d)\d{11}"  # Diners Club
    r"|(35|6\d)\d{14}(\d{1,3})?",  # JCB, Discover, UnionPay, Maestro
)
"""How long a number of each brand is, and how it begins (ISO/IEC 7812)."""


def without_card_numbers(request: _Request, refusal: type[HoldfastError]) -> _Request:
    """The request unchanged. Raises `refusal`, naming the field and never its value."""
    path = next((path for path, name, value in named_values(request) if _is_misplaced(name, value)), None)
    if path is not None:
        raise refusal(f"{path}: holds what looks like card data; put a card into the card vault")
    return request


def _is_misplaced(name: str, text: object) -> bool:
    if not isinstance(text, str):
        return False
    if name == _JSON_TEXT:
        return holds_card_number(text) or _holds_card_fields(text)
    if name == _STORED_CARD:
        return _is_card_number(re.sub(r"[\W_]", "", text))
    return name in FREE_TEXTS and holds_card_number(text)


def holds_card_number(text: str) -> bool:
    """Whether digits of a known brand's length and beginning, with a valid check digit, stand in the text."""
    groups = [*_GROUP.finditer(text)]
    return any(
        _is_card_number(digits)
        for first in range(len(groups))
        for digits in _joined(text, groups[first : first + _LONGEST])
    )


def _joined(text: str, groups: Sequence[re.Match[str]]) -> Iterator[str]:
    """The first group, the first two, and so on, while nothing but a separator is between them."""
    digits, end = "", groups[0].start()
    for group in groups:
        is_next = not digits or _BETWEEN.fullmatch(text, end, group.start())
        if not is_next or len(digits) + len(group[0]) > _LONGEST:
            return
        digits, end = digits + group[0], group.end()
        yield digits


def _is_card_number(digits: str) -> bool:
    return bool(_BRANDS.fullmatch(digits)) and _has_check_digit(digits)


def _has_check_digit(digits: str) -> bool:
    """The last digit is the one that the others ask for (Luhn)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _holds_card_fields(text: str) -> bool:
    try:
        return any(name in CARD_FIELDS for _, name, _ in named_values(json.loads(text)))
    except (ValueError, RecursionError):
        return False
