"""The buyer's routes: cart, checkout, and the page of an order."""

import asyncio

import httpx
import pytest

from holdfast import (
    NotDeclined,
    PaymentReferenceReused,
    PaymentStatus,
    PaymentUnavailable,
)
from holdfast.antom.amounts import Amount
from holdfast.card_vault import VaultUnavailable
from holdfast.next_action import NextAction
from tests.support.tools.payments import NOW
from tests.support.tools.stub_payment_client import REFERENCE, StubPaymentClient
from tools.demo.shop import GOOD_CARD
from tools.shop import payment_reading
from tools.shop.forms.body import MAX_BYTES
from tools.shop.routes import orders

S = PaymentStatus
BANK = "https://bank.example/challenge"
HOSTILE = '"><script>alert(1)</script>'
PAGE = {"reference": REFERENCE, "cart": "mug-2", "email": "ada@example.com", "method": "page"}
CARD = {**PAGE, "method": "card", "number": GOOD_CARD, "expiry": "12 / 39", "cvc": "123"}


async def test_cart_is_filled_changed_and_paid(browser: httpx.AsyncClient) -> None:
    for _ in range(2):
        answer = await browser.post("/cart/add", data={"product": "mug"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/cart")
    assert "€48.00" in (await browser.get("/cart")).text
    await browser.post("/cart", data={"mug": "3"})
    assert "Pay €72.00" in (await browser.get("/checkout")).text
    await browser.post("/cart", data={"mug": "0"})
    assert (await browser.get("/checkout")).headers["location"] == "/cart"


def _reference(page: httpx.Response) -> str:
    return page.text.split('name="reference" value="')[1].partition('"')[0]


async def test_checkout_that_is_open_in_two_tabs_is_one_payment(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    await browser.post("/cart/add", data={"product": "mug"})
    tabs = [_reference(await browser.get("/checkout")) for _ in range(2)]
    for reference in tabs:
        await browser.post("/checkout", data={**PAGE, "reference": reference, "cart": "mug-1"})
    assert len({order["paymentReference"] for order in client.orders}) == 1


async def test_another_cart_and_an_order_after_the_first_one_are_other_payments(
    browser: httpx.AsyncClient,
) -> None:
    await browser.post("/cart/add", data={"product": "mug"})
    first = _reference(await browser.get("/checkout"))
    await browser.post("/cart/add", data={"product": "mug"})
    second = _reference(await browser.get("/checkout"))
    await browser.post("/checkout", data={**PAGE, "reference": second})
    await browser.post("/cart", data={"mug": "0"})
    await browser.post("/cart/add", data={"product": "mug", "quantity": "2"})
    third = _reference(await browser.get("/checkout"))
    assert len({first, second, third}) == 3


async def test_checkout_of_a_cookie_that_the_shop_has_not_made_gets_a_new_reference(
    browser: httpx.AsyncClient,
) -> None:
    await browser.post("/cart/add", data={"product": "mug"})
    browser.cookies.set("checkout", "ORDER_1:mug-1")
    assert _reference(await browser.get("/checkout")).startswith("SM-")


async def test_quantity_that_is_none_is_named_and_kept(browser: httpx.AsyncClient) -> None:
    await browser.post("/cart/add", data={"product": "mug"})
    answer = await browser.post("/cart", data={"mug": HOSTILE})
    assert answer.status_code == 422
    assert "Enter a whole number." in answer.text
    assert "<script>" not in answer.text.replace('<script src="/static/shop.js" defer>', "")
    assert "€24.00" in answer.text


async def test_product_that_does_not_exist_is_not_found(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/cart/add", data={"product": "yacht"})).status_code == 404


async def test_buyer_is_sent_to_the_bank_and_the_order_is_kept(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    client.has(S.ACTION_REQUIRED, nextAction=NextAction(normalUrl=BANK, expiresAt=NOW))
    answer = await browser.post("/checkout", data=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, BANK)
    [order] = client.orders
    assert order["paymentAmount"] == {"currency": "EUR", "value": "4800"}
    assert order["paymentRedirectUrl"] == f"http://shop.example/orders/{REFERENCE}/return"
    assert f'href="/orders/{REFERENCE}"' in (await browser.get("/")).text
    assert not client.cards


async def test_card_goes_to_the_vault_and_its_reference_into_the_order(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    answer = await browser.post("/checkout", data=CARD)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/{REFERENCE}")
    assert [card.cardNo for card in client.cards] == [GOOD_CARD]
    [order] = client.orders
    method = {"paymentMethodType": "CARD", "cardReference": "card_1"}
    assert order["paymentMethod"] == {**method, "paymentMethodMetaData": {"is3DSAuthentication": True}}
    assert GOOD_CARD not in repr(order)


async def test_form_that_breaks_a_rule_is_shown_again_without_card_data(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    answer = await browser.post("/checkout", data={**CARD, "email": "ada", "cvc": "98"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="ada"' in answer.text
    assert 'value="12 / 39"' in answer.text
    assert REFERENCE in answer.text
    assert 'value="98"' not in answer.text
    assert f'value="{GOOD_CARD}"' not in answer.text
    assert not client.orders


@pytest.mark.parametrize("error", [PaymentUnavailable("no answer in time"), VaultUnavailable("locked")])
async def test_form_without_an_answer_can_be_sent_again_with_its_reference(
    browser: httpx.AsyncClient, client: StubPaymentClient, error: Exception
) -> None:
    client.error = error
    answer = await browser.post("/checkout", data=PAGE)
    assert answer.status_code == 503
    assert 'role="alert"' in answer.text
    assert f'name="reference" value="{REFERENCE}"' in answer.text
    assert "Pay €48.00" in answer.text


async def test_form_of_an_order_that_was_placed_otherwise_leads_to_that_order(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    client.error = PaymentReferenceReused("paymentAmount: another one")
    answer = await browser.post("/checkout", data=PAGE)
    assert answer.status_code == 409
    assert f'href="/orders/{REFERENCE}"' in answer.text


@pytest.mark.parametrize("status", S)
async def test_page_of_an_order_is_shown_in_every_status(
    browser: httpx.AsyncClient, client: StubPaymentClient, status: S
) -> None:
    client.has(status, nextAction=NextAction(normalUrl=BANK, expiresAt=NOW))
    page = (await browser.get(f"/orders/{REFERENCE}?resultStatus=S")).text
    assert f'data-status="{status}"' in page
    assert (">Paid</h1>" in page) is (status is S.CAPTURED)
    assert ("data-follow" in page) is not status.is_final
    assert (f'href="{BANK}"' in page) is (status is S.ACTION_REQUIRED)
    waiting = {S.AUTHORIZING, S.PENDING, S.CAPTURING, S.CANCELLING, S.NEEDS_REVIEW}
    assert ('<noscript><meta http-equiv="refresh"' in page) is (status in waiting)


@pytest.mark.parametrize(("method", "path"), [("GET", "return"), ("POST", "refresh")])
async def test_returning_buyer_makes_the_shop_ask_the_gateway(
    browser: httpx.AsyncClient, client: StubPaymentClient, method: str, path: str
) -> None:
    client.has(S.ACTION_REQUIRED)
    answer = await browser.request(method, f"/orders/{REFERENCE}/{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/{REFERENCE}?answered=yes")
    assert "it has no result yet" in (await browser.get(answer.headers["location"])).text
    assert client.calls == [("refresh", REFERENCE)]


async def test_another_attempt_has_the_key_of_its_form(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    client.has(S.DECLINED)
    await browser.post(f"/orders/{REFERENCE}/retry", data={"key": "k1", "method": "page"})
    [(name, arguments)] = client.calls
    method = {"paymentMethodType": "CARD", "paymentMethodMetaData": {"is3DSAuthentication": True}}
    assert (name, arguments) == ("retry", (method, "k1"))


async def test_another_attempt_with_a_mistyped_card_is_named(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    client.has(S.DECLINED)
    answer = await browser.post(f"/orders/{REFERENCE}/retry", data={**CARD, "cvc": ""})
    assert answer.status_code == 422
    assert "Enter the security code." in answer.text
    assert not client.calls


async def test_buyer_cancels_and_orders_again(browser: httpx.AsyncClient, client: StubPaymentClient) -> None:
    await browser.post("/checkout", data=PAGE)
    await browser.post(f"/orders/{REFERENCE}/cancel")
    assert ("cancel", "by the buyer") in client.calls
    answer = await browser.post(f"/orders/{REFERENCE}/again")
    assert answer.headers["location"] == "/cart"
    assert "€48.00" in (await browser.get("/cart")).text


async def test_refused_step_leads_back_to_the_order(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    client.error = NotDeclined("status: the payment is not declined")
    answer = await browser.post(f"/orders/{REFERENCE}/retry", data={"method": "page"})
    assert answer.status_code == 409
    assert f'href="/orders/{REFERENCE}"' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/orders/unknown", 404, "There is no payment for this order"),
        ("GET", "/orders/unknown/events", 404, "There is no payment for this order"),
        ("GET", "/elsewhere", 404, "There is no such page"),
        ("GET", "/cart/add", 405, "Method Not Allowed"),
    ],
)
async def test_error_is_a_page_with_a_way_back(
    browser: httpx.AsyncClient, method: str, path: str, status: int, words: str
) -> None:
    answer = await browser.request(method, path)
    assert answer.status_code == status
    assert words in answer.text
    assert 'href="/">Back to the shop' in answer.text


async def test_page_says_that_there_is_no_answer_instead_of_waiting_for_it(
    browser: httpx.AsyncClient, client: StubPaymentClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_: str) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(client, "get", silent)
    monkeypatch.setattr(payment_reading, "READ_WITHIN", 0.01)
    for path in (f"/orders/{REFERENCE}", f"/orders/{REFERENCE}/events", f"/shopkeeper/orders/{REFERENCE}"):
        answer = await browser.get(path)
        assert answer.status_code == 503
        assert "We have no answer from the payment service" in answer.text


async def test_returning_buyer_sees_the_order_although_the_gateway_is_silent(
    browser: httpx.AsyncClient, client: StubPaymentClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_: str) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(client, "refresh", silent)
    monkeypatch.setattr(orders, "ASK_WITHIN", 0.01)
    answer = await browser.get(f"/orders/{REFERENCE}/return")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/{REFERENCE}?answered=no")
    client.has(S.PENDING)
    assert "have no answer yet" in (await browser.get(answer.headers["location"])).text
    client.has(S.CAPTURED)
    assert "no answer" not in (await browser.get(answer.headers["location"])).text


async def test_form_above_the_limit_is_refused(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/checkout", data={**PAGE, "email": "a" * MAX_BYTES})
    assert answer.status_code == 413
    many = {str(number): "" for number in range(100)}
    assert (await browser.post("/checkout", data=many)).status_code == 400


async def test_order_that_is_paid_in_part_shows_what_was_taken_and_released(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    client.has(S.CAPTURED, capturedAmount=Amount(currency="EUR", value="1000"))
    page = (await browser.get(f"/orders/{REFERENCE}")).text
    assert ">Paid in part</h1>" in page
    assert "<dt>Paid</dt><dd>€10.00</dd>" in page
    assert "<dt>Released</dt><dd>€290.00</dd>" in page
    assert "complete" not in page
