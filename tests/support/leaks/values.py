"""Searches for security code, expiry date and PIN digits, which are too short for a plain text search.

Databases and logs have many ids, times and numbers that contain the same digits with another meaning.
"""

import re
from collections.abc import Iterator

from tests.support.leaks import marks

FIELDS = {
    "cvv": marks.CVV,
    "expiryMonth": marks.MONTH,
    "expiryYear": marks.YEAR,
    "cardPasswordDigest": marks.PIN,
}
"""The card fields of the gateway that are never stored, with the marked values."""
_BEFORE = frozenset(b"\"' =:([{,;>\n\t\x02\x04\x05")
_BEHIND = frozenset(b"\"' ,;)]}<&\n\r\t\\\x12\x1a")

_BEGINS = re.compile(rb"(?<![^\W_])(?<!\d\.)(?!(?<=[0-9a-fA-F]{4}-)[0-9]{4}-[0-9a-fA-F]{4})")
"""Not within an alphanumeric text, after a decimal point, or as a group of a UUID."""
_ENDS = r"(?![^\W_])"
_BETWEEN = r"(?:[^\w:]{1,4}|_)"
"""A colon is no separator: it separates minutes and seconds."""


def _notations_of_the_expiry() -> str:
    month, year = marks.MONTH, marks.YEAR
    is_no_time = rf"(?<!\d:{month})"
    return "|".join(
        (
            f"{month}{is_no_time}{_BETWEEN}(?:20)?{year}",
            f"20{year}{_BETWEEN}{month}",
            rf"{year}\W?[/|]\W?{month}",
            f"{month}(?:20)?{year}",
            f"(?:20)?{year}{month}",
            rf"{int(month)}/20{year}",
            rf"[Ss]ep(?:tember)?\W{{1,3}}20{year}",
        )
    )


_PIN = rf"(?:(?<![A-Za-z])(?i:pin)|(?<=[a-z])Pin|(?i:passw(?:or)?d|digest))\W{{1,4}}{marks.PIN}"
"""Two digits count only after a name for a PIN."""
_IN_TEXT = {
    what: re.compile(f"(?:{notations}){_ENDS}".encode())
    for what, notations in (
        ("security code", marks.CVV),
        ("expiry date", _notations_of_the_expiry()),
    )
}
_PIN_IN_TEXT = re.compile(f"{_PIN}{_ENDS}".encode())
_FIELD = re.compile(rf"({'|'.join(FIELDS)})\W{{1,8}}\d".encode())
"""A card field with any value, also one of a card that is not marked."""
_ANYWHERE = (("security code", (marks.CVV,)), ("expiry date", marks.EXPIRIES))


def values_in(text: bytes) -> Iterator[str]:
    """Yields the names of the values in a text, in any notation."""
    yield from (what for what, pattern in _IN_TEXT.items() if _begins_a_value(text, pattern))
    if _PIN_IN_TEXT.search(text):
        yield "cardPasswordDigest"
    yield from _fields_in(text)


def values_between(data: bytes) -> Iterator[str]:
    """Yields the names of the values that stand alone in bytes of any kind."""
    for what, notations in _ANYWHERE:
        if any(_stands_alone(data, notation.encode()) for notation in notations):
            yield what
    yield from _fields_in(data)


def _begins_a_value(text: bytes, pattern: re.Pattern[bytes]) -> bool:
    # a search for the beginning of a value first would take many times as long
    match = pattern.search(text)
    while match and not _BEGINS.match(text, match.start()):
        match = pattern.search(text, match.start() + 1)
    return match is not None


def _fields_in(data: bytes) -> Iterator[str]:
    yield from (match[1].decode() for match in _FIELD.finditer(data))


def _stands_alone(data: bytes, digits: bytes) -> bool:
    """Whether these digits are a value, and not part of an id or a number."""
    at = data.find(digits)
    while at >= 0:
        end = at + len(digits)
        is_begun = at == 0 or data[at - 1] in _BEFORE
        if is_begun and (end == len(data) or data[end] in _BEHIND):
            return True
        at = data.find(digits, at + 1)
    return False
