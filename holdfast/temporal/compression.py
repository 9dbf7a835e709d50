"""Compression of bytes before they are encrypted, because encrypted bytes cannot be compressed."""

import zlib

MAX_BYTES = 8 * 1024 * 1024
"""The largest input that is compressed, which also limits what a few compressed bytes can expand to.

Temporal accepts payloads of up to 2 MB.
"""


class DecompressionError(ValueError):
    """The bytes are not a result of `compress`, or they expand to more than `MAX_BYTES`."""


def compress(plain: bytes) -> bytes | None:
    """Returns the compressed bytes, or None where compression does not make them smaller."""
    if len(plain) > MAX_BYTES:
        return None
    compressed = zlib.compress(plain)
    return compressed if len(compressed) < len(plain) else None


def decompress(data: bytes) -> bytes:
    """Returns the bytes that `compress` was given; never expands them to more than `MAX_BYTES`.

    Raises:
        DecompressionError: The data is damaged, truncated or too large, or other bytes follow it.
    """
    decompressor = zlib.decompressobj()
    try:
        plain = decompressor.decompress(data, MAX_BYTES)
    except zlib.error:
        raise DecompressionError("damaged") from None
    if not decompressor.eof or decompressor.unused_data:
        raise DecompressionError("truncated, too large, or followed by other bytes")
    return plain
