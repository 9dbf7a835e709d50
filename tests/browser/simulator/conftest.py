"""A served simulator and its merchant for the tests of its pages, and a shop that the buyer comes back to."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route

from tests.support.simulator.fixtures import http, inbox, keys, merchant, served, simulator

__all__ = ["http", "inbox", "keys", "merchant", "served", "simulator"]

SHOP = "https://shop.example/"


@pytest.fixture
async def buyer(browser_page: Page) -> Page:
    """The browser of a buyer, for whom the shop has one page."""
    await _serve_shop(browser_page)
    return browser_page


@pytest.fixture
async def buyer_without_javascript(browser: Browser) -> AsyncIterator[Page]:
    """The browser of a buyer that runs no script."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await _serve_shop(page)
    yield page
    await context.close()


async def _serve_shop(page: Page) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(content_type="text/html", body="<title>Shop</title>Welcome back")

    await page.route(f"{SHOP}**", answer)
