"""The texts of a request: which of them are ids, and which characters a text may have."""

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
_LINE_OR_CONTROL = frozenset({"Cc", "Zl", "Zp"})
"""Unicode's categories of control characters and of separators of lines."""


def reject_characters(request: _Request, refusal: type[HoldfastError]) -> _Request:
    """Returns the request unchanged if every text can be stored, and every id is on one line.

    PostgreSQL stores no NUL, and no database stores half of a surrogate pair. A line break in an id splits a
    line of a log or of a list.

    Raises:
        HoldfastError: As `refusal`; the message names the field and never its value.
    """
    for path, name, value in walk_fields(request):
        if not isinstance(value, str):
            continue
        if _UNSTORABLE.search(value):
            raise refusal(f"{path}: must not contain NUL or half of a surrogate pair")
        if name in IDS and any(unicodedata.category(letter) in _LINE_OR_CONTROL for letter in value):
            raise refusal(f"{path}: is an id and must not contain a line break or a control character")
    return request
