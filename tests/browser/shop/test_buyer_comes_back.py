"""A buyer leaves the gateway's page, or returns before the shop has a notification of the payment."""

from playwright.async_api import BrowserContext, Page, expect

from tests.support.browser.shop_buyer import Buyer


async def reopened(page: Page) -> Page:
    """Closes the window and opens another one of the same browser."""
    context: BrowserContext = page.context
    await page.close()
    return await context.new_page()


async def test_buyer_who_closed_the_window_finds_the_order_and_pays(buyer: Buyer) -> None:
    value = await buyer.open_checkout()
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.page.wait_for_url("**/cashier/**")
    buyer.page = await reopened(buyer.page)
    await buyer.page.goto(buyer.shop.url)
    await buyer.page.get_by_role("link", name="Your order").click()
    await buyer.shows("Not paid yet")
    await buyer.page.get_by_role("link", name="Continue to the payment page").click()
    await buyer.pay_on_gateways_page()
    await buyer.shows("Paid")
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.attempts) == (value, 1)


async def test_buyer_who_is_back_before_the_notification_sees_the_result_of_an_inquiry(buyer: Buyer) -> None:
    gateway = buyer.shop.stack.gateway
    value = await buyer.open_checkout()
    await gateway.inject_fault(buyer.reference, "notification", "none", times=-1)
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.pay_on_gateways_page()
    await buyer.shows("Paid")
    order = await gateway.summary(buyer.reference)
    assert (order.captured, order.most_live) == (value, 1)
    assert order.inquiries >= 1


async def test_i_have_paid_asks_the_gateway(buyer: Buyer) -> None:
    gateway = buyer.shop.stack.gateway
    await buyer.open_checkout()
    await gateway.inject_fault(buyer.reference, "notification", "none", times=-1)
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.page.wait_for_url("**/cashier/**")
    await buyer.page.goto(f"{buyer.shop.url}/orders/{buyer.reference}")
    await buyer.shows("Not paid yet")
    # the buyer pays in another window, and says so here
    await gateway.act_as_buyer(f"{buyer.reference}-1", "pay")
    await buyer.page.get_by_role("button", name="I have paid").click()
    await expect(buyer.page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")


async def test_buyer_who_leaves_without_paying_reads_that_there_is_no_result_yet(buyer: Buyer) -> None:
    await buyer.open_checkout()
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.pay_on_gateways_page(challenge="abandon")
    await buyer.shows("Not paid yet")
    await expect(buyer.page.get_by_role("status").get_by_text("it has no result yet")).to_be_visible()
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.held) == (0, 0)
