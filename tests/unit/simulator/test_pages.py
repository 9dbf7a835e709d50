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
        if tag == "button" and found["name"] == "action":
            self.buttons.append(found["value"])


async def submit(merchant: Merchant, url: str, action: str, **typed: str) -> httpx.Response:
    """Opens a page, changes some fields and presses a button."""
    page = await merchant.http.get(url)
    assert page.status_code == 200
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
    assert "This is not a card number" in wrong.text
    assert simulator.ledger()["payments"]["pay-1"]["status"] == "PROCESSING"
    assert (await submit(merchant, url, "pay")).status_code == 303


async def test_typed_values_are_kept_after_a_mistake_but_never_the_security_code(merchant: Merchant) -> None:
    url = (await merchant.pay(meta={}))["normalUrl"]
    typed = {"cardNo": "4111 1111 1111 1112", "expiryMonth": "07", "expiryYear": "41", "cvv": "7391"}
    wrong = await submit(merchant, url, "pay", **typed)
    assert Form(wrong.text).fields == {**typed, "cvv": ""}
    assert "7391" not in wrong.text
    assert wrong.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("cardNo", "4111111111111112", "This is not a card number"),
        ("expiryMonth", "13", "The card has expired"),
        ("expiryYear", "20", "The card has expired"),
        ("cvv", "1", "three digits"),
    ],
)
async def test_mistake_is_a_sentence_and_marks_its_field(
    merchant: Merchant, field: str, value: str, sentence: str
) -> None:
    url = (await merchant.pay(meta={}))["normalUrl"]
    wrong = await submit(merchant, url, "pay", **{field: value})
    assert sentence in wrong.text.partition('role="alert"')[2]
    (marked,) = [part for part in wrong.text.split("<input") if f'name="{field}"' in part]
    assert 'aria-invalid="true"' in marked.partition(">")[0]


async def test_chosen_test_card_fills_the_form_without_javascript(merchant: Merchant) -> None:
    url = (await merchant.pay(meta={}))["normalUrl"]
    filled = await merchant.http.post(url, data={"chosenCard": DECLINED})
    assert Form(filled.text).fields["cardNo"] == DECLINED
    unknown = await merchant.http.post(url, data={"chosenCard": "<script>"})
    assert Form(unknown.text).fields["cardNo"] == VISA


@pytest.mark.parametrize("page", ["cashier", "challenge"])
async def test_page_says_that_no_money_moves_and_runs_no_inline_code(merchant: Merchant, page: str) -> None:
    meta = card(is3DSAuthentication=True) if page == "challenge" else {}
    answer = await merchant.http.get((await merchant.pay(meta=meta))["normalUrl"])
    assert "No money moves here." in answer.text
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for inline in (" style=", "<style", " onclick=", "<script>"):
        assert inline not in answer.text


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
    assert "The payment is authorized" in page.text
    assert "SUCCESS" not in page.text
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
