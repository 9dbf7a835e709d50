"""webhook.py as a process: a real socket, and an end in order."""

import asyncio
import signal

import httpx
import pytest
from temporalio.client import Client

from tests.support.services.sending import NOTIFY_PATH, notify_path
from tests.support.services.service_process import ServiceProcess, running_process

LISTENING = rf"listening on 127\.0\.0\.1:(\d+){NOTIFY_PATH}"


@pytest.fixture(scope="session")
def webhook_environment(environment: dict[str, str], temporal: Client) -> dict[str, str]:
    address = temporal.service_client.config.target_host
    return environment | {"HOLDFAST_WEBHOOK_BIND": "127.0.0.1:0", "TEMPORAL_ADDRESS": address}


async def port_of(webhook: ServiceProcess) -> int:
    return int((await webhook.wait_for_log(LISTENING))[1])


async def test_it_serves_and_ends_on_sigterm(webhook_environment: dict[str, str]) -> None:
    async with running_process("webhook.py", webhook_environment) as webhook:
        url = f"http://127.0.0.1:{await port_of(webhook)}"
        async with httpx.AsyncClient(base_url=url) as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 200
            assert (await http.post(notify_path("ORDER_X"), content=b"{}")).status_code == 401
        webhook.process.send_signal(signal.SIGTERM)
        assert await webhook.wait_for_exit() == 0
    assert not [line for line in webhook.log_lines if "Traceback" in line]


async def test_it_starts_without_temporal_and_says_that_it_is_not_ready(
    webhook_environment: dict[str, str],
) -> None:
    elsewhere = webhook_environment | {"TEMPORAL_ADDRESS": "127.0.0.1:1"}
    async with running_process("webhook.py", elsewhere) as webhook:
        url = f"http://127.0.0.1:{await port_of(webhook)}"
        async with httpx.AsyncClient(base_url=url) as http:
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 503


async def test_a_request_in_flight_is_answered_before_the_end(webhook_environment: dict[str, str]) -> None:
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


async def test_an_endless_body_without_a_length_is_cut_off(webhook_environment: dict[str, str]) -> None:
    async with running_process("webhook.py", webhook_environment) as webhook:
        reader, writer = await asyncio.open_connection("127.0.0.1", await port_of(webhook))
        head = f"POST {notify_path('ORDER_X')} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        for _ in range(9):
            writer.write(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")
        assert b" 413 " in await reader.readline()
        writer.close()
