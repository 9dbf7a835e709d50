"""Compression: decompressed bytes equal the original, and never exceed the size limit."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.temporal.compression import MAX_BYTES, DecompressionError, compress, decompress


@given(plain=st.binary(max_size=3000))
def test_compressed_bytes_decompress_to_the_original(plain: bytes) -> None:
    compressed = compress(plain * 3)
    assert compressed is None or (len(compressed) < len(plain * 3) and decompress(compressed) == plain * 3)


def test_input_is_compressed_up_to_the_size_limit() -> None:
    compressed = compress(bytes(MAX_BYTES))
    assert compressed is not None
    assert decompress(compressed) == bytes(MAX_BYTES)
    assert compress(bytes(MAX_BYTES + 1)) is None


def test_decompression_bomb_is_refused() -> None:
    with pytest.raises(DecompressionError):
        decompress(zlib.compress(bytes(MAX_BYTES + 1)))


@pytest.mark.parametrize(
    "data",
    [b"", b"x", zlib.compress(b"cut off")[:-1], zlib.compress(b"whole") + b"more", bytes(100)],
)
def test_damaged_data_is_refused(data: bytes) -> None:
    with pytest.raises(DecompressionError):
        decompress(data)


@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_decompression_error(data: bytes) -> None:
    try:
        assert len(decompress(data)) <= MAX_BYTES
    except DecompressionError:
        return
