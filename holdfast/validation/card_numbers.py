"""Detects card numbers in free text: a description, a name, a reason, evidence.

A request of a merchant service with a card number in such a field is refused before it leaves the process.
Other fields are not searched, because an id or a telephone number can look like a card number; the merchant
is responsible for them.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel

from holdfast.errors import HoldfastError
from holdfast.validation.card_fields import CARD_FIELDS, walk_fields

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
"""The fields for free text; the last three come from cancellations and operators."""
_JSON_FIELD = "extendInfo"
_STORED_CARD_FIELD = "paymentMethodId"
_GROUP = re.compile(r"[0-9]+")
_SEPARATOR = re.compile(r"[\W_]{1,3}")
_MAX_DIGITS = 19
_BRANDS = re.compile(
    r"4\d{15}(\d{3})?"  # Visa
    r"|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(0[0-5]|[689]\d)\d{11}"  # Diners Club
    r"|(35|6\d)\d{14}(\d{1,3})?",  # JCB, Discover, UnionPay, Maestro
)
"""The length and the leading digits of each brand's card numbers (ISO/IEC 7812)."""


def reject_card_numbers(request: _Request, refusal: type[HoldfastError]) -> _Request:
    """Returns the request unchanged if it contains no card number.

    Raises:
        HoldfastError: As `refusal`; the message names the field and never its value.
    """
    path = next((path for path, name, value in walk_fields(request) if _is_misplaced(name, value)), None)
    if path is not None:
        raise refusal(f"{path}: contains what looks like card data; put a card into the card vault")
    return request


def _is_misplaced(name: str, text: object) -> bool:
    if not isinstance(text, str):
        return False
    if name == _JSON_FIELD:
        return contains_card_number(text) or _contains_card_fields(text)
    if name == _STORED_CARD_FIELD:
        return _is_card_number(re.sub(r"[\W_]", "", text))
    return name in FREE_TEXTS and contains_card_number(text)


def contains_card_number(text: str) -> bool:
    """Returns whether the text contains a number with a known brand's form and a valid check digit."""
    groups = [*_GROUP.finditer(text)]
    return any(
        _is_card_number(digits)
        for first in range(len(groups))
        for digits in _joined_groups(text, groups[first : first + _MAX_DIGITS])
    )


def _joined_groups(text: str, groups: Sequence[re.Match[str]]) -> Iterator[str]:
    """Yields the first group, the first two, and so on, while only a separator is between them."""
    digits, end = "", groups[0].start()
    for group in groups:
        is_next = not digits or _SEPARATOR.fullmatch(text, end, group.start())
        if not is_next or len(digits) + len(group[0]) > _MAX_DIGITS:
            return
        digits, end = digits + group[0], group.end()
        yield digits


def _is_card_number(digits: str) -> bool:
    return bool(_BRANDS.fullmatch(digits)) and _has_valid_check_digit(digits)


def _has_valid_check_digit(digits: str) -> bool:
    """Returns whether the last digit is the check digit of the others (Luhn algorithm)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _contains_card_fields(text: str) -> bool:
    try:
        return any(name in CARD_FIELDS for _, name, _ in walk_fields(json.loads(text)))
    except (ValueError, RecursionError):
        return False
