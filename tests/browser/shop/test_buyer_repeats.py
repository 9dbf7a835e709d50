"""A buyer clicks twice, reloads, goes back, and sends the form again: the ledger has one authorization."""

import asyncio
import json

from playwright.async_api import Route

from tests.support.browser.shop_buyer import GOOD_CARD, Buyer, choose_settings

REMEMBER_BUTTON = """() => {
  const button = document.querySelector("main form button[type=submit]");
  window.addEventListener("pagehide", () => sessionStorage.setItem("button", JSON.stringify({
    text: button.textContent,
    disabled: button.disabled,
    announced: document.getElementById("announcement").textContent,
  })));
}"""
"""Stores how the button is when the answer to the form is there, for the page that comes after."""


async def test_button_is_disabled_until_there_is_an_answer_and_a_double_click_pays_once(buyer: Buyer) -> None:
    page, sent, released = buyer.page, list[str](), asyncio.Event()

    async def hold(route: Route) -> None:
        sent.append(route.request.method)
        await released.wait()
        await route.continue_()

    await choose_settings(page, buyer.shop, capture="AUTOMATIC", three_ds=False)
    value = await buyer.open_checkout()
    await page.route("**/checkout", hold)
    await buyer.type_card(GOOD_CARD)
    await page.evaluate(REMEMBER_BUTTON)
    await page.get_by_role("button", name="Pay €").dblclick()
    released.set()
    await buyer.shows("Paid")
    assert sent == ["POST"]
    remembered = json.loads(await page.evaluate("sessionStorage.getItem('button')"))
    assert remembered == {"text": "Paying…", "disabled": True, "announced": "Paying…"}
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.captured, order.attempts, order.most_live, order.pay_calls) == (value, 1, 1, 1)


async def test_form_that_is_sent_twice_at_once_is_one_payment(buyer: Buyer) -> None:
    await choose_settings(buyer.page, buyer.shop, capture="MANUAL", three_ds=False)
    value = await buyer.open_checkout("bowl")
    await buyer.type_card(GOOD_CARD)
    form = await buyer.page.locator("main form").evaluate("form => Object.fromEntries(new FormData(form))")
    send = buyer.page.request.post
    answers = await asyncio.gather(
        *(send(f"{buyer.shop.url}/checkout", form=form, max_redirects=0) for _ in range(2))
    )
    assert [answer.status for answer in answers] == [303, 303]
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.held, order.attempts, order.most_live) == (value, 1, 1)


async def test_reload_and_a_form_that_is_sent_again_from_the_history_pay_nothing_more(buyer: Buyer) -> None:
    page = buyer.page
    await choose_settings(page, buyer.shop, capture="MANUAL", three_ds=False)
    value = await buyer.open_checkout("jug")
    await buyer.type_card(GOOD_CARD)
    form = await page.locator("main form").evaluate("form => Object.fromEntries(new FormData(form))")
    await buyer.press_pay()
    await buyer.shows("Thank you for your order")
    await page.reload()
    await buyer.shows("Thank you for your order")
    # an older form with another cart, as the browser's history may hold it
    answer = await page.request.post(f"{buyer.shop.url}/checkout", form={**form, "cart": "vase-3"})
    assert answer.status == 409
    assert "This order has been placed already" in await answer.text()
    order = await buyer.shop.stack.gateway.summary(buyer.reference)
    assert (order.held, order.attempts) == (value, 1)
