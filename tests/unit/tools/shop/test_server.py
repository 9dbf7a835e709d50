"""The shop ends while pages follow payments, without an error and without a wait."""

import asyncio
import logging
from typing import cast

import httpx
import pytest

from holdfast import Payment, PaymentClient, PaymentStatus
from tests.support.tools.payments import payment
from tools.demo.shop import Shop
from tools.shop.links import Links
from tools.shop.server import serving_shop


class WaitingPayments:
    """Payments that never change."""

    async def get(self, reference: str) -> Payment:
        return payment(PaymentStatus.PENDING, reference=reference)

    async def wait(self, _: str, **__: object) -> Payment:
        await asyncio.Event().wait()
        raise AssertionError


async def test_shop_ends_while_a_page_follows_a_payment(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop(cast(PaymentClient, WaitingPayments()), "http://shop.example")
    received: list[str] = []

    async def follow(url: str, is_following: asyncio.Event) -> None:
        async with httpx.AsyncClient() as http, http.stream("GET", f"{url}/orders/a/events") as answer:
            async for line in answer.aiter_lines():
                received.append(line)
                is_following.set()

    async with serving_shop(
        shop, Links("http://ui.example", "http://gateway.example"), "127.0.0.1", 0
    ) as url:
        is_following = asyncio.Event()
        following = asyncio.create_task(follow(url, is_following))
        await is_following.wait()
    await following
    assert "event: end" in received
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
