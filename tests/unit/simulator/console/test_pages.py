"""The pages of the console as they are served, without a script."""

import pytest

from simulator.console.notification_rows import FORGERIES
from simulator.http.server import Simulator
from simulator.notifications.forgery import ForgeryKind
from tests.support.eventually import eventually
from tests.support.simulator.merchant import VISA, Inbox, Merchant, card

LISTS = ["/", "/console/calls", "/console/notifications", "/console/faults", "/console/clock"]


async def get(merchant: Merchant, path: str) -> str:
    answer = await merchant.http.get(merchant.base_url + path)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("path", [*LISTS, "/console/marker"])
async def test_every_page_is_served_empty_and_is_not_stored(merchant: Merchant, path: str) -> None:
    answer = await merchant.http.get(merchant.base_url + path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "form-action 'self'; frame-ancestors 'none'" in policy


async def test_page_of_a_payment_shows_its_money_calls_and_notifications(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    paid = await merchant.pay("pay-1", notify_url=inbox.url)
    await merchant.pay("pay-2", order="order-2", amount="700")
    await merchant.capture(paid["paymentId"], value="10000")
    await eventually(lambda: len(inbox.trusted) == 2)
    page = await get(merchant, "/console/payments/pay-1")
    for shown in (
        "Money held",
        "Money taken",
        "EUR 100.00",
        "Payment result",
        "Capture result",
        "405469******0768",
    ):
        assert shown in page
    assert "EUR 7.00" not in page
    assert page.count('href="/console/calls/call-') == 2


async def test_values_of_a_payment_are_escaped(merchant: Merchant) -> None:
    await merchant.pay('<script>"1', order="<b>")
    assert "<script>&" not in (page := await get(merchant, "/"))
    assert "&lt;script&gt;&#34;1" in page
    assert "&lt;b&gt;" in await get(merchant, "/console/payments/%3Cscript%3E%221")


async def test_payments_are_found_by_the_beginning_of_an_id(merchant: Merchant) -> None:
    for number in (1, 2):
        await merchant.pay(f"pay-{number}", order=f"order-{number}")
    page = await get(merchant, "/?find=order-2")
    assert "/console/payments/pay-2" in page.partition("Ledger")[0]
    assert "/console/payments/pay-1" not in page.partition("Ledger")[0]
    assert "No payment has an id that begins with" in await get(merchant, "/?find=other")


@pytest.mark.parametrize("kind", ["payments", "calls", "notifications"])
async def test_unknown_page_is_not_found(merchant: Merchant, kind: str) -> None:
    assert (await merchant.http.get(f"{merchant.base_url}/console/{kind}/unknown")).status_code == 404


async def test_card_data_is_on_no_page_of_the_console(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    simulator.inject_fault("pay", "indiscreet")
    await merchant.pay(meta=card(cvv="7391"), notify_url=inbox.url)
    refused = {"client-id": "other", "content-type": "application/json", "x-card": VISA}
    body = b'{"cardNo": "4054695723100768", "cvv": "7391"}'
    await merchant.http.post(f"{merchant.base_url}/ams/api/v1/payments/pay", content=body, headers=refused)
    await eventually(lambda: bool(simulator.notifications()[0]["acknowledged"]))
    pages = [*LISTS, "/console/payments/pay-1", "/console/calls/call-1", "/console/calls/call-2"]
    pages.append(f"/console/notifications/{simulator.notifications()[0]['id']}")
    for path in pages:
        page = await get(merchant, path)
        for secret in (VISA, "7391", "0831", "AAIBBYNoEQAAAAAAg4PyBhdAEQs="):
            assert secret not in page


async def test_marker_changes_with_everything_that_happens(
    merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    async def marker() -> str:
        return await get(merchant, "/console/marker")

    first = await marker()
    assert await marker() == first
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(simulator.notifications()[0]["acknowledged"]))
    seen = [first, await marker()]
    simulator.inject_fault("pay", "http_500")
    seen.append(await marker())
    simulator.hold_notifications("pay-1")
    seen.append(await marker())
    await simulator.send_notification(str(simulator.notifications()[0]["id"]))
    seen.append(await marker())
    simulator.advance(60)
    seen.append(await marker())
    assert len(set(seen)) == len(seen)
    assert await marker() == seen[-1]


async def test_page_has_the_marker_of_what_it_shows(merchant: Merchant, simulator: Simulator) -> None:
    before = await get(merchant, "/console/marker")
    await merchant.pay()
    page = await get(merchant, "/")
    assert f'data-marker="{await get(merchant, "/console/marker")}"' in page
    assert before not in page


def test_every_kind_of_forgery_has_words() -> None:
    assert set(FORGERIES) == set(ForgeryKind)


async def test_wrong_address_is_a_page_in_a_browser_and_text_in_a_program(merchant: Merchant) -> None:
    url = f"{merchant.base_url}/elsewhere"
    shown = await merchant.http.get(url, headers={"Accept": "text/html,*/*;q=0.8"})
    assert shown.status_code == 404
    assert "There is no such page" in shown.text
    assert 'href="/console/calls"' in shown.text
    plain = await merchant.http.get(url)
    assert (plain.status_code, plain.text) == (404, "Not Found")
