"""One Chromium and one local stack for all browser tests; each test has a page with an empty profile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.support.browser.chromium import ARGUMENTS, executable
from tools.local_stack.folder import prepared
from tools.local_stack.ports import Ports
from tools.local_stack.stack import LocalStack, StackConfig, running_stack

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
ACTION_TIMEOUT = 30_000
"""Milliseconds that a click or an expectation may take on a busy machine."""


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Raises ChromiumMissing, whose message says how to get Chromium."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
    """A page in a window of a desktop computer."""
    async with _page(browser, DESKTOP) as page:
        yield page


@pytest.fixture
async def phone_page(browser: Browser) -> AsyncIterator[Page]:
    """A page on a phone."""
    async with _page(browser, PHONE) as page:
        yield page


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    """Temporal, simulator, worker and webhook as processes, unencrypted."""
    with prepared(tmp_path_factory.mktemp("browser") / "stack") as (folder, _):
        ports = Ports.free()
        config = StackConfig(folder, ports, webhook_ports=(ports.webhook,))
        async with (
            httpx.AsyncClient(timeout=30, trust_env=False) as http,
            running_stack(config, http) as stack,
        ):
            yield stack


@asynccontextmanager
async def _page(browser: Browser, viewport: ViewportSize) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=viewport)
    context.set_default_timeout(ACTION_TIMEOUT)
    try:
        yield await context.new_page()
    finally:
        await context.close()
