"""The orders of a run."""

from holdfast import Amount
from tools.demo.order_book import MOST_ORDERS, OrderBook

EUR_1 = Amount(currency="EUR", value="100")
EUR_2 = Amount(currency="EUR", value="200")


def test_order_that_is_placed_again_keeps_its_first_amount() -> None:
    book = OrderBook()
    book.add("a", "Cups", EUR_1, "cup-1")
    book.add("a", "Cups", EUR_2, "cup-2")
    found = book.find("a")
    assert found is not None
    assert (found.amount, found.cart) == (EUR_1, "cup-1")
    assert book.find("b") is None


def test_newest_orders_come_first_and_the_oldest_are_forgotten() -> None:
    book = OrderBook()
    for number in range(MOST_ORDERS + 2):
        book.add(str(number), "Cups", EUR_1, "")
    assert [order.reference for order in book.newest(2)] == [str(MOST_ORDERS + 1), str(MOST_ORDERS)]
    assert book.find("1") is None
    assert book.find("2") is not None
