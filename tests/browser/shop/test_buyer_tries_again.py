"""A payment is declined, says why, and the buyer tries again; no attempt is charged beside another."""

import pytest
from playwright.async_api import expect

from tests.support.browser.shop_buyer import DECLINED_CARD, GOOD_CARD, Buyer, choose_settings


@pytest.mark.parametrize("second", ["own form", "gateway's page"])
async def test_declined_buyer_reads_why_and_pays_with_another_card(buyer: Buyer, second: str) -> None:
    await choose_settings(buyer.page, buyer.shop, capture="AUTOMATIC", three_ds=False)
    value = await buyer.open_checkout()
    await buyer.type_card(DECLINED_CARD)
    await buyer.press_pay()
    await buyer.shows("The payment was declined")
    await expect(buyer.page.get_by_text("Your bank has refused the payment")).to_be_visible()
    if second == "own form":
        await buyer.type_card(GOOD_CARD)
        await buyer.press_pay()
    else:
        await buyer.choose_page()
        await buyer.press_pay()
        await buyer.pay_on_gateways_page()
    await buyer.shows("Paid")
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.attempts, order.most_live) == (value, 2, 1)


async def test_buyer_who_fails_3ds_reads_it_and_tries_again(buyer: Buyer) -> None:
    value = await buyer.open_checkout()
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.pay_on_gateways_page(challenge="fail")
    await buyer.shows("The payment was declined")
    await expect(buyer.page.get_by_text("Your bank could not confirm that it was you")).to_be_visible()
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.pay_on_gateways_page()
    await buyer.shows("Paid")
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.attempts, order.most_live) == (value, 2, 1)


async def test_cancelled_order_holds_nothing_and_can_be_placed_again(buyer: Buyer) -> None:
    await buyer.open_checkout("cup")
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.page.wait_for_url("**/cashier/**")
    await buyer.page.goto(f"{buyer.shop.url}/orders/{buyer.reference}")
    await buyer.page.get_by_role("button", name="Cancel the order").click()
    await buyer.shows("Cancelled")
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.held, order.captured) == (0, 0)
    await buyer.page.get_by_role("button", name="Order again").click()
    await expect(buyer.page.get_by_label("Quantity of Cup and saucer")).to_have_value("1")
