"""Texts of any length become texts of a limited length that differ where the texts do."""

from hypothesis import given
from hypothesis import strategies as st

from settlement.bounded_text import MAX_CODE, bounded


@given(st.text(max_size=MAX_CODE))
def test_text_of_the_documented_length_stays(text: str) -> None:
    assert bounded(text, MAX_CODE) == text


@given(st.text(min_size=MAX_CODE + 1), st.text(min_size=MAX_CODE + 1))
def test_longer_text_is_shortened_and_stays_different(text: str, other: str) -> None:
    assert len(bounded(text, MAX_CODE)) == MAX_CODE
    assert (bounded(text, MAX_CODE) == bounded(other, MAX_CODE)) is (text == other)


def test_absent_text_stays_absent() -> None:
    assert bounded(None) is None
