"""The shopkeeper captures, captures a part, and cancels; the buyer's page follows."""

from playwright.async_api import Page, expect

from tests.support.browser.shop_buyer import GOOD_CARD, Buyer, choose_settings


async def authorized(buyer: Buyer, *products: str) -> int:
    """Places an order that the shop captures itself. Returns its amount in minor units."""
    await choose_settings(buyer.page, buyer.shop, capture="MANUAL", three_ds=False)
    value = await buyer.open_checkout(*products)
    await buyer.type_card(GOOD_CARD)
    await buyer.press_pay()
    await buyer.shows("Thank you for your order")
    return value


async def open_order(page: Page, buyer: Buyer) -> None:
    await page.goto(f"{buyer.shop.url}/shopkeeper")
    await page.get_by_role("link", name=buyer.reference).click()


async def test_shopkeeper_captures_and_the_buyers_page_says_paid(buyer: Buyer, phone_page: Page) -> None:
    value = await authorized(buyer)
    await open_order(phone_page, buyer)
    await phone_page.get_by_role("button", name="Capture", exact=True).click()
    await expect(phone_page.locator(".heading .tag")).to_have_text("CAPTURED")
    await expect(phone_page.get_by_role("table")).to_contain_text("capture requested")
    await buyer.shows("Paid")
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.capture_calls) == (value, 1)


async def test_shopkeeper_captures_a_part_and_then_the_rest(buyer: Buyer) -> None:
    value, page = await authorized(buyer), buyer.page
    await open_order(page, buyer)
    await page.get_by_label("Amount in euro").fill("20,50")
    await page.get_by_label("This is the last capture").uncheck()
    await page.get_by_role("button", name="Capture", exact=True).click()
    await expect(page.locator(".heading .tag")).to_have_text("PARTIALLY_CAPTURED")
    assert (await buyer.shop.stack.gateway.summary(buyer.reference)).captured == 2050
    # the form holds the rest
    await page.get_by_role("button", name="Capture", exact=True).click()
    await expect(page.locator(".heading .tag")).to_have_text("CAPTURED")
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.held, order.capture_calls) == (value, 0, 2)


async def test_refused_capture_says_why_and_keeps_what_was_typed(buyer: Buyer) -> None:
    value, page = await authorized(buyer), buyer.page
    await open_order(page, buyer)
    for typed, words in (("ten", "Enter an amount such as 24.50"), ("900", "The amount is too high")):
        await page.get_by_label("Amount in euro").fill(typed)
        await page.get_by_role("button", name="Capture", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text(words)
        await expect(page.get_by_label("Amount in euro")).to_have_value(typed)
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.held, order.capture_calls) == (0, value, 0)


async def test_shopkeeper_cancels_with_a_reason(buyer: Buyer) -> None:
    page = buyer.page
    await authorized(buyer)
    await open_order(page, buyer)
    await page.get_by_role("button", name="Cancel the payment").click()
    await expect(page.get_by_role("alert")).to_contain_text("Enter a reason")
    await page.get_by_label("Reason").fill("broken in the kiln")
    await page.get_by_role("button", name="Cancel the payment").click()
    await expect(page.locator(".heading .tag")).to_have_text("CANCELLED")
    await expect(page.get_by_role("table")).to_contain_text("broken in the kiln")
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.held, order.voided) == (0, 0, 1)
