"""The buyer reads forms as a browser does, and does not walk in circles."""

import httpx
import pytest

from simulator.http.server import Simulator, running
from tools.demo.buyer import LostBuyer, form_of, walk

SHOP = "http://shop.example"
PAGE = (
    '<form method="post"><label>Card <input name="cardNo" value="4054"></label>'
    '<input type="hidden" name="token" value="a&amp;b"><input disabled><input name="empty">'
    '<button name="action" value="pay">Pay</button><button name="action" value="fail">Fail</button>'
    '<button name="other" value="no">x</button></form>'
)


def test_a_form_is_its_fields_and_the_buttons_that_act() -> None:
    form = form_of(PAGE)
    assert form.fields == {"cardNo": "4054", "token": "a&b", "empty": ""}
    assert form.buttons == ["pay", "fail"]


def pages(*answers: httpx.Response) -> httpx.AsyncClient:
    rest = iter(answers)
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda _: next(rest)), follow_redirects=True)


async def test_the_card_is_typed_and_everything_else_sent_as_it_is() -> None:
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            sent.append(request.content)
            return httpx.Response(303, headers={"location": f"{SHOP}/result/1"})
        return httpx.Response(200, text=PAGE)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), follow_redirects=True) as http:
        seen = await walk(http, "http://gateway.example/cashier/1", SHOP, "4111")
    assert seen == ["typed the card"]
    assert sent == [b"cardNo=4111&token=a%26b&empty=&action=pay"]


async def test_a_page_without_the_button_is_the_end_of_the_way() -> None:
    async with pages(httpx.Response(404, text="<p>No such payment</p>")) as http:
        with pytest.raises(LostBuyer, match="page 1 has no way on: status 404"):
            await walk(http, "http://gateway.example/cashier/1", SHOP, "4111")


async def test_a_page_that_comes_again_and_again_is_left() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=PAGE)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(LostBuyer, match="page 7 has no way on"):
            await walk(http, "http://gateway.example/cashier/1", SHOP, "4111")


async def test_the_simulators_own_pages_end_where_nothing_is_to_be_paid() -> None:
    async with running(Simulator()) as url, httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(LostBuyer, match="status 404"):
            await walk(http, f"{url}/cashier/nobody", SHOP, "4111")
