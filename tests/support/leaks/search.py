"""Searches bytes of any kind for the marks: text, a database file, a message."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tests.support.leaks import marks
from tests.support.leaks.forms import forms
from tests.support.leaks.layers import decompressed, layers, texts
from tests.support.leaks.values import FIELDS, values_between, values_in

_MAX_DIGITS = (
    (re.compile(rb"(?<=\d)[ -](?=\d)"), 9),
    (re.compile(rb"(?<=\d)[\W_]{1,4}(?=\d)"), 12),
)
"""With these separators removed, so many digits of a card number are more than its first six or last four,
and more than neighbouring numbers have in common with it by chance."""
_BETWEEN_NAME_AND_VALUE = ('":"', '": "')


@dataclass(frozen=True, order=True)
class Finding:
    """A mark in a place where it must not be. The finding names the mark without repeating it."""

    place: str
    what: str
    form: str


def card_data_in(place: str, data: bytes) -> Iterator[Finding]:
    """Yields card data in any form: number, security code, expiry date, cryptogram, or a field with one."""
    found = {("card number", form) for form in _found(data, _card_needles())}
    found |= {(name, form) for name in FIELDS for form in _found(data, _field_needles(name))}
    for layer in layers(data):
        found |= {("cryptogram", form) for form in _found(layer, _needles(marks.CRYPTOGRAM))}
        found |= {(what, "plain text" if layer is data else "encoded") for what in _readable_in(layer)}
    yield from (Finding(place, what, form) for what, form in found)


def person_in(place: str, data: bytes) -> Iterator[Finding]:
    """Yields personal data in any form."""
    for layer in (data, *decompressed(data)):
        for mark in marks.PERSON:
            yield from (Finding(place, mark.name, form) for form in _found(layer, _needles(mark.text)))


def _readable_in(layer: bytes) -> Iterator[str]:
    if any(_holds_a_number(layer, between, digits) for between, digits in _MAX_DIGITS):
        yield "card number"
    yield from values_between(layer)
    for text in texts(layer):
        yield from values_in(text)


def _holds_a_number(layer: bytes, between: re.Pattern[bytes], digits: int) -> bool:
    in_a_row = between.sub(b"", layer)
    return any(
        number[start : start + digits].encode() in in_a_row
        for number in marks.CARD_NUMBERS
        for start in range(len(number) - digits + 1)
    )


def _found(data: bytes, needles: Mapping[bytes, str]) -> set[str]:
    return {form for needle, form in needles.items() if needle in data}


@cache
def _needles(text: str) -> Mapping[bytes, str]:
    # the first name of an encoding stays: most texts are the same plain and escaped
    return {needle: form for form, needle in reversed([*forms(text)])}


@cache
def _card_needles() -> Mapping[bytes, str]:
    """Returns the first and last twelve digits of each number."""
    ends = (end for number in marks.CARD_NUMBERS for end in (number[:12], number[-12:]))
    return {needle: form for end in ends for needle, form in _needles(end).items()}


@cache
def _field_needles(name: str) -> Mapping[bytes, str]:
    """Returns the field with its value, as in JSON."""
    written = (f"{name}{between}{FIELDS[name]}" for between in _BETWEEN_NAME_AND_VALUE)
    return {needle: form for text in written for needle, form in _needles(text).items()}
