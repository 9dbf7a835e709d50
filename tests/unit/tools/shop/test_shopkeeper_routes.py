"""The shopkeeper's routes."""

import httpx
import pytest

from holdfast import AmountExceedsAuthorization, PaymentStatus, PaymentUnavailable
from holdfast.antom.models import CaptureMode
from holdfast.payment import Review
from tests.support.tools.payments import EUR_300, NOW
from tests.support.tools.stub_payment_client import REFERENCE, StubPaymentClient
from tools.demo.shop import Shop, gateway_page

S = PaymentStatus
ORDER = f"/shopkeeper/orders/{REFERENCE}"


async def test_list_has_each_order_and_what_is_known_of_its_payment(
    browser: httpx.AsyncClient, shop: Shop
) -> None:
    assert "There is no order yet" in (await browser.get("/shopkeeper")).text
    for reference in (REFERENCE, "not-started-1"):
        shop.order(reference, "30000", gateway_page())
    page = (await browser.get("/shopkeeper")).text
    assert page.index("not-started-1") < page.index(REFERENCE)
    assert f'href="{ORDER}"' in page
    assert "AUTHORIZED" in page
    assert "not started" in page
    assert 'href="/shopkeeper/orders/not-started-1"' not in page


@pytest.mark.parametrize(
    ("status", "mode", "offered"),
    [
        (S.AUTHORIZED, CaptureMode.MANUAL, {"capture", "cancel", "refresh"}),
        (S.AUTHORIZED, CaptureMode.AUTOMATIC, {"cancel", "refresh"}),
        (S.CAPTURING, CaptureMode.MANUAL, {"refresh"}),
        (S.DECLINED, CaptureMode.MANUAL, {"cancel", "refresh"}),
        (S.CAPTURED, CaptureMode.MANUAL, set()),
    ],
)
async def test_order_offers_what_is_possible(
    browser: httpx.AsyncClient, client: StubPaymentClient, status: S, mode: CaptureMode, offered: set[str]
) -> None:
    client.has(status, captureMode=mode, authorizedAmount=EUR_300)
    page = (await browser.get(ORDER)).text
    assert {
        step for step in ("capture", "cancel", "refresh") if f'action="{ORDER}/{step}"' in page
    } == offered
    assert ("The gateway captures this payment itself" in page) is (
        status is S.AUTHORIZED and mode is CaptureMode.AUTOMATIC
    )


async def test_order_shows_its_trail_its_review_and_where_to_look(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    client.has(S.NEEDS_REVIEW, review=Review(reason="the outcome is <unknown>", since=NOW))
    page = (await browser.get(ORDER)).text
    assert "the outcome is &lt;unknown&gt;" in page
    assert f'href="http://ui.example/workflows/card-payment-{REFERENCE}"' in page
    assert 'href="http://gateway.example/"' in page
    for event in client.payment.events:
        assert f'datetime="{event.at.isoformat()}"' in page


async def test_capture_sends_minor_units_and_the_key_of_its_form(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    answer = await browser.post(f"{ORDER}/capture", data={"amount": "20,50", "key": "k1"})
    assert (answer.status_code, answer.headers["location"]) == (303, ORDER)
    await browser.post(f"{ORDER}/capture", data={"amount": "300", "key": "k2", "last": "yes"})
    assert client.calls == [("capture", ("2050", False, "k1")), ("capture", ("30000", True, "k2"))]


@pytest.mark.parametrize("typed", ["ten", "", "1.234"])
async def test_amount_that_is_none_is_named_and_nothing_is_captured(
    browser: httpx.AsyncClient, client: StubPaymentClient, typed: str
) -> None:
    client.has(S.AUTHORIZED, authorizedAmount=EUR_300)
    answer = await browser.post(f"{ORDER}/capture", data={"amount": typed, "key": "k1"})
    assert answer.status_code == 422
    assert "Enter an amount such as 24.50" in answer.text
    assert f'value="{typed}"' in answer.text
    assert not client.calls


async def test_refused_capture_says_why_and_keeps_its_form(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    client.has(S.AUTHORIZED, authorizedAmount=EUR_300)
    client.error = AmountExceedsAuthorization("captureAmount.value: at most EUR 300.00 can be captured")
    answer = await browser.post(f"{ORDER}/capture", data={"amount": "900", "key": "k1"})
    assert answer.status_code == 409
    assert "The amount is too high" in answer.text
    assert "at most EUR 300.00" in answer.text
    assert 'value="900"' in answer.text
    assert 'value="k1"' in answer.text


async def test_step_without_an_answer_says_so(browser: httpx.AsyncClient, client: StubPaymentClient) -> None:
    client.error = PaymentUnavailable("no answer in time")
    answer = await browser.post(f"{ORDER}/refresh")
    assert answer.status_code == 503
    assert "We have no answer from the payment service" in answer.text


async def test_cancellation_needs_a_reason(browser: httpx.AsyncClient, client: StubPaymentClient) -> None:
    assert (await browser.post(f"{ORDER}/cancel", data={"reason": " "})).status_code == 422
    assert not client.calls
    await browser.post(f"{ORDER}/cancel", data={"reason": "broken"})
    assert client.calls == [("cancel", "broken")]


async def test_settings_count_for_the_next_order(
    browser: httpx.AsyncClient, client: StubPaymentClient
) -> None:
    await browser.post("/shopkeeper/settings", data={"capture": "MANUAL", "three-ds": "no"})
    await browser.post("/shopkeeper/settings", data={"capture": "LATER", "three-ds": "perhaps"})
    form = {"reference": REFERENCE, "cart": "mug-1", "email": "ada@example.com", "method": "page"}
    await browser.post("/checkout", data=form)
    [order] = client.orders
    assert order["captureMode"] == "MANUAL"
    assert order["paymentMethod"] == {"paymentMethodType": "CARD"}
    assert "It is taken when we send the parcel" in (await browser.post("/checkout", data={})).text


async def test_settings_are_confirmed_once_they_are_saved(browser: httpx.AsyncClient) -> None:
    assert "Saved." not in (await browser.get("/shopkeeper")).text
    form = {"capture": "MANUAL", "three-ds": "no"}
    assert "Saved." in (await browser.post("/shopkeeper/settings", data=form, follow_redirects=True)).text
