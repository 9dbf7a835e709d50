"""The checkout's routes, with a double of PaymentClient."""

from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest

from holdfast import NotAuthorized, Payment, PaymentClient, PaymentNotFound, PaymentStatus
from holdfast.next_action import NextAction
from tests.support.tools.payments import NOW, payment
from tools.demo.checkout import MAX_FORM_BYTES, create_app
from tools.demo.checkout_pages import Links
from tools.demo.shop import Shop

PAGE = NextAction(normalUrl="https://gateway.example/cashier/1", expiresAt=NOW)


class StubPaymentClient:
    """The methods of PaymentClient that the checkout calls."""

    def __init__(self) -> None:
        self.orders: list[dict[str, object]] = []

    async def store_card(self, _: object) -> str:
        return "card_1"

    async def authorize(self, order: dict[str, object]) -> Payment:
        self.orders.append(order)
        hosted = "cardReference" not in cast(dict[str, object], order["paymentMethod"])
        status = PaymentStatus.ACTION_REQUIRED if hosted else PaymentStatus.AUTHORIZED
        return payment(status, reference="by-hand-1", nextAction=PAGE if hosted else None)

    async def refresh(self, reference: str) -> Payment:
        if reference != "by-hand-1":
            raise PaymentNotFound("no payment has this reference")
        return payment(PaymentStatus.ACTION_REQUIRED, reference=reference, nextAction=PAGE)

    async def capture(self, _: str) -> Payment:
        raise NotAuthorized("nothing is authorized")

    async def cancel(self, reference: str, _: str) -> Payment:
        return payment(PaymentStatus.CANCELLED, reference=reference)


@pytest.fixture
def client() -> StubPaymentClient:
    return StubPaymentClient()


@pytest.fixture
async def browser(client: StubPaymentClient) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that does not follow redirects."""
    shop = Shop(cast(PaymentClient, client), "http://shop.example")
    app = create_app(shop, Links("http://ui.example/workflows", "http://ledger.example"))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as http:
        yield http


async def test_buyer_without_card_is_redirected_to_the_gateways_page(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    typed = {"reference": "by-hand-1", "value": "30000", "captureMode": "MANUAL", "card": "page"}
    answer = await browser.post("/pay", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE.normalUrl)
    assert client.orders[0]["captureMode"] == "MANUAL"
    assert client.orders[0]["paymentAmount"] == {"currency": "EUR", "value": "30000"}


@pytest.mark.parametrize("card", ["good", "declined"])
async def test_card_of_own_form_is_sent_by_reference(
    browser: httpx.AsyncClient, client: StubPaymentClient, card: str
) -> None:
    answer = await browser.post("/pay", data={"reference": "by-hand-1", "value": "3000", "card": card})
    assert (answer.status_code, answer.headers["location"]) == (303, "/result/by-hand-1")
    assert client.orders[0]["paymentMethod"] == {"paymentMethodType": "CARD", "cardReference": "card_1"}


async def test_every_form_has_a_new_reference(browser: httpx.AsyncClient) -> None:
    first, second = (await browser.get("/")).text, (await browser.get("/")).text
    assert first != second


async def test_result_page_ignores_the_status_in_the_url(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/result/by-hand-1?resultStatus=S")).text
    assert "Not paid yet" in page


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/result/unknown", 404, "no payment has this reference"),
        ("POST", "/capture/by-hand-1", 409, "nothing is authorized"),
        ("GET", "/elsewhere", 404, "there is no such page"),
    ],
)
async def test_refused_request_gets_a_page_with_the_reason(
    browser: httpx.AsyncClient, method: str, path: str, status: int, text: str
) -> None:
    answer = await browser.request(method, path)
    assert answer.status_code == status
    assert text in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_form_above_the_size_limit_is_not_read(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    await browser.post("/pay", data={"reference": "by-hand-1", "value": "1" * MAX_FORM_BYTES})
    assert client.orders[0]["paymentReference"] == ""
