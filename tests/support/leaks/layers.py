"""What lies inside of bytes: texts, and what somebody has packed or encoded on the way."""

import binascii
import re
import zlib
from collections.abc import Iterator

MOST_LAYERS = 2
"""So deep is looked: a compressed text in base64, for example."""
MOST_UNPACKED = 1024 * 1024
"""Bytes of one compressed stream that are looked at."""

_A_TEXT = re.compile(rb"[\t\n\r -~]{12,}")
"""Shorter ones come about by chance in a database full of ciphertext."""
_ALL_TEXT = re.compile(rb"[\t\n\r -~]*")
_UTF_16 = re.compile(rb"(?:[\t\n\r -~]\0){11,}[\t\n\r -~]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){12,}")
_PACKED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_ANY_HEADER = zlib.MAX_WBITS | 32
"""Of zlib or of gzip."""


def layers(data: bytes, most: int = MOST_LAYERS) -> Iterator[bytes]:
    """The bytes themselves and what is packed or encoded in them."""
    yield data
    if most == 0:
        return
    for inner in (*unpacked(data), *_decoded(data)):
        yield from layers(inner, most - 1)


def texts(data: bytes) -> Iterator[bytes]:
    """Whatever somebody could read in there, in ASCII or in UTF-16."""
    if _ALL_TEXT.fullmatch(data):
        yield data
        return
    yield from (match[0] for match in _A_TEXT.finditer(data))
    yield from (match[0][::2] for match in _UTF_16.finditer(data))


def unpacked(data: bytes) -> Iterator[bytes]:
    """What zlib and gzip have packed, as far as it can be unpacked."""
    for match in _PACKED.finditer(data):
        packed = memoryview(data)[match.start() : match.start() + MOST_UNPACKED]
        try:
            yield zlib.decompressobj(_ANY_HEADER).decompress(packed, MOST_UNPACKED)
        except zlib.error:
            continue


def _decoded(data: bytes) -> Iterator[bytes]:
    """In base64 a letter too many at the beginning shifts everything: each of four ways is one to read it."""
    for match in _BASE64.finditer(data):
        run = match[0].replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            whole = (len(run) - start) // 4 * 4
            yield from _readable(binascii.a2b_base64(run[start : start + whole]))
    for match in _HEX.finditer(data):
        yield from _readable(bytes.fromhex(match[0].decode()))


def _readable(decoded: bytes) -> Iterator[bytes]:
    """Most of what looks encoded is not."""
    if _A_TEXT.search(decoded) or _UTF_16.search(decoded) or _PACKED.match(decoded):
        yield decoded
