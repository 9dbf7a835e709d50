"""The cart has known products in possible quantities, whatever its code says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.shop.cart import MOST_OF_ONE, Cart, InvalidQuantity, parse_quantity
from tools.shop.catalogue import PRODUCTS


def test_cart_adds_up_in_minor_units() -> None:
    cart = Cart.parse("mug-2.teapot-1")
    assert (cart.total, cart.pieces) == (2 * PRODUCTS["mug"].price + PRODUCTS["teapot"].price, 3)
    assert cart.description == "2 × Morning mug, 1 × Teapot"


@pytest.mark.parametrize(
    "code", ["", "mug", "mug-0", "mug-21", "yacht-1", "mug--1", "mug-1e1", "MUG-1", "mug-٢"]
)
def test_part_of_a_code_that_is_no_line_is_dropped(code: str) -> None:
    assert not Cart.parse(code)
    assert Cart.parse(f"{code}.cup-1").quantities == {"cup": 1}


@given(st.dictionaries(st.sampled_from(sorted(PRODUCTS)), st.integers(1, MOST_OF_ONE)))
def test_code_is_read_as_it_is_written(quantities: dict[str, int]) -> None:
    assert Cart.parse(Cart(quantities).code).quantities == quantities


def test_quantity_of_zero_removes_the_line() -> None:
    assert Cart.parse("mug-2.cup-1").with_quantity("mug", 0).quantities == {"cup": 1}


@pytest.mark.parametrize("quantity", [-1, MOST_OF_ONE + 1])
def test_quantity_beyond_the_limit_is_refused(quantity: int) -> None:
    with pytest.raises(InvalidQuantity, match="at most 20"):
        Cart().with_quantity("mug", quantity)


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "²", "1000"])
def test_text_that_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuantity):
        parse_quantity(text)
