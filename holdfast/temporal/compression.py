"""Bytes made smaller before they are encrypted, because nothing shrinks afterwards."""

import zlib

LARGEST = 8 * 1024 * 1024
"""Bytes. What is larger is not compressed, so no few bytes can stand for more than this (a payload that
Temporal takes has 2 MB)."""


class NotCompressed(ValueError):
    """The bytes are not what `smaller` makes, or hold more than `LARGEST`."""


def smaller(plain: bytes) -> bytes | None:
    """The bytes compressed, or None where that does not make them fewer."""
    if len(plain) > LARGEST:
        return None
    made = zlib.compress(plain)
    return made if len(made) < len(plain) else None


def restored(data: bytes) -> bytes:
    """What `smaller` was given. Raises NotCompressed, and never makes more than `LARGEST` of it."""
    opening = zlib.decompressobj()
    try:
        plain = opening.decompress(data, LARGEST)
    except zlib.error:
        raise NotCompressed("damaged") from None
    if not opening.eof or opening.unused_data:
        raise NotCompressed("cut off, or too large, or followed by something else")
    return plain
