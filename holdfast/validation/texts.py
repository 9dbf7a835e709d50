"""The texts of a request: which of them are ids, and which characters a text may have.

A Python string can contain half of a surrogate pair, for example from JSON with half of an escaped pair, or
from a shortened UTF-16 text. UTF-8 cannot encode it (RFC 3629, 3).
"""

import re
import unicodedata
from typing import TypeVar

from pydantic import BaseModel

from holdfast.errors import HoldfastError
from holdfast.validation.card_fields import walk_fields

_Request = TypeVar("_Request", bound=BaseModel)

IDS = frozenset(
    {
        "paymentReference",
        "merchantAccount",
        "referenceOrderId",
        "referenceBuyerId",
        "referenceGoodsId",
        "referenceMerchantId",
        "shippingFeeId",
        "shippingNumber",
        "deviceTokenId",
        "deviceId",
        "cookieId",
        "dsTransactionId",
        "networkTransactionId",
        "paymentMethodId",
        "cardReference",
        "paymentId",
        "captureRequestId",
        "key",
    }
)
"""The fields with an id of the merchant, of the gateway or of a network."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNSTORABLE_RULE = "must not contain NUL or half of a surrogate pair"
_LINE_OR_CONTROL = frozenset({"Cc", "Zl", "Zp"})
"""Unicode's categories of control characters and of separators of lines."""


def require_text(name: str, value: object, refusal: type[HoldfastError]) -> str:
    """Returns the value if it is a text with at least one character, all of which can be stored.

    Raises:
        HoldfastError: As `refusal`; its message names the argument and the rule, and repeats no value.
    """
    if not isinstance(value, str) or not value:
        raise refusal(f"{name}: must be a string that is not empty")
    if _UNSTORABLE.search(value):
        raise refusal(f"{name}: {_UNSTORABLE_RULE}")
    return value


def reject_characters(request: _Request, refusal: type[HoldfastError]) -> _Request:
    """Returns the request unchanged if every text can be stored, and every id is on one line.

    PostgreSQL stores no NUL, and no database stores half of a surrogate pair. A line break in an id splits a
    line of a log or of a list.

    Raises:
        HoldfastError: As `refusal`; the message names the field and never its value.
    """
    for path, name, value in walk_fields(request):
        if _UNSTORABLE.search(name) or (isinstance(value, str) and _UNSTORABLE.search(value)):
            raise refusal(f"{path}: {_UNSTORABLE_RULE}")
        if not isinstance(value, str):
            continue
        if name in IDS and any(unicodedata.category(letter) in _LINE_OR_CONTROL for letter in value):
            raise refusal(f"{path}: is an id and must not contain a line break or a control character")
    return request
