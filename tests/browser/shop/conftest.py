"""A shop of its own for each test, in front of the one stack of all browser tests."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser.shop_buyer import STATUS_WITHIN, Buyer, OpenShop
from tools.demo.shop import Shop
from tools.local_stack import temporal_server
from tools.local_stack.ports import HOST, free_ports
from tools.local_stack.stack import LocalStack
from tools.shop.links import Links
from tools.shop.server import serving_shop

expect.set_options(timeout=STATUS_WITHIN)


@pytest.fixture
async def shop(stack: LocalStack) -> AsyncIterator[OpenShop]:
    """The shop with its settings at their defaults: AUTOMATIC capture, with 3-D Secure."""
    [port] = free_ports(1)
    links = Links(temporal_server.workflows_url(stack.ports), stack.ports.url("simulator"))
    async with serving_shop(Shop(stack.payments, f"http://{HOST}:{port}"), links, HOST, port) as url:
        yield OpenShop(url, stack)


@pytest.fixture
async def buyer(shop: OpenShop, browser_page: Page) -> Buyer:
    """A buyer at a desktop computer."""
    return Buyer(browser_page, shop)


@pytest.fixture
async def plain_buyer(shop: OpenShop, browser: Browser) -> AsyncIterator[Buyer]:
    """A buyer whose browser runs no JavaScript."""
    context = await browser.new_context(java_script_enabled=False)
    try:
        yield Buyer(await context.new_page(), shop)
    finally:
        await context.close()
