"""Everything works in a browser that runs no JavaScript."""

from playwright.async_api import expect

from tests.support.browser.shop_buyer import DECLINED_CARD, GOOD_CARD, Buyer, choose_settings


async def test_page_reloads_itself_until_the_payment_is_complete(plain_buyer: Buyer) -> None:
    gateway = plain_buyer.shop.stack.gateway
    value = await plain_buyer.open_checkout()
    # the notifications of the payment come late, so that the page is there before the capture is known
    await gateway.inject_fault(plain_buyer.reference, "notification", "delay", times=-1, seconds=4)
    await plain_buyer.choose_page()
    await plain_buyer.press_pay()
    await plain_buyer.pay_on_gateways_page()
    await plain_buyer.shows("Paid")
    assert (await gateway.summary(plain_buyer.reference)).captured == value


async def test_declined_buyer_tries_again_and_the_shopkeeper_captures(plain_buyer: Buyer) -> None:
    page = plain_buyer.page
    await choose_settings(page, plain_buyer.shop, capture="MANUAL", three_ds=False)
    value = await plain_buyer.open_checkout()
    for card, title in ((DECLINED_CARD, "The payment was declined"), (GOOD_CARD, "Thank you for your order")):
        await plain_buyer.type_card(card)
        await plain_buyer.press_pay()
        await plain_buyer.shows(title)
    await page.goto(f"{plain_buyer.shop.url}/shopkeeper/orders/{plain_buyer.reference}")
    await page.get_by_role("button", name="Capture", exact=True).click()
    await expect(page.locator(".heading .tag")).to_have_text("CAPTURED")
    order = await plain_buyer.shop.stack.gateway.summary(plain_buyer.reference)
    assert (order.captured, order.attempts, order.most_live) == (value, 2, 1)
