"""A webhook under a flood of requests: its memory, and that it still responds."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.services.notification_sender import CLIENT_ID, NOTIFY_PATH
from tests.support.services.service_process import port_of, running_process
from tests.system.hostile.connections import answer_to, connected
from tests.system.hostile.target import Request, ResponseCounts, gateway_key, other_key
from tests.system.hostile.wire import wire

SENDERS = 200
LARGE = 60 * 1024
"""Bytes of a body, a little below the limit."""
_HEADERS = [(b"client-id", b"x"), (b"request-time", b"0"), (b"signature", b"signature=AAAA")]


@dataclass(frozen=True)
class Wave:
    """One wave: its responses, and the peak memory of the process until then, in MB."""

    responses: ResponseCounts
    megabytes: float
    seconds: float


def memory_of(pid: int) -> float:
    """Returns the peak memory of a process, in MB."""
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(peak) / 1024


async def waves(port: int, pid: int, number: int, requests: int) -> Sequence[Wave]:
    """Sends large forgeries from many connections at once, while as many others stay idle."""
    done = []
    for _ in range(number):
        started_at, responses = time.monotonic(), ResponseCounts()
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(SENDERS)]
        await asyncio.gather(*(_send(port, responses, requests // SENDERS) for _ in range(SENDERS)))
        for _, writer in idle:
            writer.transport.abort()
        done.append(Wave(responses, memory_of(pid), time.monotonic() - started_at))
    return done


async def _send(port: int, responses: ResponseCounts, requests: int) -> None:
    content = wire(Request(f"{NOTIFY_PATH}/default/A".encode(), _HEADERS, [b"x" * LARGE]))
    async with connected(port) as (reader, writer):
        for _ in range(requests):
            writer.write(content)
            head = await reader.readuntil(b"\r\n\r\n")
            responses.count(int(head[9:12]))


def environment() -> dict[str, str]:
    """Returns the environment of webhook.py without a Temporal server."""
    return {
        "ANTOM_GATEWAY_URL": "http://127.0.0.1:9",
        "ANTOM_CLIENT_ID": CLIENT_ID,
        "ANTOM_MERCHANT_PRIVATE_KEY": other_key().private_text,
        "ANTOM_PUBLIC_KEY": gateway_key().public_text,
        "HOLDFAST_NOTIFY_URL": f"https://pay.example.com{NOTIFY_PATH}",
        "HOLDFAST_WEBHOOK_BIND": "127.0.0.1:0",
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
    }


async def flooded(number: int, requests: int) -> tuple[float, Sequence[Wave]]:
    """Floods a webhook of its own with so many waves; returns its memory before, in MB, and the waves.

    The webhook logs a line for each forgery, into a file that it never waits for.
    """
    async with running_process("webhook.py", environment()) as webhook:
        port, pid = await port_of(webhook), webhook.process.pid
        before = memory_of(pid)
        done = await waves(port, pid, number, requests)
        assert b" 200 " in (await answer_to(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"))[:20]
    return before, done
