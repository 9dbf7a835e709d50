"""Extracts texts, and compressed or encoded data, from bytes."""

import binascii
import re
import zlib
from collections.abc import Iterator

MAX_LAYERS = 2
"""The depth of the search: a compressed text in base64 has two layers."""
MAX_DECOMPRESSED = 1024 * 1024
"""The bytes of one compressed stream that are searched."""

_A_TEXT = re.compile(rb"[\t\n\r -~]{12,}")
"""Shorter texts occur by chance in a database full of ciphertext."""
_ALL_TEXT = re.compile(rb"[\t\n\r -~]*")
_UTF_16 = re.compile(rb"(?:[\t\n\r -~]\0){11,}[\t\n\r -~]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){12,}")
_COMPRESSED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_ANY_HEADER = zlib.MAX_WBITS | 32
"""The header of zlib or of gzip."""


def layers(data: bytes, most: int = MAX_LAYERS) -> Iterator[bytes]:
    """Yields the bytes themselves and what is compressed or encoded in them."""
    yield data
    if most == 0:
        return
    for inner in (*decompressed(data), *_decoded(data)):
        yield from layers(inner, most - 1)


def texts(data: bytes) -> Iterator[bytes]:
    """Yields the readable texts, in ASCII or UTF-16."""
    if _ALL_TEXT.fullmatch(data):
        yield data
        return
    yield from (match[0] for match in _A_TEXT.finditer(data))
    yield from (match[0][::2] for match in _UTF_16.finditer(data))


def decompressed(data: bytes) -> Iterator[bytes]:
    """Yields what zlib and gzip have compressed, as far as it can be decompressed."""
    for match in _COMPRESSED.finditer(data):
        compressed = memoryview(data)[match.start() : match.start() + MAX_DECOMPRESSED]
        try:
            yield zlib.decompressobj(_ANY_HEADER).decompress(compressed, MAX_DECOMPRESSED)
        except zlib.error:
            continue


def _decoded(data: bytes) -> Iterator[bytes]:
    """Yields what base64 and hex encode. Base64 is decoded with each of four possible beginnings."""
    for match in _BASE64.finditer(data):
        run = match[0].replace(b"-", b"+").replace(b"_", b"/")
        for start in range(4):
            whole = (len(run) - start) // 4 * 4
            yield from _readable(binascii.a2b_base64(run[start : start + whole]))
    for match in _HEX.finditer(data):
        yield from _readable(bytes.fromhex(match[0].decode()))


def _readable(decoded: bytes) -> Iterator[bytes]:
    """Yields the bytes when they are readable: most of what looks encoded is not."""
    if _A_TEXT.search(decoded) or _UTF_16.search(decoded) or _COMPRESSED.match(decoded):
        yield decoded
