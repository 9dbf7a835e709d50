"""Removes card data from a text before it is recorded or logged.

A card number keeps its first six and last four digits (PCI DSS 3.4.1); a security code, an expiry, a PIN and
a cryptogram leave nothing. Fields are recognised by name at any depth, by Antom's names and by other usual
names, and card numbers also by their digits in any other text. Everything else in a text stays as it was
received, byte for byte, because a signature is compared with it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

from holdfast.antom.models import CARD_FIELDS
from simulator.cards import luhn

REMOVED = "removed"
"""The value of a field whose value is not kept."""
NUMBER_FIELDS = frozenset({"cardno", "cardnumber", "pan"})
SECRET_FIELDS = frozenset(
    {
        *(name.lower() for name in CARD_FIELDS),
        *("cvc", "cvv2", "cvc2", "securitycode", "expiry", "expirydate", "expirationdate", "pin"),
    }
).difference(NUMBER_FIELDS)
SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
CARD_DATA_FIELDS = NUMBER_FIELDS | SECRET_FIELDS
_NAMES = "|".join(sorted(CARD_DATA_FIELDS, key=len, reverse=True))
_JSON_FIELD = re.compile(
    rf'(?P<start>"(?P<name>{_NAMES})"\s*:\s*)(?P<value>"(?:[^"\\]|\\.)*(?:"|$)|[\[{{].*|[^,}}\]\s]*)',
    re.IGNORECASE | re.DOTALL,
)
_FORM_FIELD = re.compile(rf"(?P<start>\b(?P<name>{_NAMES})=)(?P<value>[^&\s]*)", re.IGNORECASE)
_ESCAPED_ASCII = re.compile(r"\\u00[0-7]", re.IGNORECASE)
# the digits of an epoch time in milliseconds begin with 1, and the gateway's ids are longer than 19 digits
_NUMBER = re.compile(r"(?<!\d)[2-69](?:[ -]?\d){12,18}(?!\d)")


def mask_card_number(text: str) -> str:
    """Returns the first six and last four digits of a card number, and "removed" for any other text."""
    if _is_masked(text):
        return text
    digits = re.sub("[ -]", "", text)
    if not (digits.isascii() and digits.isdigit() and 13 <= len(digits) <= 19):
        return REMOVED
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


def mask_numbers(text: str) -> str:
    """Returns the text with every card number in it masked, whatever it is part of."""
    return _NUMBER.sub(lambda found: _masked_if_card(found.group()), text)


def mask_text(text: str) -> str:
    """Returns a text, such as a path or a form, without card data in its fields and without card numbers.

    Where percent-encoding hides card data, it is decoded too.
    """
    masked = _mask_fields(text)
    decoded = unquote_plus(masked)
    clean = _mask_fields(decoded)
    return masked if clean == decoded else clean


def _mask_fields(text: str) -> str:
    return mask_numbers(_FORM_FIELD.sub(_masked_form_field, _JSON_FIELD.sub(_masked_field, text)))


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Returns the headers, names in lower case, without credentials and card data."""
    return {
        name.lower(): REMOVED if name.lower() in SECRET_HEADERS | CARD_DATA_FIELDS else mask_text(value)
        for name, value in headers.items()
    }


def mask_body(content: bytes) -> str:
    """Returns a body as text without card data; a body without any is returned unchanged."""
    text = content.decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _mask_malformed(text)
    masked = mask_numbers(_JSON_FIELD.sub(_masked_field, text))
    if not _ESCAPED_ASCII.search(text) and _is_clean(masked):
        return masked
    return json.dumps(_masked_data(data), ensure_ascii=False).encode("utf-8", "replace").decode()


def _masked_if_card(number: str) -> str:
    return mask_card_number(number) if luhn(re.sub("[ -]", "", number)) else number


def _mask_malformed(text: str) -> str:
    """Masks a body that is not JSON; one in which a name can be written with escapes is not kept."""
    return REMOVED if _ESCAPED_ASCII.search(text) else mask_text(text)


def _masked_field(found: re.Match[str]) -> str:
    return f'{found["start"]}"{_kept(found["name"], found["value"].strip(chr(34)))}"'


def _masked_form_field(found: re.Match[str]) -> str:
    return found["start"] + _kept(found["name"], found["value"])


def _kept(name: str, value: object) -> str:
    return mask_card_number(str(value)) if name.lower() in NUMBER_FIELDS else REMOVED


def _is_clean(text: str) -> bool:
    """Returns whether the masked text is still JSON, and a further masking would not change its content."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return bool(_masked_data(data) == data)


def _masked_data(data: object) -> object:
    if isinstance(data, dict):
        return dict(_masked_items(data))
    if isinstance(data, list):
        return [_masked_data(value) for value in data]
    if isinstance(data, str | int | float) and not isinstance(data, bool):
        # a text can hold JSON or a form itself
        masked = mask_text(str(data))
        return data if masked == str(data) else masked
    return data


def _masked_items(data: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in data.items():
        is_card_data = name.lower() in CARD_DATA_FIELDS
        yield mask_numbers(name), _kept(name, value) if is_card_data else _masked_data(value)


def _is_masked(value: str) -> bool:
    return re.fullmatch(r"\d{6}\*{3,9}\d{4}", value) is not None
