"""axe finds nothing on any page, at both widths and in both colour schemes, and no page scrolls sideways."""

from playwright.async_api import Page

from tests.support.browser.accessibility import assert_accessible, assert_fits_width
from tests.support.browser.shop_buyer import DECLINED_CARD, GOOD_CARD, Buyer, choose_settings


async def check(buyer: Buyer, path: str | None = None) -> None:
    """Checks the page that is shown, or the one at the path."""
    if path is not None:
        await buyer.page.goto(f"{buyer.shop.url}{path}")
    await assert_accessible(buyer.page)
    await assert_fits_width(buyer.page)


async def check_buyers_pages(buyer: Buyer) -> None:
    await buyer.open_checkout("mug", "bowl", "teapot")
    for path in ("/", "/cart", "/elsewhere", "/orders/SM-2222-2222", "/checkout"):
        await check(buyer, path)
    await buyer.page.get_by_label("Card, on this page").check()
    await buyer.press_pay()
    await check(buyer)
    await buyer.page.get_by_label("Email address").fill("ada@example.com")
    await buyer.type_card(DECLINED_CARD)
    await buyer.press_pay()
    await buyer.shows("The payment was declined")
    await check(buyer)
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.page.wait_for_url("**/cashier/**")


async def check_orders_pages(buyer: Buyer) -> None:
    [reference] = [
        cookie.get("value", "")
        for cookie in await buyer.page.context.cookies()
        if cookie.get("name") == "order"
    ]
    for path in (f"/orders/{reference}", "/shopkeeper", f"/shopkeeper/orders/{reference}"):
        await check(buyer, path)
    await buyer.open_checkout()
    await buyer.type_card(GOOD_CARD)
    await buyer.press_pay()
    await buyer.shows("Thank you for your order")
    await check(buyer)
    await check(buyer, f"/shopkeeper/orders/{buyer.reference}")
    await buyer.page.get_by_label("Amount in euro").fill("ten")
    await buyer.page.get_by_role("button", name="Capture", exact=True).click()
    await check(buyer)


async def test_pages_on_a_desktop_computer(buyer: Buyer) -> None:
    await choose_settings(buyer.page, buyer.shop, capture="MANUAL", three_ds=False)
    await check_buyers_pages(buyer)
    await check_orders_pages(buyer)


async def test_pages_on_a_phone(buyer: Buyer, phone_page: Page) -> None:
    buyer.page = phone_page
    await choose_settings(buyer.page, buyer.shop, capture="MANUAL", three_ds=False)
    await check_buyers_pages(buyer)
    await check_orders_pages(buyer)


async def test_checkout_is_usable_by_keyboard_alone(buyer: Buyer) -> None:
    page = buyer.page
    await buyer.open_checkout("vase")
    await page.get_by_label("Email address").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    for text in (GOOD_CARD, "1239", "123"):
        await page.keyboard.press("Tab")
        await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/challenge/**")
