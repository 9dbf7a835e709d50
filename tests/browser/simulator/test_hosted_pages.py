"""A buyer on the hosted pages: test cards, mistakes, the challenge, and pages that are closed."""

import pytest
from playwright.async_api import Page, expect

from simulator.http.server import Simulator
from tests.support.browser.accessibility import assert_accessible, assert_fits_width
from tests.support.simulator.merchant import DECLINED, Merchant, card

BACK = "https://shop.example/back?order=1"


async def cashier(merchant: Merchant, request_id: str = "pay-1") -> str:
    url: str = (await merchant.pay(request_id, meta={}))["normalUrl"]
    return url


async def challenge(merchant: Merchant, request_id: str = "pay-1") -> str:
    url: str = (await merchant.pay(request_id, meta=card(is3DSAuthentication=True)))["normalUrl"]
    return url


async def test_buyer_pays_with_a_chosen_test_card(
    buyer: Page, merchant: Merchant, simulator: Simulator
) -> None:
    await buyer.goto(await cashier(merchant))
    await buyer.get_by_role("button", name="Mastercard").first.click()
    await expect(buyer.get_by_label("Card number")).to_have_value("5162774114974622")
    await buyer.get_by_role("button", name="Pay EUR 300.00").click()
    await buyer.wait_for_url(BACK)
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 30000
    assert (await merchant.inquire())["paymentResultInfo"]["cardNo"] == "516277******4622"


async def test_buyer_without_javascript_pays_with_a_chosen_test_card(
    buyer_without_javascript: Page, merchant: Merchant, simulator: Simulator
) -> None:
    page = buyer_without_javascript
    await page.goto(await cashier(merchant))
    await page.get_by_role("button", name="The bank declines it.").first.click()
    await expect(page.get_by_label("Card number")).to_have_value(DECLINED)
    await page.get_by_role("button", name="Pay EUR 300.00").click()
    await page.wait_for_url(BACK)
    assert simulator.ledger()["payments"]["pay-1"]["code"] == "DO_NOT_HONOR"


async def test_enter_key_pays(buyer: Page, merchant: Merchant, simulator: Simulator) -> None:
    await buyer.goto(await cashier(merchant))
    await buyer.get_by_label("Card number").press("Enter")
    await buyer.wait_for_url(BACK)
    assert simulator.ledger()["payments"]["pay-1"]["status"] == "SUCCESS"


async def test_mistake_keeps_what_was_typed_but_the_security_code(buyer: Page, merchant: Merchant) -> None:
    await buyer.goto(await cashier(merchant))
    await buyer.get_by_label("Card number").fill("4111 1111 1111 1112")
    await buyer.get_by_label("Expiry Month").fill("07")
    await buyer.get_by_label("Expiry Year").fill("41")
    await buyer.get_by_label("Security code").fill("739")
    await buyer.get_by_role("button", name="Pay EUR 300.00").click()
    await expect(buyer.get_by_role("alert")).to_contain_text("This is not a card number")
    await expect(buyer.get_by_label("Card number")).to_have_value("4111 1111 1111 1112")
    await expect(buyer.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    await expect(buyer.get_by_label("Expiry Month")).to_have_value("07")
    await expect(buyer.get_by_label("Expiry Year")).to_have_value("41")
    await expect(buyer.get_by_label("Security code")).to_have_value("")


async def test_buyer_fails_the_challenge_and_finds_the_page_closed(
    buyer: Page, merchant: Merchant, simulator: Simulator
) -> None:
    url = await challenge(merchant)
    await buyer.goto(url)
    await buyer.get_by_role("button", name="No, it is not me").click()
    await buyer.wait_for_url(BACK)
    assert simulator.ledger()["payments"]["pay-1"]["status"] == "FAIL"
    await buyer.goto(url)
    await expect(buyer.get_by_role("heading", name="The payment failed")).to_be_visible()
    await expect(buyer.get_by_text("Nothing was taken.")).to_be_visible()
    await buyer.get_by_role("link", name="Back to the shop").click()
    await buyer.wait_for_url(BACK)


async def test_buyer_leaves_and_comes_back_to_pay(
    buyer: Page, merchant: Merchant, simulator: Simulator
) -> None:
    url = await challenge(merchant)
    await buyer.goto(url)
    await buyer.get_by_role("button", name="Leave without an answer").click()
    await buyer.wait_for_url(BACK)
    assert simulator.ledger()["payments"]["pay-1"]["status"] == "PROCESSING"
    await buyer.goto(url)
    await buyer.get_by_role("button", name="Yes, pay EUR 300.00").click()
    await buyer.wait_for_url(BACK)
    assert simulator.ledger()["payments"]["pay-1"]["heldAmount"] == 30000


@pytest.mark.parametrize("width", [1280, 390])
async def test_hosted_pages_are_accessible(browser_page: Page, merchant: Merchant, width: int) -> None:
    await browser_page.set_viewport_size({"width": width, "height": 900})
    decided = await cashier(merchant, "pay-3")
    await merchant.http.post(decided, data={"action": "fail"})
    unknown = f"{merchant.base_url}/cashier/unknown"
    for url in (await cashier(merchant), await challenge(merchant, "pay-2"), decided, unknown):
        await browser_page.goto(url)
        await assert_accessible(browser_page)
        await assert_fits_width(browser_page)
    await browser_page.goto(await cashier(merchant))
    await browser_page.get_by_role("button", name="Mistyped number").click()
    await browser_page.get_by_role("button", name="Pay EUR 300.00").click()
    await expect(browser_page.get_by_role("alert")).to_be_visible()
    await assert_accessible(browser_page)
