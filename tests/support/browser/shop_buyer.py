"""A buyer and a shopkeeper at the pages of the shop, and the buyer at the gateway's page."""

from dataclasses import dataclass

from playwright.async_api import Page, expect

from tools.demo.shop import DECLINED_CARD, GOOD_CARD
from tools.local_stack.stack import LocalStack
from tools.shop.catalogue import PRODUCTS

__all__ = ["DECLINED_CARD", "GOOD_CARD", "STATUS_WITHIN", "Buyer", "OpenShop", "choose_settings"]

STATUS_WITHIN = 60_000
"""Milliseconds until a payment has the expected status on a busy machine."""
EXPIRY, CVC = ("12", "39"), "123"


@dataclass(frozen=True)
class OpenShop:
    """A shop that is served, and the stack behind it."""

    url: str
    stack: LocalStack


@dataclass
class Buyer:
    """A person with one page of a browser."""

    page: Page
    shop: OpenShop
    reference: str = ""

    async def fill_cart(self, *products: str) -> int:
        """Puts a piece of each product into the cart. Returns the price in minor units."""
        for product in products:
            await self.page.goto(self.shop.url)
            await self.page.locator(f"form:has(input[value={product}]) button").click()
        return sum(PRODUCTS[product].price for product in products)

    async def open_checkout(self, *products: str) -> int:
        """Fills the cart and opens the checkout. Returns the price in minor units."""
        value = await self.fill_cart(*(products or ("mug", "vase")))
        await self.page.goto(f"{self.shop.url}/checkout")
        await self.page.get_by_label("Email address").fill("ada@example.com")
        self.reference = await self.page.locator("input[name=reference]").input_value()
        return value

    async def choose_page(self) -> None:
        """Chooses the gateway's page in the form that is shown."""
        await self.page.get_by_label("On the payment page").check()

    async def type_card(self, number: str) -> None:
        """Types a card into the form that is shown."""
        await self.page.get_by_label("Card, on this page").check()
        await self.page.get_by_label("Card number").fill(number)
        await self.page.get_by_label("Expiry").fill(" / ".join(EXPIRY))
        await self.page.get_by_label("Security code").fill(CVC)

    async def press_pay(self) -> None:
        """Presses the pay button of the form that is shown."""
        await self.page.get_by_role("button", name="Pay €").click()

    async def pay_on_gateways_page(self, number: str = GOOD_CARD, *, challenge: str = "pay") -> None:
        """Types a card on the gateway's page, and answers the bank's question where there is one.

        `challenge` is "pay", "fail" or "abandon". The buyer is back in the shop after that.
        """
        await self._type_on_gateways_page(number)
        if "/challenge/" in self.page.url:
            await self._press_on_gateways_page(challenge)
        await self.page.wait_for_url(f"{self.shop.url}/orders/**")

    async def shows(self, title: str) -> None:
        """Waits until the page of the order has this title, without a reload by the test."""
        heading = self.page.get_by_role("heading", level=1, name=title, exact=True)
        await expect(heading).to_be_visible(timeout=STATUS_WITHIN)

    async def _type_on_gateways_page(self, number: str) -> None:
        month, year = EXPIRY
        values = {"cardNo": number, "expiryMonth": month, "expiryYear": year, "cvv": CVC}
        for name, value in values.items():
            await self.page.locator(f"input[name={name}]").fill(value)
        await self._press_on_gateways_page("pay")

    async def _press_on_gateways_page(self, action: str) -> None:
        await self.page.locator(f"button[name=action][value={action}]").click()


async def choose_settings(page: Page, shop: OpenShop, *, capture: str, three_ds: bool) -> None:
    """Changes the settings on the shopkeeper's page."""
    await page.goto(f"{shop.url}/shopkeeper")
    await page.locator(f"input[name=capture][value={capture}]").check()
    await page.locator(f"input[name=three-ds][value={'yes' if three_ds else 'no'}]").check()
    await page.get_by_role("button", name="Save for new orders").click()
