"""Detects card numbers and security codes in the texts of a request.

Every text is searched, also URLs and JSON in a text, except ids: any id can look like a card number. A field
that is added later is searched too, unless its name is added to the lists here.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar
from urllib.parse import unquote

from pydantic import BaseModel

from holdfast.antom.models.card import CARD_FIELDS
from holdfast.errors import HoldfastError
from holdfast.validation.card_fields import walk_fields
from holdfast.validation.texts import IDS

_Request = TypeVar("_Request", bound=BaseModel)

TYPED = frozenset({"value", "buyerRegistrationTime", "merchantRegisterDate", "dateOfBirth"})
"""The fields whose type is an amount or a time, which have digits and no free text."""
TELEPHONE_NUMBERS = frozenset({"buyerPhoneNo", "shippingPhoneNo"})
"""They have up to 15 digits (ITU-T E.164), so that only a longer number is a card's."""
URLS = frozenset({"paymentRedirectUrl", "goodsUrl", "goodsImageUrl", "merchantUrl", "trackingUrl"})
"""They contain the ids of shop systems, many with 14 digits, so that only a longer number is a card's."""
_STORED_CARD = "paymentMethodId"
_SHORTEST, _LONGEST = 14, 19
_SHORTEST_IN_A_URL, _SHORTEST_BESIDE_TELEPHONE_NUMBERS = 15, 16

_GROUP = re.compile(r"[0-9]+")
_GROUPS = re.compile(r"[0-9]+(?:(?:\s++|[^\w\s:]|_){1,3}[0-9]+)*")
"""Digits with separators between them, where white space of any length is one. A colon is no separator: it
separates hours and minutes, and the parts of an IPv6 address."""
_SECURITY_CODE = re.compile(
    r"(?<![^\W_])cv[vc]2?(?:[\s_-]*(?:code|number|is))*(?:\s++|[^\w\s]|_){0,4}[0-9]{3,4}(?![0-9])",
    re.IGNORECASE,
)
_BRANDS = re.compile(
    r"4\d{15}(\d{3})?"  # Visa
    r"|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(0[0-5]|[689]\d)\d{11}"  # Diners Club
    r"|(35|6\d)\d{14}(\d{1,3})?",  # JCB, Discover, UnionPay, Maestro
)
"""The length and the leading digits of each brand's card numbers (ISO/IEC 7812)."""


_FILLERS = frozenset("\u115f\u1160")
"""Hangul letters without a form of their own, which are invisible (NFKC replaces the others by these)."""
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""The sum of the digits of the double of each digit."""


def reject_card_numbers(request: _Request, refusal: type[HoldfastError]) -> _Request:
    """Returns the request unchanged if it contains no card number and no security code.

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
    if name == _STORED_CARD:
        return _is_card_number(re.sub(r"[\W_]", "", _with_ascii_digits(text)))
    if name in IDS or name in TYPED:
        return False
    if name in TELEPHONE_NUMBERS:
        return contains_card_number(text, _SHORTEST_BESIDE_TELEPHONE_NUMBERS)
    if name in URLS:
        return _contains_card_data(unquote(text), _SHORTEST_IN_A_URL)
    return _contains_card_data(text, _SHORTEST)


def _contains_card_data(text: str, shortest: int) -> bool:
    return (
        contains_card_number(text, shortest) or contains_security_code(text) or _is_json_with_card_data(text)
    )


def contains_card_number(text: str, shortest: int = _SHORTEST) -> bool:
    """Returns whether the text has a number of at least `shortest` digits that a known brand can have issued.

    The digits may be of any script. They may stand in groups of three or more, as on a card, or one or two at
    a time: other groups are dates, versions and coordinates.
    """
    runs = _GROUPS.finditer(_with_ascii_digits(text))
    return any(_run_has_card_number(run[0], shortest) for run in runs if len(run[0]) >= shortest)


def contains_security_code(text: str) -> bool:
    """Returns whether the text has a card's security code after its name, as in `cvv=` with three digits."""
    return _SECURITY_CODE.search(_with_ascii_digits(text)) is not None


def _with_ascii_digits(text: str) -> str:
    """Returns the text in the compatibility form NFKC, with ASCII digits and no invisible characters.

    Each letter is converted alone: the time for a whole text grows with the square of its combining marks.
    """
    if text.isascii():
        return text
    return "".join(letter if letter.isascii() else _plain(letter) for letter in text)


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    return "".join(_visible(each) for each in unicodedata.normalize("NFKC", letter))


def _visible(letter: str) -> str:
    if letter.isdigit():
        return str(unicodedata.digit(letter))
    return "" if unicodedata.category(letter) == "Cf" or letter in _FILLERS else letter


def _run_has_card_number(run: str, shortest: int) -> bool:
    groups = _GROUP.findall(run)
    digits = "".join(groups)
    starts = [0]
    for group in groups:
        starts.append(starts[-1] + len(group))
    boundaries = set(starts)
    return any(
        end in boundaries
        and _is_card_number(digits[start:end])
        and _is_grouped(groups[first : first + _LONGEST], end - start)
        for first, start in enumerate(starts)
        for end in range(start + shortest, start + _LONGEST + 1)
    )


def _is_grouped(groups: Sequence[str], length: int) -> bool:
    """Returns whether the groups of the first `length` digits are long, or all short."""
    sizes: list[int] = []
    while sum(sizes) < length:
        sizes.append(len(groups[len(sizes)]))
    return min(sizes) >= 3 or max(sizes) <= 2


def _is_card_number(digits: str) -> bool:
    return bool(_BRANDS.fullmatch(digits)) and _has_valid_check_digit(digits)


def _has_valid_check_digit(digits: str) -> bool:
    """Returns whether the last digit is the check digit of the others (Luhn algorithm)."""
    summands = digits[-1::-2] + digits[-2::-2].translate(_DOUBLED)
    return (sum(summands.encode()) - ord("0") * len(digits)) % 10 == 0


def _is_json_with_card_data(text: str, *, nested: bool = False) -> bool:
    """Returns whether the text is JSON with a field for card data, or with card data in an escaped text."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        fields = [*_json_fields(json.loads(text))]
    except (ValueError, RecursionError):
        return False
    return any(
        name in CARD_FIELDS or (isinstance(value, str) and _is_misplaced_in_json(value, nested=nested))
        for name, value in fields
    )


def _is_misplaced_in_json(text: str, *, nested: bool) -> bool:
    """Returns whether a text of a JSON document has card data.

    The texts of a document inside a document were searched with the text around them. A search of each level
    of a deep one would take longer than a workflow task has.
    """
    if not nested and (contains_card_number(text) or contains_security_code(text)):
        return True
    return _is_json_with_card_data(text, nested=True)


def _json_fields(data: object) -> Iterator[tuple[str, object]]:
    """Yields every value at any depth with its name, which is empty for an entry of a list."""
    remaining = [("", data)]
    while remaining:
        name, value = remaining.pop()
        yield name, value
        if isinstance(value, dict):
            remaining += [(str(key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            remaining += [("", inner) for inner in value]
