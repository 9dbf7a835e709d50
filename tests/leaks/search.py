"""Looks for the marks in bytes of any kind: text, a database file, a message."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tests.leaks import marks
from tests.leaks.forms import forms

_AS_CARD_NUMBER = re.compile(rb"\d(?:[ -]?\d){8,}")
_FIELD = re.compile(rb"(cvv|expiryMonth|expiryYear|cardPasswordDigest)\W{1,8}\d")
_BEFORE = frozenset(b"\"' =:([{,;>\n\t\x02\x04\x05")
_BEHIND = frozenset(b"\"' ,;)]}<&\n\r\t\\\x12\x1a")
_SECRET = 9
"""So many digits of a card number in a row are more than its first six or its last four."""


@dataclass(frozen=True, order=True)
class Finding:
    """A mark where it must not be. It names the mark and does not repeat it."""

    place: str
    what: str
    form: str


def card_data_in(place: str, data: bytes) -> Iterator[Finding]:
    """Card data in any form: number, security code, expiry date, or a field that holds one of them."""
    runs = [run[0] for run in _AS_CARD_NUMBER.finditer(data)]
    is_seen = any(_is_of(number, run) for number in marks.CARD_NUMBERS for run in runs)
    found = _found(data, _card_needles()) | ({"in clear"} if is_seen else set())
    yield from (Finding(place, "card number", form) for form in found)
    for what, texts in (("security code", (marks.CVV,)), ("expiry date", marks.EXPIRIES)):
        if any(_stands_alone(data, text.encode()) for text in texts):
            yield Finding(place, what, "in clear")
    for field in {match[1].decode() for match in _FIELD.finditer(data)}:
        yield Finding(place, field, "a field with a value")


def person_in(place: str, data: bytes) -> Iterator[Finding]:
    """Anything of the person, in any form."""
    for mark in marks.PERSON:
        yield from (Finding(place, mark.name, form) for form in _found(data, _needles(mark.text)))


def _is_of(number: str, run: bytes) -> bool:
    digits = run.replace(b" ", b"").replace(b"-", b"").decode()
    parts = (number[start : start + _SECRET] for start in range(len(number) - _SECRET + 1))
    return any(part in digits for part in parts)


def _found(data: bytes, needles: Mapping[bytes, str]) -> set[str]:
    return {form for needle, form in needles.items() if needle in data}


def _stands_alone(data: bytes, digits: bytes) -> bool:
    """Whether these digits are a value, and not a part of an id or of a number."""
    at = data.find(digits)
    while at >= 0:
        end = at + len(digits)
        is_begun = at == 0 or data[at - 1] in _BEFORE
        if is_begun and (end == len(data) or data[end] in _BEHIND):
            return True
        at = data.find(digits, at + 1)
    return False


@cache
def _needles(text: str) -> Mapping[bytes, str]:
    # the first name of a form stays: most texts are the same in clear and escaped
    return {needle: form for form, needle in reversed([*forms(text)])}


@cache
def _card_needles() -> Mapping[bytes, str]:
    """Both ends of each number, of twelve digits."""
    ends = (end for number in marks.CARD_NUMBERS for end in (number[:12], number[-12:]))
    return {needle: form for end in ends for needle, form in _needles(end).items()}
