"""The set-up of the browser tests: Chromium is found or asked for, and axe finds what it looks for."""

import pytest
from playwright.async_api import Page

from tests.support.browser import chromium
from tests.support.browser.accessibility import assert_accessible, assert_fits_width


def test_missing_chromium_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(chromium.ChromiumMissing, match="install Debian's package chromium"):
        chromium.executable()


def test_install_without_a_package_manager_ends_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    assert chromium.main() == 1
    assert chromium.VARIABLE in capsys.readouterr().err


def test_present_chromium_is_not_installed_again() -> None:
    assert chromium.main() == 0


async def test_axe_reports_a_picture_without_a_description(browser_page: Page) -> None:
    page = "<html lang=en><title>Shop</title><main><h1>Shop</h1><img src='data:,'></main>"
    await browser_page.set_content(page)
    with pytest.raises(AssertionError, match="image-alt"):
        await assert_accessible(browser_page)


async def test_page_that_is_wider_than_a_phone_is_reported(phone_page: Page) -> None:
    await phone_page.set_content(
        "<meta name=viewport content='width=device-width'><p style='width:500px'>.</p>"
    )
    with pytest.raises(AssertionError, match="pixels wider"):
        await assert_fits_width(phone_page)
