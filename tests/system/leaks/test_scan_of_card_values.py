"""The scan finds security code, expiry date and PIN in any notation, and no other numbers."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from simulator.card_data_leak import CARD
from tests.support.leaks import marks
from tests.support.leaks.search import card_data_in
from tests.support.leaks.values import FIELDS

CODES = [
    "code 0831.",
    "code:0831",
    "code|0831|",
    "cvc#0831!",
    "is it 0831?",
    "/0831/",
    "(0831",
    "{0831}",
    "38,0831",
    "4054695723100768-0831",
    "code_0831_",
    "nothing but 0831",
]
EXPIRIES = [
    "until 09-38.",
    "until 09.38",
    "until 09 / 38",
    "until 09 38",
    "until 09_38",
    r"until 09\/38",
    "until 09/2038",
    "until 9/2038",
    "until 2038/09",
    "until 2038.09!",
    "until 2038-09-30",
    "until 38/09",
    "until Sep 2038",
    "until September, 2038",
    "track 0938:",
    "track 3809|",
    "track 092038#",
    "('09', '38')",
]
PINS = ["pin 86", "PIN: 86,", "cardPin=86", "password='86'", "digest 86"]


def found_in(text: bytes) -> set[str]:
    return {found.what for found in card_data_in("here", text)}


@pytest.mark.parametrize("text", CODES)
def test_security_code_is_found(text: str) -> None:
    assert "security code" in found_in(f"a line of a log: {text}\n".encode())


@pytest.mark.parametrize("text", EXPIRIES)
def test_expiry_date_is_found(text: str) -> None:
    assert "expiry date" in found_in(f"a line of a log: {text}\n".encode())


@pytest.mark.parametrize("text", PINS)
def test_pin_digits_are_found(text: str) -> None:
    assert "cardPasswordDigest" in found_in(f"a line of a log: {text}\n".encode())


@pytest.mark.parametrize("between", [".", "_", " . ", "', '", "\t", "/", "\u2009", "\0"])
def test_card_number_with_separators_is_found(between: str) -> None:
    whole = between.join(marks.VISA[at : at + 4] for at in range(0, 16, 4))
    assert found_in(f"a line of a log: {whole}.".encode()) == {"card number"}
    assert found_in(between.join(marks.DECLINED_VISA).encode()) == {"card number"}


ENCODED: list[Callable[[str], bytes]] = [
    str.encode,
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-16-be"),
    lambda text: text.encode().hex().encode(),
    lambda text: quote(text, safe="").encode(),
    lambda text: json.dumps(text).encode(),
    lambda text: text[::-1].encode(),
    lambda text: base64.b64encode(text.encode()),
    lambda text: b"a" + base64.b64encode(text.encode()),
    lambda text: base64.b64encode(b"." + text.encode()),
    lambda text: base64.urlsafe_b64encode(b".." + text.encode()),
    lambda text: b"\xff\0" + zlib.compress(text.encode()) + b"\xff",
    lambda text: b"\xff\0" + zlib.compress(text.encode(), 0) + b"\xff",
    lambda text: b"\xff\0" + gzip.compress(text.encode()) + b"\xff",
    lambda text: base64.b64encode(zlib.compress(text.encode())),
    lambda text: base64.b64encode(text.encode("utf-16-le")),
]


@pytest.mark.parametrize("encoded", ENCODED)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["compact", "wide"])
@pytest.mark.parametrize("name", FIELDS)
def test_card_field_is_found_in_any_encoding(
    name: str, separators: tuple[str, str], encoded: Callable[[str], bytes]
) -> None:
    text = json.dumps({"paymentMethodType": "CARD", name: FIELDS[name]}, separators=separators)
    assert name in found_in(b"(" + encoded(text) + b")")


@pytest.mark.parametrize("encoded", ENCODED)
def test_cryptogram_is_found_in_any_encoding(encoded: Callable[[str], bytes]) -> None:
    text = json.dumps({"eci": "05", "cavv": marks.CRYPTOGRAM})
    assert "cryptogram" in found_in(b"(" + encoded(text) + b")")


@pytest.mark.parametrize(
    "text",
    [
        "run 01a20831-0831-0938-3809-c70831a63bca, 0d2f09b6-3809-4831-0831-aa0831aa0938",
        "2026-11-26T19:09:38.083100Z 2026-11-26 09:38:38,083 at 12:09:38.0831 (38-09:00)",
        "2026-09-23T09:38:09+09:00 in 0.0831 s of 1.0938 s, 38.09 ms, 109.38 ms, 209.384 s",
        "holdfast_seconds_sum 0.08310938 and 1e-08, le=0.3809, port 40831, 0x0938ab",
        "parts-0831a09f-1, flood-c3d20831, 202611230938108001001880000000001",
        "pinned 86, spin 86, grouping 86, pin 861, digest 86ab",
        "signature=abc%2B0831%2FMDgz%3D, build v0.9.38, 10.0.9.38",
        '"cvvResultRaw": "Y", "lastFour": "0768", "cardBin": "405469", "expires": "2038-10-09"',
    ],
)
def test_similar_numbers_are_no_finding(text: str) -> None:
    assert found_in(f"a line of a log: {text}\n".encode()) == set()


def test_same_digits_in_ciphertext_are_no_finding() -> None:
    assert found_in(b"\x8f\xff\x900831\xfe\x81\x99 \x9009/38\xfe\x8a") == set()


def test_leaking_gateway_uses_the_marked_card() -> None:
    assert {"cardNo": marks.VISA, **FIELDS, "cavv": marks.CRYPTOGRAM} == CARD
