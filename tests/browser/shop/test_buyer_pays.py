"""A buyer pays in the shop; the ledger of the gateway says what was taken."""

from holdfast.temporal.names import workflow_id
from tests.support.browser.shop_buyer import GOOD_CARD, Buyer, choose_settings
from tools.local_stack.ledger import OrderSummary


async def order_of(buyer: Buyer) -> OrderSummary:
    return await buyer.shop.stack.gateway.summary(buyer.reference)


async def test_buyer_pays_on_the_gateways_page_and_sees_the_capture_without_a_reload(buyer: Buyer) -> None:
    value = await buyer.open_checkout()
    await buyer.choose_page()
    await buyer.press_pay()
    await buyer.pay_on_gateways_page()
    await buyer.page.evaluate("window.isTheSamePage = true")
    await buyer.shows("Paid")
    assert await buyer.page.evaluate("window.isTheSamePage")
    order = await order_of(buyer)
    assert (order.captured, order.attempts, order.most_live) == (value, 1, 1)
    # the cart is empty, and the order is one click away
    await buyer.page.goto(f"{buyer.shop.url}/cart")
    assert await buyer.page.get_by_text("There is nothing in it yet.").is_visible()
    await buyer.page.get_by_role("link", name="Your order").click()
    await buyer.shows("Paid")


async def test_card_of_the_own_form_pays_and_is_not_in_the_workflow(buyer: Buyer) -> None:
    await choose_settings(buyer.page, buyer.shop, capture="AUTOMATIC", three_ds=False)
    value = await buyer.open_checkout("teapot")
    await buyer.type_card(GOOD_CARD)
    await buyer.press_pay()
    await buyer.shows("Paid")
    order = await order_of(buyer)
    assert (order.captured, order.pay_calls) == (value, 1)
    handle = buyer.shop.stack.client.get_workflow_handle(workflow_id(buyer.reference))
    stored = b"".join(event.SerializeToString() for event in (await handle.fetch_history()).events)
    assert b"card_" in stored
    assert GOOD_CARD.encode() not in stored


async def test_card_of_the_own_form_is_confirmed_to_the_bank_with_3ds(buyer: Buyer) -> None:
    value = await buyer.open_checkout()
    await buyer.type_card(GOOD_CARD)
    await buyer.press_pay()
    await buyer.page.wait_for_url("**/challenge/**")
    await buyer.page.locator("button[name=action][value=pay]").click()
    await buyer.shows("Paid")
    assert (await order_of(buyer)).captured == value


async def test_mistyped_card_is_named_and_the_rest_of_the_form_is_kept(buyer: Buyer) -> None:
    await buyer.open_checkout()
    await buyer.type_card("4054 6957")
    await buyer.press_pay()
    page = buyer.page
    await page.get_by_role("alert").get_by_role("link", name="A card number has 12 to 19 digits").click()
    number = page.get_by_label("Card number")
    assert await number.evaluate("element => element === document.activeElement")
    assert await number.input_value() == ""
    assert await page.get_by_label("Security code").input_value() == ""
    assert await page.get_by_label("Email address").input_value() == "ada@example.com"
    assert await page.get_by_label("Expiry").input_value() == "12 / 39"
    assert await page.locator("input[name=reference]").input_value() == buyer.reference
    assert (await order_of(buyer)).attempts == 0
