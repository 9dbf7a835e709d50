"""A shop in front of a double of PaymentClient, and a browser that does not follow redirects."""

from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest

from holdfast import PaymentClient
from tests.support.tools.stub_payment_client import StubPaymentClient
from tools.demo.shop import Shop
from tools.shop.app import create_app
from tools.shop.links import Links
from tools.shop.status_stream import StatusStreams

URL = "http://shop.example"


@pytest.fixture
def client() -> StubPaymentClient:
    return StubPaymentClient()


@pytest.fixture
def shop(client: StubPaymentClient) -> Shop:
    return Shop(cast(PaymentClient, client), URL)


@pytest.fixture
async def browser(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    links = Links("http://ui.example/workflows", "http://gateway.example")
    app = create_app(shop, links, StatusStreams(shop.payments))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=URL) as http:
        yield http
