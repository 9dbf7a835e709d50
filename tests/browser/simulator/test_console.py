"""The console: faults, notifications and the clock by its buttons, and pages that follow the simulator."""

import json
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from simulator.http.server import Simulator
from tests.support.browser.accessibility import assert_accessible, assert_fits_width
from tests.support.eventually import eventually
from tests.support.simulator.merchant import Inbox, Merchant, code, pay_body

PATH = "/ams/sandbox/api/v1/payments/pay"


async def acknowledged(merchant: Merchant, simulator: Simulator, inbox: Inbox) -> str:
    """Makes a payment, waits for its notification, and returns the path of the notification's page."""
    await merchant.pay(notify_url=inbox.url)
    await eventually(lambda: bool(simulator.notifications()[0]["acknowledged"]))
    return f"{merchant.base_url}/console/notifications/{simulator.notifications()[0]['id']}"


async def test_fault_is_switched_on_takes_effect_and_is_switched_off(
    browser_page: Page, merchant: Merchant, simulator: Simulator
) -> None:
    page = browser_page
    await page.goto(f"{merchant.base_url}/console/faults")
    await page.get_by_label("Into").select_option("Pay calls")
    await page.get_by_label("Fault", exact=True).select_option("Unknown result")
    await expect(page.get_by_text("The call is not processed. The answer is U.").first).to_be_visible()
    await page.get_by_label("How often").select_option("every time")
    await page.get_by_role("button", name="Switch it on").click()
    await expect(page.get_by_role("status")).to_have_text("The fault is on.")
    assert code(await merchant.pay("pay-1")) == "U UNKNOWN_EXCEPTION"
    await expect(page.get_by_text("used once, stays on")).to_be_visible()
    await page.get_by_role("button", name="Switch off Unknown result").click()
    await expect(page.get_by_role("status")).to_have_text("The fault is off.")
    assert simulator.faults() == []
    assert code(await merchant.pay("pay-1")) == "S SUCCESS"


async def test_fault_form_offers_the_faults_and_the_fields_that_fit(
    browser_page: Page, merchant: Merchant
) -> None:
    await browser_page.goto(f"{merchant.base_url}/console/faults")
    await browser_page.get_by_label("Into").select_option("The gateway's automatic capture")
    options = browser_page.get_by_label("Fault", exact=True).locator("option")
    await expect(options).to_have_text(["Capture fails", "Captured late", "Never captured"])
    await expect(browser_page.get_by_label("Seconds")).to_be_hidden()
    await browser_page.get_by_label("Fault", exact=True).select_option("Captured late")
    await expect(browser_page.get_by_label("Seconds")).to_be_visible()
    await expect(browser_page.get_by_label("Result code")).to_be_hidden()


async def test_wrong_number_keeps_the_form_and_says_what_is_wrong(
    browser_page: Page, merchant: Merchant, simulator: Simulator
) -> None:
    await browser_page.goto(f"{merchant.base_url}/console/faults?match=order-7")
    await browser_page.get_by_label("Calls to skip first").fill("many")
    await browser_page.get_by_role("button", name="Switch it on").click()
    await expect(browser_page.get_by_role("alert")).to_have_text("Calls to skip first: a whole number")
    await expect(browser_page.get_by_label("Calls to skip first")).to_have_value("many")
    await expect(browser_page.get_by_label("Only for the payment")).to_have_value("order-7")
    assert simulator.faults() == []


async def test_list_of_payments_follows_the_simulator(browser_page: Page, merchant: Merchant) -> None:
    await browser_page.goto(merchant.base_url)
    await expect(browser_page.get_by_text("No payment yet.")).to_be_visible()
    await expect(browser_page.get_by_text("follows the simulator by itself")).to_be_visible()
    paid = await merchant.pay("pay-1")
    await expect(browser_page.get_by_role("link", name="pay-1").first).to_be_visible()
    await expect(browser_page.get_by_text("Authorized")).to_be_visible()
    await merchant.capture(paid["paymentId"])
    await expect(browser_page.get_by_text("Captured", exact=True).last).to_be_visible()
    await expect(browser_page.get_by_text("Money taken")).to_be_visible()


