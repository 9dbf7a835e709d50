"""Accessibility of a page, by axe (https://github.com/dequelabs/axe-core): WCAG A and AA, best practices."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

SCHEMES = ("light", "dark")


async def assert_accessible(page: Page) -> None:
    """Fails with axe's report when the page has a violation, in light or in dark colours."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        results = await Axe().run(page)
        assert not results.violations_count, f"{page.url} ({scheme}):\n{results.generate_report()}"
    await page.emulate_media(color_scheme="light")


async def assert_fits_width(page: Page) -> None:
    """Fails when the page is wider than its window, so that a buyer would scroll sideways."""
    excess = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert excess <= 0, f"{page.url} is {excess} pixels wider than the window"
