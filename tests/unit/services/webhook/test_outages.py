"""The webhook answers 503 while Temporal is unavailable, and logs no data of a request."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest
from starlette.applications import Starlette
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from services.settings import Settings
from services.webhook import app as webhook_app
from services.webhook.app import create_app
from tests.support.services.notification_sender import NOW, Sender, notify_path, payment_result
from tools.local_stack.ports import free_ports

SenderTo = Callable[[Starlette], Sender]


async def lazy_client(address: str) -> Client:
    return await Client.connect(address, lazy=True, data_converter=pydantic_data_converter)


@pytest.fixture(scope="session")
def closed_port() -> int:
    [port] = free_ports(1)
    return port


@pytest.fixture
async def without_temporal(
    settings: Settings, closed_port: int, sender_to: SenderTo
) -> AsyncIterator[Sender]:
    sender = sender_to(create_app(settings, await lazy_client(f"127.0.0.1:{closed_port}"), lambda: NOW))
    async with sender.http:
        yield sender


async def test_signed_notification_without_temporal_is_answered_503(without_temporal: Sender) -> None:
    for body in (payment_result("ORDER_X-1"), b"not JSON"):
        answer = await without_temporal.post(body, "ORDER_X")
        assert (answer.status_code, answer.content) == (503, b"")


async def test_forged_notification_without_temporal_is_answered_401(
    without_temporal: Sender,
) -> None:
    answer = await without_temporal.http.post(notify_path("ORDER_X"), content=b"{}")
    assert answer.status_code == 401


async def test_webhook_without_temporal_is_healthy_and_not_ready(without_temporal: Sender) -> None:
    assert (await without_temporal.http.get("/healthz")).status_code == 200
    assert (await without_temporal.http.get("/readyz")).status_code == 503


async def test_webhook_with_temporal_is_ready(gateway: Sender) -> None:
    assert (await gateway.http.get("/healthz")).status_code == 200
    assert (await gateway.http.get("/readyz")).status_code == 200


async def test_notification_is_answered_503_when_temporal_never_answers(
    settings: Settings, sender_to: SenderTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_app, "DELIVERY_SECONDS", 0.5)
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    address = "{}:{}".format(*silent.sockets[0].getsockname())
    sender = sender_to(create_app(settings, await lazy_client(address), lambda: NOW))
    async with silent, sender.http:
        assert (await sender.post(payment_result("ORDER_X-1"), "ORDER_X")).status_code == 503


async def test_missing_namespace_is_answered_503(
    settings: Settings, temporal: Client, sender_to: SenderTo
) -> None:
    client = await Client.connect(
        temporal.service_client.config.target_host,
        namespace="nowhere",
        data_converter=pydantic_data_converter,
    )
    sender = sender_to(create_app(settings, client, lambda: NOW))
    async with sender.http:
        assert (await sender.post(payment_result("ORDER_X-1"), "ORDER_X")).status_code == 503


async def test_log_contains_no_data_of_a_request(
    gateway: Sender, without_temporal: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = ("4054695723100768", "cardholder-name", "REF?secret")
    body = b'{"notifyType": "REFUND_RESULT", "cardNo": "4054695723100768", "name": "cardholder-name"}'
    with caplog.at_level(logging.DEBUG):
        await gateway.post(body, "ORDER_X")
        await gateway.http.post(notify_path("REF?secret"), content=body, headers={"client-id": secrets[0]})
        await without_temporal.post(body, "ORDER_X")
    # the logger httpx belongs to the client of the test
    lines = [record.getMessage() for record in caplog.records if record.name != "httpx"]
    assert lines
    assert not [line for line in lines for secret in secrets if secret in line]
