"""The buyer parses forms as a browser does, and does not follow the same pages again and again."""

import httpx
import pytest

from simulator.http.server import Simulator, running
from tools.demo.buyer import UnexpectedPage, follow_pages, form_of

SHOP = "http://shop.example"
PAGE = (
    '<form method="post"><label>Card <input name="cardNo" value="4054"></label>'
    '<input type="hidden" name="token" value="a&amp;b"><input disabled><input name="empty">'
    '<button name="action" value="pay">Pay</button><button name="action" value="fail">Fail</button>'
    '<button name="other" value="no">x</button></form>'
)


def test_form_has_its_fields_and_its_action_buttons() -> None:
    form = form_of(PAGE)
    assert form.fields == {"cardNo": "4054", "token": "a&b", "empty": ""}
    assert form.buttons == ["pay", "fail"]


def pages(*answers: httpx.Response) -> httpx.AsyncClient:
    rest = iter(answers)
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda _: next(rest)), follow_redirects=True)


async def test_form_is_sent_with_the_card_and_the_other_fields_unchanged() -> None:
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            sent.append(request.content)
            return httpx.Response(303, headers={"location": f"{SHOP}/result/1"})
        return httpx.Response(200, text=PAGE)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), follow_redirects=True) as http:
        seen = await follow_pages(http, "http://gateway.example/cashier/1", SHOP, "4111")
    assert seen == ["typed the card"]
    assert sent == [b"cardNo=4111&token=a%26b&empty=&action=pay"]


async def test_page_without_the_button_is_an_error() -> None:
    async with pages(httpx.Response(404, text="<p>No such payment</p>")) as http:
        with pytest.raises(UnexpectedPage, match="page 1 has no form to send: status 404"):
            await follow_pages(http, "http://gateway.example/cashier/1", SHOP, "4111")


async def test_page_that_repeats_is_an_error() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=PAGE)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(UnexpectedPage, match="page 7 has no form to send"):
            await follow_pages(http, "http://gateway.example/cashier/1", SHOP, "4111")


async def test_simulator_page_of_unknown_payment_is_an_error() -> None:
    async with running(Simulator()) as url, httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(UnexpectedPage, match="status 404"):
            await follow_pages(http, f"{url}/cashier/unknown", SHOP, "4111")
