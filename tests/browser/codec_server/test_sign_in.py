"""An operator signs in at the codec server, with a keyboard, on a phone, in light and in dark colours."""

import base64
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from services.codec_server.app import create_app
from services.codec_server.settings import CodecSettings
from simulator.http.server import serving
from tests.support.browser.accessibility import assert_accessible, assert_fits_width

TOKEN = "ada-" + "a" * 32


@pytest.fixture
async def sign_in_page() -> AsyncIterator[str]:
    """The address of the sign-in page of a codec server."""
    settings = {
        "holdfast_codec_keys": "k1:" + base64.b64encode(b"k" * 32).decode(),
        "holdfast_codec_tokens": f"ada:{TOKEN}",
        "holdfast_codec_origins": "http://127.0.0.1:8233",
    }
    async with serving(create_app(CodecSettings.model_validate(settings))) as url:
        yield f"{url}/sign-in"


async def test_operator_signs_in_and_out_with_the_keyboard(browser_page: Page, sign_in_page: str) -> None:
    await browser_page.goto(sign_in_page)
    await expect(browser_page.get_by_label("Token")).to_be_focused()
    await browser_page.keyboard.type(TOKEN)
    await browser_page.keyboard.press("Enter")
    await expect(browser_page.get_by_text("This browser may show payments in clear to ada")).to_be_visible()
    await browser_page.keyboard.press("Tab")
    await browser_page.keyboard.press("Enter")
    await expect(browser_page.get_by_label("Token")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
async def test_sign_in_page_is_accessible(browser_page: Page, sign_in_page: str, width: int) -> None:
    await browser_page.set_viewport_size({"width": width, "height": 900})
    await browser_page.goto(sign_in_page)
    await _assert_good(browser_page)
    await browser_page.get_by_label("Token").fill("another token")
    await browser_page.get_by_role("button", name="Sign in").click()
    await expect(browser_page.get_by_role("alert")).to_have_text("This token is not valid. Try again.")
    await _assert_good(browser_page)
    await browser_page.get_by_label("Token").fill(TOKEN)
    await browser_page.get_by_role("button", name="Sign in").click()
    await expect(browser_page.get_by_role("button", name="Sign out")).to_be_visible()
    await _assert_good(browser_page)


async def _assert_good(page: Page) -> None:
    background = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(244, 243, 238)", "the stylesheet is loaded"
    await assert_accessible(page)
    await assert_fits_width(page)
