"""What is small stays small: a few bytes never become more than a payload can be."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.temporal.compression import LARGEST, NotCompressed, restored, smaller


@given(plain=st.binary(max_size=3000))
def test_what_gets_smaller_comes_back(plain: bytes) -> None:
    made = smaller(plain * 3)
    assert made is None or (len(made) < len(plain * 3) and restored(made) == plain * 3)


def test_the_largest_comes_back_and_what_is_larger_is_left_alone() -> None:
    made = smaller(bytes(LARGEST))
    assert made is not None
    assert restored(made) == bytes(LARGEST)
    assert smaller(bytes(LARGEST + 1)) is None


def test_a_bomb_is_refused() -> None:
    with pytest.raises(NotCompressed):
        restored(zlib.compress(bytes(LARGEST + 1)))


@pytest.mark.parametrize(
    "data",
    [b"", b"x", zlib.compress(b"cut off")[:-1], zlib.compress(b"whole") + b"more", bytes(100)],
)
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(NotCompressed):
        restored(data)


@given(data=st.binary(max_size=200))
def test_hostile_bytes_are_refused_and_never_another_error(data: bytes) -> None:
    try:
        assert len(restored(data)) <= LARGEST
    except NotCompressed:
        return