async def test_notification_is_sent_again(
    browser_page: Page, merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await browser_page.goto(await acknowledged(merchant, simulator, inbox))
    await browser_page.get_by_role("button", name="Send it again now").click()
    await expect(browser_page.get_by_role("status")).to_contain_text("The notification was sent again.")
    await expect(browser_page.get_by_text("Sent by hand")).to_be_visible()
    assert inbox.types() == ["PAYMENT_RESULT", "PAYMENT_RESULT"]


async def test_forged_notification_is_sent_and_its_refusal_is_shown(
    browser_page: Page, merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await browser_page.goto(await acknowledged(merchant, simulator, inbox))
    forged = "The opposite result, with a signature of other content"
    await browser_page.get_by_label("Or send a forged one").select_option(forged)
    await browser_page.get_by_role("button", name="Send the forged one").click()
    await expect(browser_page.get_by_text("HTTP 401, not acknowledged")).to_be_visible()
    assert [each["result"]["resultStatus"] for each in inbox.forged] == ["F"]


async def test_notifications_are_held_and_released(
    browser_page: Page, merchant: Merchant, simulator: Simulator, inbox: Inbox
) -> None:
    await browser_page.goto(f"{merchant.base_url}/console/notifications")
    await browser_page.get_by_role("button", name="Hold all notifications").click()
    await merchant.pay(notify_url=inbox.url)
    await expect(browser_page.get_by_text("Held", exact=True)).to_be_visible()
    assert inbox.trusted == []
    await browser_page.get_by_role("button", name="Release them").click()
    await expect(browser_page.get_by_text("Acknowledged", exact=True)).to_be_visible()
    assert inbox.types() == ["PAYMENT_RESULT"]


async def test_clock_moves_and_an_unfinished_payment_closes(
    browser_page: Page, merchant: Merchant, simulator: Simulator
) -> None:
    await merchant.pay(meta={})
    await browser_page.goto(f"{merchant.base_url}/console/clock")
    await browser_page.get_by_role("button", name="14 minutes").click()
    await expect(browser_page.get_by_role("status")).to_have_text("The clock has moved.")
    await expect(browser_page.get_by_text("14 minutes ahead of the real time")).to_be_visible()
    await browser_page.get_by_label("Forward by").fill("2")
    await browser_page.get_by_label("Unit").select_option("days")
    await browser_page.get_by_role("button", name="Move the clock").click()
    await expect(browser_page.get_by_text("2 days 14 minutes ahead of the real time")).to_be_visible()
    await eventually(lambda: simulator.ledger()["payments"]["pay-1"]["code"] == "ORDER_IS_CLOSED")


async def test_refused_signature_is_shown_with_the_string_to_verify(
    browser_page: Page, merchant: Merchant
) -> None:
    body = json.dumps(pay_body()).encode()
    signed = merchant.signed("/ams/api/v1/payments/pay", body)
    await merchant.http.post(merchant.base_url + PATH, content=body, headers=signed)
    await browser_page.goto(f"{merchant.base_url}/console/calls?refused=yes")
    await browser_page.get_by_role("link", name="Pay", exact=True).click()
    await expect(browser_page.get_by_text("The request was refused")).to_contain_text(PATH)
    string = browser_page.get_by_label("String to verify")
    expected = f"POST {PATH}\n{merchant.keys.client_id}.{signed['request-time']}.{body.decode()}"
    assert await string.text_content() == expected


@pytest.mark.parametrize("width", [1280, 390])
async def test_console_pages_are_accessible(
    browser_page: Page, merchant: Merchant, simulator: Simulator, inbox: Inbox, width: int
) -> None:
    await browser_page.set_viewport_size({"width": width, "height": 900})
    await browser_page.goto(merchant.base_url)
    await assert_accessible(browser_page)
    notification = urlsplit(await acknowledged(merchant, simulator, inbox)).path
    simulator.inject_fault("notification", "delay", seconds=30, times=-1)
    simulator.inject_fault("capture", "act_and_drop", match="pay-1")
    await merchant.http.post(merchant.base_url + PATH, content=b"{}")
    lists = ["/", "/console/calls", "/console/notifications", "/console/faults", "/console/clock"]
    single = ["/console/payments/pay-1", "/console/calls/call-1", "/console/calls/call-2", notification]
    for path in (*lists, *single, "/console/payments/unknown"):
        await browser_page.goto(merchant.base_url + path)
        await browser_page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        await assert_accessible(browser_page)
        await assert_fits_width(browser_page)
