"""webhook.py serves over a real socket, and ends on SIGTERM."""

import asyncio
import signal

import httpx
import pytest
from temporalio.client import Client

from tests.support.services.notification_sender import notify_path
from tests.support.services.service_process import port_of, running_process


@pytest.fixture(scope="session")
def webhook_environment(environment: dict[str, str], temporal: Client) -> dict[str, str]:
    address = temporal.service_client.config.target_host
    return environment | {"HOLDFAST_WEBHOOK_BIND": "127.0.0.1:0", "TEMPORAL_ADDRESS": address}


async def test_webhook_serves_and_ends_on_sigterm(webhook_environment: dict[str, str]) -> None:
    async with running_process("webhook.py", webhook_environment) as webhook:
        url = f"http://127.0.0.1:{await port_of(webhook)}"
        async with httpx.AsyncClient(base_url=url) as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 200
            assert (await http.post(notify_path("ORDER_X"), content=b"{}")).status_code == 401
        webhook.process.send_signal(signal.SIGTERM)
        assert await webhook.wait_for_exit() == 0
    assert not [line for line in webhook.log_lines if "Traceback" in line]


async def test_webhook_starts_without_temporal_and_is_not_ready(
    webhook_environment: dict[str, str],
) -> None:
    unreachable = webhook_environment | {"TEMPORAL_ADDRESS": "127.0.0.1:1"}
    async with running_process("webhook.py", unreachable) as webhook:
        url = f"http://127.0.0.1:{await port_of(webhook)}"
        async with httpx.AsyncClient(base_url=url) as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 503


async def test_running_request_is_answered_after_sigterm(webhook_environment: dict[str, str]) -> None:
    async with running_process("webhook.py", webhook_environment) as webhook:
        reader, writer = await asyncio.open_connection("127.0.0.1", await port_of(webhook))
        path = notify_path("ORDER_X")
        writer.write(f"POST {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n".encode())
        writer.write(b"Content-Length: 2\r\n\r\n")
        # the server asks for the body only once the application reads it
        assert b"100 Continue" in await reader.readline()
        webhook.process.send_signal(signal.SIGTERM)
        writer.write(b"{}")
        answer = await reader.read()
        assert b"401 Unauthorized" in answer
        writer.close()
        assert await webhook.wait_for_exit() == 0


async def test_body_without_length_is_answered_413_above_the_limit(
    webhook_environment: dict[str, str],
) -> None:
    async with running_process("webhook.py", webhook_environment) as webhook:
        reader, writer = await asyncio.open_connection("127.0.0.1", await port_of(webhook))
        head = f"POST {notify_path('ORDER_X')} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        for _ in range(9):
            writer.write(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
        assert b" 413 " in await reader.readline()
        writer.close()
