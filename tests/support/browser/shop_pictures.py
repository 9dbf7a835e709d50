"""Makes the pictures of the shop for the README: `python -m tests.support.browser.shop_pictures`."""

import asyncio
import tempfile
from pathlib import Path

import httpx
from playwright.async_api import Page, ViewportSize, async_playwright

from tests.support.browser.chromium import ARGUMENTS, executable
from tests.support.browser.shop_buyer import GOOD_CARD, Buyer, OpenShop, choose_settings
from tools.demo.shop import Shop
from tools.local_stack import temporal_server
from tools.local_stack.folder import prepared
from tools.local_stack.ports import HOST, Ports
from tools.local_stack.processes import ROOT
from tools.local_stack.stack import StackConfig, running_stack
from tools.shop.links import Links
from tools.shop.server import serving_shop

IMAGES = ROOT / "docs" / "images"
SIZE = ViewportSize(width=1120, height=640)


async def take_pictures(page: Page, shop: OpenShop, folder: Path) -> None:
    """Buys something, and takes a picture of the checkout and of the order."""
    await choose_settings(page, shop, capture="AUTOMATIC", three_ds=False)
    buyer = Buyer(page, shop)
    await buyer.open_checkout("mug", "teapot", "bowl")
    await buyer.type_card(GOOD_CARD)
    await page.get_by_role("heading", level=1).click()
    await page.screenshot(path=folder / "shop-checkout.png", full_page=True)
    await buyer.press_pay()
    await buyer.shows("Paid")
    await page.screenshot(path=folder / "shop-result.png", full_page=True)


async def main() -> None:
    """Starts everything, takes the pictures, and ends everything."""
    path = executable()
    with tempfile.TemporaryDirectory() as base, prepared(Path(base) / "stack") as (folder, _):
        ports = Ports.free()
        config = StackConfig(folder, ports, webhook_ports=(ports.webhook,))
        links = Links(temporal_server.workflows_url(ports), ports.url("simulator"))
        async with (
            httpx.AsyncClient(timeout=30, trust_env=False) as http,
            running_stack(config, http) as stack,
            serving_shop(Shop(stack.payments, ports.url("checkout")), links, HOST, ports.checkout) as url,
            async_playwright() as playwright,
            await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS)) as browser,
        ):
            page = await browser.new_page(viewport=SIZE)
            await take_pictures(page, OpenShop(url, stack), IMAGES)


if __name__ == "__main__":
    asyncio.run(main())
