"""What a person sees first in Temporal's UI: a list with payment statuses, and the details of a payment."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from playwright.async_api import Page, expect

from simulator.http.server import serving
from tests.support.orders import order_fields
from tools.local_stack.ports import HOST, Ports, free_ports
from tools.local_stack.stack import LocalStack
from tools.local_stack.temporal_server import workflow_url
from tools.temporal_ui.app import create_app, payments_url
from tools.temporal_ui.proxy import Proxy

REFERENCE = "seen-in-the-ui"
WORKFLOW = f"card-payment-{REFERENCE}"
READ_WITHIN = 30_000
"""Milliseconds that the UI may take on a busy machine."""


@pytest.fixture
async def ports(stack: LocalStack) -> AsyncIterator[Ports]:
    """The ports of a stack with one open payment, whose UI is served at the address of the demo's server."""
    await stack.payments.authorize(order_fields(REFERENCE))
    [port] = free_ports(1)
    ports = replace(stack.ports, ui=port)
    async with (
        httpx.AsyncClient(timeout=30, trust_env=False) as http,
        serving(create_app(ports, stack.client, Proxy(stack.ui_url, http)), HOST, port),
    ):
        yield ports


async def test_list_shows_the_payment_status(browser_page: Page, ports: Ports) -> None:
    await browser_page.goto(payments_url(ports))
    row = browser_page.get_by_role("row").filter(has_text=WORKFLOW)
    await expect(row).to_contain_text("ACTION_REQUIRED", timeout=READ_WITHIN)
    await expect(browser_page.get_by_role("columnheader", name="PaymentStatus")).to_be_visible()


async def test_columns_that_a_person_has_chosen_stay(browser_page: Page, ports: Ports) -> None:
    chosen = json.dumps({"default": [{"label": "Workflow ID"}, {"label": "Type"}]})
    await browser_page.goto(f"{payments_url(ports)}/columns.js")
    await browser_page.evaluate(
        "text => localStorage.setItem('namespace-workflow-table-columns', text)", chosen
    )
    await browser_page.goto(payments_url(ports))
    row = browser_page.get_by_role("row").filter(has_text=WORKFLOW)
    await expect(row).to_contain_text("CardPayment", timeout=READ_WITHIN)
    await expect(browser_page.get_by_role("columnheader", name="PaymentStatus")).to_have_count(0)


async def test_link_to_a_payment_opens_its_current_details(browser_page: Page, ports: Ports) -> None:
    await browser_page.goto(workflow_url(ports, WORKFLOW))
    # the UI shows texts of workflows in frames without scripts, the summary's before the current details
    details = browser_page.frame_locator("iframe").last
    await expect(details.get_by_role("heading", name="ACTION_REQUIRED")).to_be_visible(timeout=READ_WITHIN)
