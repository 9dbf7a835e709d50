"""The hosted pages, as a browser without JavaScript uses them."""

from html.parser import HTMLParser

import httpx
import pytest

from simulator.http.server import Simulator
from tests.support.simulator.merchant import DECLINED, VISA, Merchant, card


class Form(HTMLParser):
    """The fields of a page's form and the values of its buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.fields[found["name"]] = found["value"]
        if tag == "button":
            self.buttons.append(found["value"])


async def submit(merchant: Merchant, url: str, action: str, **typed: str) -> httpx.Response:
    """Opens a page, changes some fields and presses a button."""
    page = await merchant.http.get(url)
    assert page.status_code == 200
    assert "<script" not in page.text
    form = Form(page.text)
    assert action in form.buttons
    return await merchant.http.post(url, data={**form.fields, **typed, "action": action})


async def test_buyer_pays_by_card_and_is_redirected_back(merchant: Merchant, simulator: Simulator) -> None:
    url = (await merchant.pay(meta={}))["normalUrl"]
    answer = await submit(merchant, url, "pay", cardNo=" ".join([VISA[:4], VISA[4:]]))
    assert answer.status_code == 303
    assert answer.headers["location"] == "https://shop.example/back?order=1"
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 30000
    assert (await merchant.inquire())["paymentResultInfo"]["cardNo"] == "405469******0768"


async def test_page_shows_the_order_and_escapes_it(merchant: Merchant) -> None:
    page = await merchant.http.get((await merchant.pay(meta={}))["normalUrl"])
    assert "Two &lt;cups&gt;" in page.text
    assert "EUR 300.00" in page.text
    yen = await merchant.http.get((await merchant.pay("pay-2", meta={}, currency="JPY"))["normalUrl"])
    assert "JPY 30000<" in yen.text


async def test_declined_card_fails_the_payment(merchant: Merchant, simulator: Simulator) -> None:
    url = (await merchant.pay(meta={}))["normalUrl"]
    assert (await submit(merchant, url, "pay", cardNo=DECLINED)).status_code == 303
    assert simulator.ledger()["payments"]["pay-1"]["code"] == "DO_NOT_HONOR"


async def test_invalid_card_can_be_entered_again(merchant: Merchant, simulator: Simulator) -> None:
    url = (await merchant.pay(meta={}))["normalUrl"]
    wrong = await submit(merchant, url, "pay", cardNo="4111111111111112")
    assert wrong.status_code == 400
    assert "INVALID_CARD_NUMBER" in wrong.text
    assert "4111111111111112" not in wrong.text
    assert (await submit(merchant, url, "pay")).status_code == 303


async def test_card_page_redirects_to_the_challenge(merchant: Merchant, simulator: Simulator) -> None:
    url = (await merchant.pay(meta={"is3DSAuthentication": True}))["normalUrl"]
    challenge = (await submit(merchant, url, "pay")).headers["location"]
    assert challenge.startswith("/challenge/")
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 0
    back = await submit(merchant, merchant.base_url + challenge, "pay")
    assert back.headers["location"].startswith("https://shop.example/")
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 30000


@pytest.mark.parametrize(
    ("action", "status"), [("pay", "SUCCESS"), ("fail", "FAIL"), ("abandon", "PROCESSING")]
)
async def test_challenge_ends_with_the_action_of_the_buyer(
    merchant: Merchant, simulator: Simulator, action: str, status: str
) -> None:
    url = (await merchant.pay(meta=card(is3DSAuthentication=True)))["normalUrl"]
    assert (await submit(merchant, url, action)).status_code == 303
    assert simulator.ledger()["payments"]["pay-1"]["status"] == status


async def test_page_of_a_decided_payment_links_back_to_the_shop(
    merchant: Merchant, simulator: Simulator
) -> None:
    url = (await merchant.pay(meta={}))["normalUrl"]
    await submit(merchant, url, "pay")
    page = await merchant.http.get(url)
    assert "SUCCESS" in page.text
    assert 'href="https://shop.example/back?order=1"' in page.text
    assert (await merchant.http.post(url, data={"action": "fail"})).status_code == 200
    assert simulator.ledger()["payments"]["pay-1"]["status"] == "SUCCESS"


@pytest.mark.parametrize("page", ["cashier", "challenge"])
async def test_page_of_an_unknown_payment_is_not_found(merchant: Merchant, page: str) -> None:
    assert (await merchant.http.get(f"{merchant.base_url}/{page}/guess")).status_code == 404


async def test_invalid_form_changes_nothing(merchant: Merchant, simulator: Simulator) -> None:
    url = (await merchant.pay(meta=card(is3DSAuthentication=True)))["normalUrl"]
    for content in (b"", b"action=steal", b"\xff", b"x" * 10_000):
        assert (await merchant.http.post(url, content=content)).status_code == 400
    assert simulator.ledger()["payments"]["pay-1"]["status"] == "PROCESSING"
